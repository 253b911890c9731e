// Which server program an instance runs: the one it was told, the best one that is here, or one that is fetched now.
import { type Config, ENGINE_NAMES, type EngineName } from '../config/config.js'
import type { Binary } from '../engines/engine.js'
import { RELEASES } from '../engines/releases.js'
import { ENGINES } from '../engines/table.js'
import { asSkyflyError, SkyflyError } from '../errors.js'
import { host, type Target, target as thisTarget } from '../platform.js'
import { Cache } from './cache.js'
import { cacheFolder } from './cache-folder.js'
import type { OnInstall } from './events.js'
import { findLocal, type Local, type Place } from './find.js'
import { givenBinary } from './given.js'
import { type Missing, nothingFound, notInCache, notPublished } from './missing.js'
import { onPath } from './path.js'
import { readPins } from './pins.js'
import { newestUsable } from './usable.js'
import { buildFor, releaseFor, type Wanted, wantedOf } from './wanted.js'

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
  readonly target?: Target
}

/**
 * In this order: --binary; the cache; PATH; a download. Where Dragonfly cannot be had, `auto` goes on with what else is
 * here, with what may be fetched in its place, and with skyfly's own engine at last.
 * @throws SkyflyError `usage` where settings do not fit what is there, `no-engine` where nothing is, `download` where it cannot be fetched
 */
export async function ensureBinary(input: EnsureInput): Promise<Binary> {
  const { config, env, platform = host().platform, target = thisTarget() } = input
  if (config.binary !== undefined) return givenBinary(config.binary, config, { env, platform })
  const pins = readPins(config.root)
  const engines: readonly EngineName[] = config.engine === 'auto' ? ENGINE_NAMES : [config.engine]
  const [first, ...rest] = engines.map(engine => wantedOf(engine, config, pins, target))
  if (first === undefined) throw new Error('there is no engine to look for')
  // What skyfly.lock pins for this machine is what the project has agreed on: nothing else will do.
  const others = first.pin === undefined ? rest : []
  const cache = new Cache(cacheFolder(config, env).dir)
  const place: Place = { config, cache, env, platform }
  // Which one is the latest is not known here.
  const isLatest = first.version === 'latest' && !config.offline && input.mayDownload !== false
  const local = isLatest ? NOT_HERE : await findLocal(first, place)
  if (local.binary !== undefined) return local.binary
  const fetched = await fetchFor(first, input, { place, others, damaged: local.damaged })
  if ('path' in fetched) return fetched
  // Any version will do where none was asked for, and the newest that is here where the latest cannot be known.
  const other = isLatest ? (await findLocal(first, place)).binary : undefined
  const older = first.decidedBy === 'default' ? await newestUsable(first, cache) : other
  if (older !== undefined) return { ...older, instead: fetched.because }
  return goOnWith(others, input, { place, missing: fetched, first, local })
}

const NOT_HERE: Local = {}

/** What may be downloaded, or why it is not. */
async function fetchFor(
  wanted: Wanted,
  { config, env, onEvent = () => {}, signal, mayDownload = true }: EnsureInput,
  { place, others, damaged }: { place: Place; others: readonly Wanted[]; damaged: string | undefined },
): Promise<Binary | Missing> {
  const { engine } = wanted
  const releases = RELEASES[engine]
  if (releases === undefined || buildFor(wanted) === undefined) return notPublished(wanted, releases)
  if (config.offline || !mayDownload) return notInCache(wanted, config, damaged)
  // Where another server could run at once, nobody waits long for a network that is not there.
  const hasOther = others.some(
    ({ engine }) => releases.isSubstitute || ENGINES[engine].programs.some(name => onPath(name, place)),
  )
  const policy = hasOther ? { retriesConnect: false, connectMs: 5_000 } : undefined
  try {
    const [{ installRelease }, { latestOf }] = await Promise.all([
      import('./install.js'),
      import('./fetch.js'),
    ])
    const context = { cache: place.cache, config, env, onEvent, signal, policy }
    const version = wanted.version === 'latest' ? await latestOf(engine, releases, context) : wanted.version
    const release = releaseFor(wanted, version ?? releases.defaultVersion)
    return release === undefined
      ? notPublished(wanted, releases)
      : place.cache.use(await installRelease(release, context))
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof SkyflyError && (error.code === 'download' || error.code === 'no-engine'))
      return { because: error.message, failure: error }
    throw error
  }
}

/** What is known when the first choice cannot be had. */
interface Search {
  readonly place: Place
  readonly missing: Missing
  readonly first: Wanted
  readonly local: Local
}

async function goOnWith(others: readonly Wanted[], input: EnsureInput, search: Search): Promise<Binary> {
  const { place, missing, first, local } = search
  const own = others.filter(({ engine }) => ENGINES[engine].bundled !== undefined)
  const because = [missing.because]
  let { broken, other: passed } = local
  for (const other of others) {
    if (own.includes(other)) continue
    const found = await findLocal(other, place)
    if (found.binary !== undefined) return { ...found.binary, instead: reasonOf(because, broken) }
    broken ??= found.broken
    passed ??= found.other
  }
  const fetched = await fetchSubstitute(others, input, { place, others: own, damaged: undefined })
  if (fetched !== undefined && 'path' in fetched) return { ...fetched, instead: reasonOf(because, broken) }
  if (fetched !== undefined) because.push(fetched.because)
  for (const other of own) {
    const { binary } = await findLocal(other, place)
    if (binary !== undefined) return { ...binary, instead: reasonOf(because, broken) }
  }
  throw nothingFound(missing, [first, ...others], { broken, other: passed })
}

/** The first one that may be fetched unasked. Undefined: there is none, or nothing is fetched. */
async function fetchSubstitute(
  others: readonly Wanted[],
  input: EnsureInput,
  how: { place: Place; others: readonly Wanted[]; damaged: string | undefined },
): Promise<Binary | Missing | undefined> {
  if (input.config.offline || input.mayDownload === false) return undefined
  const substitute = others.find(
    // A version that was asked for is one of Dragonfly.
    other => RELEASES[other.engine]?.isSubstitute && buildFor(other) && other.decidedBy !== 'setting',
  )
  if (substitute === undefined) return undefined
  try {
    return await fetchFor(substitute, input, how)
  } catch (error) {
    input.signal?.throwIfAborted()
    // Nobody asked for it: that it is not what it should be stops no start.
    if (error instanceof SkyflyError && error.code === 'unverified')
      return { because: error.message, failure: error }
    throw error
  }
}

/** A program that somebody put on PATH for this and that does not run is part of the reason. */
function reasonOf(because: readonly string[], broken: unknown): string {
  return [...because, ...(broken === undefined ? [] : [asSkyflyError(broken).message])].join('; ')
}
