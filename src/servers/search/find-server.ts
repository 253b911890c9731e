// Which server program an instance runs: the one it was told, the best one that is here, or one that is fetched now.
import type { Config } from '../../config/config.js'
import type { Binary } from '../../engines/engine.js'
import { RELEASES } from '../../engines/releases.js'
import { ENGINES } from '../../engines/table.js'
import { SkyflyError } from '../../errors.js'
import { type BuildTarget, glibcVersion, host, buildTarget as thisTarget } from '../../system/platform.js'
import { Cache } from '../cache/cache.js'
import { cacheFolder } from '../cache/cache-folder.js'
import type { OnInstall } from '../install/events.js'
import { readPins } from '../install/lock-file.js'
import { onPath } from './executable-path.js'
import { givenBinary } from './explicit-binary.js'
import type { CacheAndPath } from './find.js'
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
  /** Environment with PATH and the proxies, and for the questions to the program. */
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

/** What the search for a server program came to; an instance without one has failed to start, and its status says why. */
export type BinarySearch = { readonly found: Binary } | { readonly failure: SkyflyError }

/** {@link ensureBinary}, for a caller who hands the failure on. @throws SkyflyError `interrupted`, and whatever is a bug */
export async function searchBinary(input: EnsureInput): Promise<BinarySearch> {
  try {
    return { found: await ensureBinary(input) }
  } catch (error) {
    if (error instanceof SkyflyError && error.code !== 'interrupted') return { failure: error }
    throw error
  }
}

/**
 * --binary, or the first step of the plan that leads somewhere.
 * @throws SkyflyError `usage` where settings do not fit what is there, `no-engine` where nothing is, `download` where it cannot be fetched
 */
export async function ensureBinary(input: EnsureInput): Promise<Binary> {
  const { config, env, platform = host().platform, target = thisTarget(), mayDownload = true } = input
  if (config.binary !== undefined) return givenBinary(config.binary, config, { env, platform })
  const place: CacheAndPath = { config, cache: new Cache(cacheFolder(config, env).dir), env, platform }
  const choice = await search(searchOrder(config, { pins: readPins(config.root), target, mayDownload }), {
    place,
    config,
    mayDownload,
    glibc: glibcVersion,
    fetch: download => fetchNow(download, input, place),
  })
  if (choice.found === undefined) throw nothingFound(choice)
  const { found, instead } = choice
  return instead === undefined ? found : { ...found, instead }
}

async function fetchNow(
  download: Download,
  { config, env, onEvent = () => {}, signal }: EnsureInput,
  place: CacheAndPath,
): Promise<Binary | Missing> {
  const { step, releases } = download
  const { request } = step
  // Where another server could run at once, nobody waits long for a network that is not there.
  const policy = hasOther(download, place) ? { retriesConnect: false, connectMs: 5_000 } : undefined
  const context = { cache: place.cache, config, env, onEvent, signal, policy }
  try {
    const [{ installRelease }, { latestOf }] = await Promise.all([
      import('../install/install.js'),
      import('../install/fetch.js'),
    ])
    const isLatest = request.version === 'latest'
    const version = isLatest ? await latestOf(request.engine, releases, context) : request.version
    const release = releaseFor(request, version ?? releases.defaultVersion)
    if (release === undefined) return notPublished(request, releases)
    return place.cache.use(await installRelease(release, context))
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}

function hasOther({ step, rest }: Download, place: CacheAndPath): boolean {
  if (isFirm(step.request)) return false
  const others = rest.filter(({ request }) => request.engine !== step.request.engine)
  return others.some(
    ({ request: { engine } }) =>
      RELEASES[step.request.engine]?.isSubstitute ||
      ENGINES[engine].programs.some(name => onPath(name, place)),
  )
}
