// `skyfly install`: a server program in the cache, for images, CI caches and machines without a network.

import type { Config, EngineName } from '../config/config.js'
import { RELEASES } from '../engines/releases.js'
import { ENGINES } from '../engines/table.js'
import { SkyflyError } from '../errors.js'
import { Cache, type Entry } from '../servers/cache/cache.js'
import { cacheFolder } from '../servers/cache/cache-folder.js'
import type { OnInstall } from '../servers/install/events.js'
import { latestOf } from '../servers/install/fetch.js'
import { installRelease } from '../servers/install/install.js'
import { installFile } from '../servers/install/install-file.js'
import { type Pins, readPins } from '../servers/install/lock-file.js'
import { nameOf } from '../servers/install/release-asset.js'
import { howToGet, publishedFor } from '../servers/search/not-found.js'
import { type SearchStep, searchOrder } from '../servers/search/search-order.js'
import { buildFor, releaseFor, requestVersion } from '../servers/search/version-request.js'
import { type BuildTarget, buildTarget } from '../system/platform.js'

export interface InstallOptions {
  readonly env: NodeJS.ProcessEnv
  /** A release's archive, or the program itself, instead of a download. */
  readonly from?: string | undefined
  readonly onInstall?: OnInstall | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Installed {
  readonly engine: EngineName
  readonly version: string
  /** Of the program. */
  readonly path: string
  /** It was in the cache before this call. */
  readonly already: boolean
  /** Whether `skyfly start` takes it without being told its version. */
  readonly isDefault: boolean
}

/**
 * `auto` means Dragonfly, or where that has no build, what a start fetches in its place.
 * @throws SkyflyError `no-engine` where nothing is published for this machine, `download` or `usage`
 */
export async function install(config: Config, options: InstallOptions): Promise<Installed> {
  const { env, from, onInstall = () => {}, signal } = options
  const pins = readPins(config.root)
  const engine = config.engine === 'auto' ? preferred(config, pins, from) : config.engine
  const cache = new Cache(cacheFolder(config, env).dir)
  const context = { cache, config, env, onEvent: onInstall, signal }
  const request = requestVersion(engine, config, pins, buildTarget())
  const isFlag = config.sources.engineVersion?.startsWith('--') === true && request.decidedBy === 'setting'
  const told = (entry: Entry, already: boolean): Installed => ({
    engine,
    version: entry.manifest.version,
    path: entry.path,
    already,
    isDefault: !isFlag || entry.manifest.version === RELEASES[engine]?.defaultVersion,
  })
  if (from !== undefined) {
    const version = request.decidedBy === 'default' ? undefined : request.version
    return told(
      await installFile(from, { engine, version, target: request.target, pin: request.pin }, context),
      false,
    )
  }
  const releases = RELEASES[engine]
  if (releases === undefined || buildFor(request) === undefined) throw notPublished(engine, request.target)
  if (request.version === 'latest' && config.offline) throw offline(`the latest ${engine}`, config)
  const version =
    request.version === 'latest' ? await latestOf(engine, releases, context) : (request.version ?? '')
  const release = releaseFor(request, version)
  if (release === undefined) throw notPublished(engine, request.target)
  const { entry } = await cache.runnable(release, release.pin)
  if (entry !== undefined) {
    // What a killed installation left is in nobody's way, and goes when somebody looks after the cache.
    await cache.sweep()
    return told(entry, true)
  }
  if (config.offline) throw offline(nameOf(release), config)
  return told(await installRelease(release, context), false)
}

/** What a start with these settings would fetch; a file is Dragonfly's unless somebody says otherwise. */
function preferred(config: Config, pins: Pins, from: string | undefined): EngineName {
  if (from !== undefined) return 'dragonfly'
  // What is in the cache may be asked for offline, too.
  const plan = searchOrder({ ...config, offline: false }, { pins, target: buildTarget(), mayDownload: true })
  const isFetch = ({ how }: SearchStep) => how === 'fetch' || how === 'substitute'
  return plan.find(step => isFetch(step) && buildFor(step.request))?.request.engine ?? 'dragonfly'
}

function notPublished(engine: EngineName, machine: BuildTarget): SkyflyError {
  if (ENGINES[engine].bundled !== undefined)
    return new SkyflyError('usage', `the ${engine} engine is part of skyfly: there is nothing to install`, {
      hint: `start it: skyfly start --engine ${engine}`,
    })
  const releases = RELEASES[engine]
  if (releases === undefined)
    return new SkyflyError('no-engine', `skyfly knows no build of ${engine} to download`, {
      hint: howToGet(engine, machine),
    })
  const message = `${engine} is ${publishedFor(releases)}, and this is ${machine}`
  const hint =
    releases.unread === undefined
      ? 'give the file of a program that runs here by --from FILE, or install a server by the means of this system: skyfly start finds it on PATH'
      : howToGet(engine, machine)
  return new SkyflyError('no-engine', message, { hint })
}

function offline(what: string, { sources }: Config): SkyflyError {
  return new SkyflyError(
    'download',
    `${what} is not in the cache, and nothing is downloaded (${sources.offline})`,
    {
      hint: 'install it where there is a connection, or from a file: skyfly install --from FILE',
    },
  )
}
