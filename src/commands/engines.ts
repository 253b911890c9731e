// `skyfly engines`: which servers this machine has, could fetch, or lacks, and which one a start would take.
import { Cache } from '../binary/cache.js'
import { cacheFolder } from '../binary/cache-folder.js'
import { findDotnet } from '../binary/dotnet.js'
import { findLocal, type Local, type Place } from '../binary/find.js'
import { howToGet, notPublished } from '../binary/missing.js'
import { readPins } from '../binary/pins.js'
import { addressOf } from '../binary/release.js'
import { releaseFor, type Wanted, wantedOf } from '../binary/wanted.js'
import { type Config, ENGINE_NAMES, type EngineName } from '../config/config.js'
import { RELEASES } from '../engines/releases.js'
import { ENGINES } from '../engines/table.js'
import { asSkyflyError } from '../errors.js'
import { host, type Target, target as thisTarget } from '../platform.js'

export interface EngineReport {
  readonly engine: EngineName
  /** `yes`: it is on this machine; `download`: a start would fetch it; `no`: see `missing`. */
  readonly available: 'yes' | 'download' | 'no'
  /** Of what would run; null: nothing would, or it does not tell. */
  readonly version: string | null
  /** Path of the program, or the address that it would come from. */
  readonly where: string | null
  readonly licence: string
  /** Why it is not available, and what would change that. */
  readonly missing: string | null
  /** What a program that was written for Dragonfly misses, to follow "it". */
  readonly differs: string | null
}

export interface EnginesReport {
  readonly target: Target
  /** Best first. */
  readonly engines: readonly EngineReport[]
  /** What `--engine auto` takes. */
  readonly auto: EngineName
}

export interface EnginesInput {
  readonly env: NodeJS.ProcessEnv
  /** @default this machine's */
  readonly platform?: NodeJS.Platform
  /** @default this machine's */
  readonly target?: Target
}

/** Opens no connection. @throws SkyflyError `usage` where skyfly.lock cannot be read */
export async function inspectEngines(
  config: Config,
  { env, platform = host().platform, target = thisTarget() }: EnginesInput,
): Promise<EnginesReport> {
  const place: Place = { config, cache: new Cache(cacheFolder(config, env).dir), env, platform }
  const pins = readPins(config.root)
  const engines = await Promise.all(
    ENGINE_NAMES.map(engine => inspect(wantedOf(engine, config, pins, target), config, place)),
  )
  return { target, engines, auto: choice(engines, pins.dragonfly?.builds[target] !== undefined) }
}

async function inspect(wanted: Wanted, config: Config, place: Place): Promise<EngineReport> {
  const { engine } = wanted
  const { licence, differs = null } = ENGINES[engine]
  const local = await findLocal(wanted, { ...place, config: { engine: 'auto' } })
  const report = { engine, differs, missing: null }
  // One that says it is something else, as a Valkey under the name of Redis, belongs to another row.
  if (local.binary?.engine === engine) {
    const { version = null, path } = local.binary
    return { ...report, available: 'yes', version, where: path, licence: licence(version ?? undefined) }
  }
  const missing = whyNot(wanted, config, { local, env: place.env })
  const release = releaseFor(wanted, wanted.version ?? '')
  if (missing === undefined && release !== undefined) {
    const where = addressOf(release, config.mirror)
    return {
      ...report,
      available: 'download',
      version: release.version,
      where,
      licence: licence(release.version),
    }
  }
  return {
    ...report,
    available: 'no',
    version: null,
    where: null,
    licence: licence(undefined),
    missing: missing ?? null,
  }
}

/** Undefined: it can be downloaded. */
function whyNot(
  wanted: Wanted,
  { offline }: Config,
  { local, env }: { local: Local; env: NodeJS.ProcessEnv },
): string | undefined {
  const { engine, target } = wanted
  if (local.broken !== undefined) {
    const { message, hint } = asSkyflyError(local.broken)
    return hint === undefined ? message : `${message}: ${hint}`
  }
  const release = releaseFor(wanted, wanted.version ?? '')
  if (release === undefined)
    return `${notPublished(wanted, RELEASES[engine]).because}: ${howToGet(engine, target)}`
  const dotnet = ENGINES[engine].needs === 'dotnet' ? findDotnet({ target, env }) : undefined
  if (dotnet !== undefined && 'missing' in dotnet)
    return 'it needs the runtime of .NET 8 or newer: https://dotnet.microsoft.com/download'
  return offline ? 'it is not in the cache, and nothing is downloaded (offline)' : undefined
}

/** As binary/ensure.ts goes on: what is preferred, what else is here, what may be fetched in its place, skyfly's own. */
function choice(engines: readonly EngineReport[], isPinned: boolean): EngineName {
  const [first, ...others] = engines
  const isOwn = ({ engine }: EngineReport) => ENGINES[engine].bundled !== undefined
  const here = others.find(other => other.available === 'yes' && !isOwn(other))
  const substitute = others.find(
    ({ engine, available }) => available === 'download' && RELEASES[engine]?.isSubstitute,
  )
  if (first !== undefined && (isPinned || first.available !== 'no')) return first.engine
  return (here ?? substitute ?? others.find(isOwn))?.engine ?? 'embedded'
}
