// Which server program an instance runs: the one it was told, the best one that is here, or one that is
// fetched now.
import type { Config } from '../../config/config.js'
import type { Binary } from '../../engines/engine.js'
import { RELEASES } from '../../engines/releases.js'
import { ENGINES } from '../../engines/table.js'
import { SkyflyError } from '../../errors.js'
import { type BuildTarget, glibcVersion, host, buildTarget as thisTarget } from '../../system/platform.js'
import { trace } from '../../system/trace.js'
import { Cache } from '../cache/cache.js'
import { cacheFolder } from '../cache/cache-folder.js'
import type { OnInstall } from '../install/events.js'
import { readPins } from '../install/lock-file.js'
import { onPath } from './executable-path.js'
import { explicitBinary } from './explicit-binary.js'
import type { CacheAndPath } from './find-here.js'
import { type Missing, nothingFound, notPublished } from './not-found.js'
import { type Download, search } from './search.js'
import { isFirm, searchOrder } from './search-order.js'
import { releaseFor } from './version-request.js'

export interface EnsureInput {
  readonly config: Pick<
    Config,
    | 'root'
    | 'engine'
    | 'engineVersion'
    | 'binary'
    | 'offline'
    | 'allowUnverified'
    | 'mirror'
    | 'cacheDir'
    | 'downloadTimeoutMs'
    | 'sources'
  >
  /** Environment with PATH and the proxies, which programs that are asked get as well. */
  readonly env: NodeJS.ProcessEnv
  /** False: only what is on this machine. @default true */
  readonly mayDownload?: boolean
  readonly onEvent?: OnInstall | undefined
  readonly signal?: AbortSignal | undefined
  /** @default this machine's */
  readonly platform?: NodeJS.Platform
  /** @default this machine's */
  readonly target?: BuildTarget
}

/** What the search for a server program came to. An instance that gets none has failed to start. */
export type BinarySearch = { readonly found: Binary } | { readonly failure: SkyflyError }

/** {@link ensureBinary} that returns its failure. @throws SkyflyError `interrupted`, and bugs */
export async function searchBinary(input: EnsureInput): Promise<BinarySearch> {
  try {
    return { found: await ensureBinary(input) }
  } catch (error) {
    if (error instanceof SkyflyError && error.code !== 'interrupted') return { failure: error }
    throw error
  }
}

/**
 * The server program of --binary, or else the first one that the search order leads to.
 * @throws SkyflyError `usage` where settings do not fit what is there, `no-engine` where nothing is,
 * `download` where it cannot be fetched
 */
export async function ensureBinary(input: EnsureInput): Promise<Binary> {
  const { config, env, platform = host().platform, target = thisTarget(), mayDownload = true } = input
  trace('search', () => `engine ${config.engine}, binary ${config.binary ?? 'any'}`)
  if (config.binary !== undefined) return explicitBinary(config.binary, config, { env, platform })
  const places: CacheAndPath = { config, cache: new Cache(cacheFolder(config, env).dir), env, platform }
  const steps = searchOrder(config, { pins: readPins(config.root), target, mayDownload })
  const result = await search(steps, {
    places,
    config,
    mayDownload,
    glibc: glibcVersion,
    fetch: download => fetchNow(download, input, places),
  })
  if (result.found === undefined) throw nothingFound(result)
  const { found, instead } = result
  return instead === undefined ? found : { ...found, instead }
}

async function fetchNow(
  download: Download,
  { config, env, onEvent = () => {}, signal }: EnsureInput,
  places: CacheAndPath,
): Promise<Binary | Missing> {
  const { step, releases } = download
  const { request } = step
  // Where another server could run at once, a network that is not there is soon given up.
  const policy = couldRunAnother(download, places) ? { retriesConnect: false, connectMs: 5_000 } : undefined
  const context = { cache: places.cache, config, env, onEvent, signal, policy }
  try {
    const [{ installRelease }, { latestOf }] = await Promise.all([
      import('../install/install.js'),
      import('../install/fetch.js'),
    ])
    const isLatest = request.version === 'latest'
    const version = isLatest ? await latestOf(request.engine, releases, context) : request.version
    const release = releaseFor(request, version ?? releases.defaultVersion)
    if (release === undefined) return notPublished(request, releases)
    return places.cache.use(await installRelease(release, context))
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}

function couldRunAnother({ step, rest }: Download, places: CacheAndPath): boolean {
  if (isFirm(step.request)) return false
  const others = rest.filter(({ request }) => request.engine !== step.request.engine)
  return others.some(
    ({ request: { engine } }) =>
      RELEASES[step.request.engine]?.isSubstitute ||
      ENGINES[engine].programs.some(name => onPath(name, places)),
  )
}
