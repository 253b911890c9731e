// The server program of one engine, where this machine has it already: part of skyfly, in the cache, or on
// PATH.
import type { Config } from '../../config/config.js'
import type { Binary } from '../../engines/engine.js'
import { ENGINES } from '../../engines/table.js'
import { VERSION } from '../../version.js'
import type { Cache } from '../cache/cache.js'
import { assertDotnet } from '../program/dotnet.js'
import { probe } from '../program/probe.js'
import { onPath } from './executable-path.js'
import { confirmEngine } from './explicit-binary.js'
import { accepts, releaseFor, type VersionRequest } from './version-request.js'

/** Where to look. */
export interface CacheAndPath {
  readonly config: Pick<Config, 'engine'>
  readonly cache: Cache
  /** Environment with PATH, which programs that are asked get as well. */
  readonly env: NodeJS.ProcessEnv
  readonly platform: NodeJS.Platform
  /** A program on PATH has to say itself what it is: `config.engine` is not enough. @default false */
  readonly mustTell?: boolean
}

export interface LocalSearch {
  /** Undefined: there is none. */
  readonly binary?: Binary | undefined
  /** Why what is in the cache cannot be taken, a sentence. */
  readonly damaged?: string | undefined
  /** Why a program that is here could not be taken; the first such one. */
  readonly broken?: unknown
  /** A program on PATH of another version than the one that is asked for: `redis 7.0.15` */
  readonly other?: string | undefined
}

/** @throws SkyflyError `download` when the cache was made by a newer skyfly */
export async function findHere(request: VersionRequest, places: CacheAndPath): Promise<LocalSearch> {
  const { bundled } = ENGINES[request.engine]
  if (bundled !== undefined) return bundledProgram(request, bundled)
  const cached = await findCached(request, places)
  // What skyfly.lock pins by its checksum must not come from just anywhere.
  if (cached.binary !== undefined || request.pin !== undefined) return cached
  const { broken = cached.broken, ...found } = await findOnPath(request, places)
  return { ...cached, ...found, broken }
}

/**
 * @param options `anyVersion`: the newest one that is there, whichever was asked for
 * @throws SkyflyError `download` when the cache was made by a newer skyfly
 */
export async function findCached(
  request: VersionRequest,
  { cache, env }: Pick<CacheAndPath, 'cache' | 'env'>,
  { anyVersion = takesAnyVersion(request) } = {},
): Promise<LocalSearch> {
  const { engine, target, version = '', pin } = request
  const builds = anyVersion
    ? cache.ids().filter(id => id.engine === engine && id.target === target)
    : [{ engine, target, version }]
  for (const build of builds) {
    const { entry, damaged } = await cache.runnable(build, pin)
    if (entry === undefined && !anyVersion) return { damaged }
    if (entry === undefined) continue
    const binary = cache.use(entry)
    try {
      // It was there when this was installed, and may be gone. A program on PATH shows that when it is asked
      // who it is.
      assertDotnet(request, env)
      return { binary }
    } catch (broken) {
      return { broken }
    }
  }
  return {}
}

/** Where nothing is published, any version counts that somebody installed from a file of their own. */
function takesAnyVersion(request: VersionRequest): boolean {
  const { version, decidedBy } = request
  if (version === undefined || version === 'latest') return true
  return decidedBy === 'default' && releaseFor(request, version) === undefined
}

/** It has the version of this package. */
function bundledProgram(request: VersionRequest, path: string): LocalSearch {
  if (!accepts(request, VERSION)) return {}
  const { engine } = request
  return { binary: { engine, path, interpreter: process.execPath, version: VERSION, flags: undefined } }
}

async function findOnPath(
  request: VersionRequest,
  { config, env, platform, mustTell }: CacheAndPath,
): Promise<LocalSearch> {
  let broken: unknown
  let other: string | undefined
  for (const program of ENGINES[request.engine].programs) {
    const path = onPath(program, { env, platform })
    if (path === undefined) continue
    try {
      const probed = await probe({ path, likely: request.engine, env, platform })
      const binary = confirmEngine(probed, mustTell && probed.engine === undefined ? 'auto' : config.engine)
      if (accepts(request, binary.version)) return { binary }
      other ??= `${binary.engine} ${binary.version ?? 'of an unknown version'}`
    } catch (error) {
      // Another program that has this name, or one that is not for this machine: the next name may do.
      broken ??= error
    }
  }
  return { broken, other }
}
