// `skyfly cache`: what is kept of downloaded server programs, whether it is whole, and getting rid of it.
import { lstatSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Config, EngineName } from '../config/config.js'
import { formatDuration } from '../config/units.js'
import { RELEASES } from '../engines/releases.js'
import type { Cache, EntryId } from '../servers/cache/cache.js'
import { type CacheFolder, cacheFolder } from '../servers/cache/cache-folder.js'
import type { CacheLookup } from '../servers/cache/entry.js'
import { entryName } from '../servers/cache/entry-id.js'
import { MANIFEST_FILE, type VerifiedBy } from '../servers/cache/manifest.js'
import { isHeld } from '../servers/install/install-lock.js'
import { type BuildTarget, buildTarget } from '../system/platform.js'
import { processesRunning } from '../system/processes.js'
import { whileInUse } from '../system/retry-in-use.js'

export interface CachedServer {
  readonly engine: EngineName
  readonly version: string
  readonly target: BuildTarget
  /** Its folder. */
  readonly dir: string
  readonly state: Exclude<CacheLookup['kind'], 'missing'>
  /** What is wrong; null: nothing. */
  readonly why: string | null
  /** Of the whole folder. */
  readonly bytes: number
  /** ISO 8601; null: unknown. */
  readonly installedAt: string | null
  /** ISO 8601. */
  readonly lastUsedAt: string
  readonly verifiedBy: VerifiedBy | null
}

export interface CacheReport {
  readonly dir: string
  readonly servers: readonly CachedServer[]
  /** What installations left that were killed. */
  readonly leftovers: readonly { readonly path: string; readonly bytes: number }[]
}

export interface CleanReport {
  readonly dir: string
  readonly freedBytes: number
  readonly removed: readonly { readonly name: string; readonly bytes: number }[]
  readonly kept: readonly { readonly name: string; readonly why: string }[]
  /** What should have been removed, and could not be. */
  readonly failed: readonly { readonly name: string; readonly why: string }[]
}

export interface CleanOptions {
  /** Only what was not used for so long. @default 0 */
  readonly olderThanMs?: number | undefined
}

/** Which folder it is, and why that one. */
export function cachePlace(config: Config, env: NodeJS.ProcessEnv): CacheFolder {
  return cacheFolder(config, env)
}

/** What is there; `rehash`: by the hash of every program. */
export async function inspectCache(cache: Cache, { rehash = false } = {}): Promise<CacheReport> {
  const servers: CachedServer[] = []
  for (const id of cache.ids()) {
    const found = await cache.lookup(id, { rehash })
    if (found.kind !== 'missing') servers.push(describe(cache.folderOf(id), id, found))
  }
  const leftovers = await cache.leftovers()
  return { dir: cache.dir, servers, leftovers: leftovers.map(path => ({ path, bytes: sizeOf(path) })) }
}

/** A program in the cache that must not be run as it is. */
export interface DamagedServer {
  readonly server: CachedServer
  readonly isForThisMachine: boolean
  /** It can be downloaded again; otherwise only a file replaces it. */
  readonly isPublished: boolean
}

/** What is there, by the hash of every program, and which of it is damaged. */
export async function verifyCache(
  cache: Cache,
): Promise<{ readonly report: CacheReport; readonly damaged: readonly DamagedServer[] }> {
  const report = await inspectCache(cache, { rehash: true })
  const damaged = report.servers
    .filter(({ state }) => state === 'damaged' || state === 'garbage')
    .map(server => ({
      server,
      isForThisMachine: server.target === buildTarget(),
      isPublished: RELEASES[server.engine]?.builds[server.target] !== undefined,
    }))
  return { report, damaged }
}

/** Removes what is not used, and what killed installations left. Nothing whose name skyfly did not give is touched. */
export async function cleanCache(cache: Cache, { olderThanMs = 0 }: CleanOptions = {}): Promise<CleanReport> {
  const removed: { name: string; bytes: number }[] = []
  const kept: { name: string; why: string }[] = []
  const failed: { name: string; why: string }[] = []
  const tryRemoval = async (path: string, remove: () => unknown) => {
    const name = basename(path)
    const bytes = sizeOf(path)
    try {
      await remove()
      removed.push({ name, bytes })
    } catch (error) {
      failed.push({ name, why: (error as Error).message })
    }
  }
  for (const id of cache.ids()) {
    const why = reasonToKeep(cache, id, olderThanMs)
    if (why !== undefined) kept.push({ name: entryName(id), why })
    else await tryRemoval(cache.folderOf(id), () => cache.remove(id))
  }
  for (const path of await cache.leftovers())
    await tryRemoval(path, () => whileInUse(() => rmSync(path, { recursive: true, force: true })))
  const freedBytes = removed.reduce((sum, { bytes }) => sum + bytes, 0)
  return { dir: cache.dir, freedBytes, removed, kept, failed }
}

function describe(dir: string, { engine, version, target }: EntryId, found: CacheLookup): CachedServer {
  const manifest = 'entry' in found ? found.entry.manifest : undefined
  return {
    engine,
    version,
    target,
    dir,
    state: found.kind === 'missing' ? 'garbage' : found.kind,
    why: 'why' in found ? found.why : 'error' in found ? found.error.message : null,
    bytes: sizeOf(dir),
    installedAt: manifest?.installedAt ?? null,
    lastUsedAt: lastUsed(dir).toISOString(),
    verifiedBy: manifest?.verifiedBy ?? null,
  }
}

/** Undefined: nobody misses it. */
function reasonToKeep(cache: Cache, id: EntryId, olderThanMs: number): string | undefined {
  if (isHeld(cache.lockFile(id))) return 'it is being installed'
  const dir = cache.folderOf(id)
  const [pid] = filesIn(dir).flatMap(processesRunning)
  if (pid !== undefined) return `it runs (pid ${pid})`
  const unusedMs = Math.max(0, Date.now() - lastUsed(dir).getTime())
  return unusedMs < olderThanMs
    ? `it was used ${formatDuration(unusedMs)} ago, less than ${formatDuration(olderThanMs)}`
    : undefined
}

/** By their real paths, as the system knows running programs. */
function filesIn(dir: string): readonly string[] {
  try {
    const names = readdirSync(dir, { recursive: true, encoding: 'utf8' })
    return names.map(name => join(realpathSync(dir), name))
  } catch {
    // A file in its place, or a folder that may not be read: nothing runs from there that could be told.
    return []
  }
}

function lastUsed(dir: string): Date {
  try {
    return statSync(join(dir, MANIFEST_FILE)).mtime
  } catch {
    // Without a manifest nothing was ever used.
    return lstatSync(dir, { throwIfNoEntry: false })?.mtime ?? new Date(0)
  }
}

function sizeOf(path: string): number {
  try {
    const stat = lstatSync(path)
    if (!stat.isDirectory()) return stat.size
    return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
  } catch {
    // Another process removed it meanwhile, or it may not be read.
    return 0
  }
}
