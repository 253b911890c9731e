// The server program of one engine, where it is on this machine already: in the cache, or on PATH.
import type { Config } from '../../config/config.js'
import type { Binary } from '../../engines/engine.js'
import { ENGINES } from '../../engines/table.js'
import { VERSION } from '../../version.js'
import type { Cache } from '../cache/cache.js'
import { assertDotnet } from '../program/dotnet.js'
import { probe } from '../program/probe.js'
import { newestUsable, usable } from './cached-binary.js'
import { onPath } from './executable-path.js'
import { agreed } from './explicit-binary.js'
import { accepts, releaseFor, type VersionRequest } from './version-request.js'

export interface CacheAndPath {
  readonly config: Pick<Config, 'engine'>
  readonly cache: Cache
  /** Environment with PATH, and for the questions to the program. */
  readonly env: NodeJS.ProcessEnv
  readonly platform: NodeJS.Platform
  /** A program on PATH is not taken at the word of `config.engine`: it says itself what it is. @default false */
  readonly mustTell?: boolean
}

export interface LocalSearch {
  /** Undefined: there is none. */
  readonly binary?: Binary | undefined
  /** Why what is in the cache cannot be taken, a sentence. */
  readonly damaged?: string | undefined
  /** Why a program that is here could not be taken; the first such one. */
  readonly broken?: unknown
  /** A program on PATH that is of another version than is wanted: `redis 7.0.15` */
  readonly other?: string | undefined
}

/** @throws SkyflyError `download` when the cache was made by a newer skyfly */
export async function findLocal(wanted: VersionRequest, place: CacheAndPath): Promise<LocalSearch> {
  const { bundled } = ENGINES[wanted.engine]
  if (bundled !== undefined) return ownProgram(wanted, bundled)
  const cached = runnable(await inCache(wanted, place.cache), wanted, place)
  // What a project pins by its checksum is not taken from wherever it may come.
  if (cached.binary !== undefined || wanted.pin !== undefined) return cached
  const { broken = cached.broken, ...found } = await findOnPath(wanted, place)
  return { ...cached, ...found, broken }
}

/** Any version that is in the cache, the newest first. */
export async function findNewest(wanted: VersionRequest, place: CacheAndPath): Promise<LocalSearch> {
  return runnable({ binary: await newestUsable(wanted, place.cache) }, wanted, place)
}

/** What was installed may need what has gone since; a program on PATH shows that by itself, when it is asked who it is. */
function runnable(local: LocalSearch, wanted: VersionRequest, { env }: CacheAndPath): LocalSearch {
  try {
    if (local.binary !== undefined) assertDotnet(wanted, env)
    return local
  } catch (broken) {
    return { broken }
  }
}

/** It has the version of the package. */
function ownProgram(wanted: VersionRequest, path: string): LocalSearch {
  const binary = {
    engine: wanted.engine,
    path,
    interpreter: process.execPath,
    version: VERSION,
    flags: undefined,
  }
  return accepts(wanted, VERSION) ? { binary } : {}
}

async function inCache(wanted: VersionRequest, cache: Cache): Promise<LocalSearch> {
  const { version, decidedBy, engine, target, pin } = wanted
  // Where nothing is published, what somebody installed from a file of their own is what there is.
  const isAny =
    version === 'latest' || version === undefined || (decidedBy === 'default' && !releaseFor(wanted, version))
  if (isAny) return { binary: await newestUsable(wanted, cache) }
  const { entry, damaged } = await usable({ engine, target, version, pin }, cache)
  return { binary: entry && cache.use(entry), damaged }
}

async function findOnPath(
  wanted: VersionRequest,
  { config, env, platform, mustTell }: CacheAndPath,
): Promise<LocalSearch> {
  let broken: unknown
  let other: string | undefined
  for (const program of ENGINES[wanted.engine].programs) {
    const path = onPath(program, { env, platform })
    if (path === undefined) continue
    try {
      const probed = await probe({ path, likely: wanted.engine, env, platform })
      const binary = agreed(probed, mustTell && probed.engine === undefined ? { engine: 'auto' } : config)
      if (accepts(wanted, binary.version)) return { binary }
      other ??= `${binary.engine} ${binary.version ?? 'of an unknown version'}`
    } catch (error) {
      // A program of that name that is something else, or not for this machine: another one may do.
      broken ??= error
    }
  }
  return { broken, other }
}
