// The cache of server programs: what is in it, and how something gets in and out.
import { mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import type { Binary } from '../../engines/engine.js'
import { SkyflyError } from '../../errors.js'
import { isAlive } from '../../system/processes.js'
import type { Pin } from '../install/lock-file.js'
import { compareVersions } from '../program/compare-versions.js'
import { posixEmulationOf } from '../program/cygwin.js'
import { cannotWriteCache, makeCacheFolder, removeUnusedCacheFolder } from './cache-folder.js'
import { type CacheLookup, type Entry, lookUp, readEntry, readManifest } from './entry.js'
import { type EntryId, entryName, parseEntryName, platformOf } from './entry-id.js'
import { MANIFEST_FILE } from './manifest.js'

export type { Entry, EntryId }

/** `entry` undefined: there is none that may be run; `damaged`: why not, a sentence about what is there. */
export interface RunnableEntry {
  readonly entry?: Entry
  readonly damaged?: string
}

export class Cache {
  /** @param dir absolute */
  constructor(readonly dir: string) {}

  /** What is there: see {@link lookUp}. */
  lookup(id: EntryId, options?: { readonly rehash: boolean }): Promise<CacheLookup> {
    return lookUp(this.dir, id, options)
  }

  /**
   * The entry that may be run: it is whole, and came from the pinned file where a project pins one.
   * @throws SkyflyError `download` when a newer skyfly put it there
   */
  async runnable(id: EntryId, pin: Pick<Pin, 'sha256'> | undefined): Promise<RunnableEntry> {
    const found = await lookUp(this.dir, id)
    if (found.kind === 'newer') throw found.error
    if (found.kind === 'missing') return {}
    if (found.kind !== 'ok') return { damaged: `${this.folderOf(id)} is damaged: ${found.why}` }
    const isPinned = pin === undefined || pin.sha256 === found.entry.manifest.archiveSha256
    return isPinned ? { entry: found.entry } : {}
  }

  /** The entry as a program to run, which was probed when it was installed. It counts as used now. */
  use({ path, manifest, dir }: Entry): Binary {
    const now = new Date()
    try {
      utimesSync(join(dir, MANIFEST_FILE), now, now)
    } catch {
      // This user may only read the cache: a clean-up will take the entry for unused.
    }
    const { engine, version, flags, target } = manifest
    return {
      engine,
      path,
      version,
      flags: flags === null ? undefined : new Set(flags),
      emulation: posixEmulationOf(path, platformOf(target)),
    }
  }

  /** Every build with a folder here, complete or not, the newest version of an engine first. */
  ids(): readonly EntryId[] {
    return this.names()
      .flatMap(name => parseEntryName(name) ?? [])
      .sort((a, b) => a.engine.localeCompare(b.engine) || compareVersions(b.version, a.version))
  }

  /** What is in the folder, in no order. */
  names(): readonly string[] {
    try {
      return readdirSync(this.dir)
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException
      if (code === 'ENOENT') return []
      throw new SkyflyError('download', `the cache ${this.dir} cannot be read: ${message}`, {
        hint: 'use another folder: SKYFLY_CACHE_DIR=FOLDER',
        cause,
      })
    }
  }

  folderOf(id: EntryId): string {
    return join(this.dir, entryName(id))
  }

  /** Changes whenever the folder of this build is replaced or changed. */
  folderFingerprint(id: EntryId): string {
    const { ino, mtimeMs } = statSync(this.folderOf(id), { throwIfNoEntry: false }) ?? {}
    return `${ino} ${mtimeMs}`
  }

  /** The lock that is held while this build is installed. */
  lockFile(id: EntryId): string {
    return `${this.folderOf(id)}.lock`
  }

  /**
   * Does the work in the folder, which is made where it is missing, and does not stay if the work fails.
   * @throws SkyflyError `download` when it cannot be made or written, or what the work throws
   */
  async inFolder<T>(work: () => Promise<T>): Promise<T> {
    const isNew = makeCacheFolder(this.dir)
    try {
      return await work()
    } catch (error) {
      if (isNew) removeUnusedCacheFolder(this.dir)
      throw error
    }
  }

  /** Makes a folder to install in, on the same disk. The caller publishes it or removes it. */
  stage(id: EntryId): string {
    const stage = this.#unusedName(id)
    try {
      // mkdtemp would lock other users out, and they run what root installed in an image.
      mkdirSync(stage)
      return stage
    } catch (cause) {
      throw cannotWriteCache(cause, `the cache ${this.dir}`)
    }
  }

  /**
   * Gives a staged folder with a manifest the name that makes it an entry. If another process was faster with
   * the same program, that one stays.
   * @throws SkyflyError `download` when the cache cannot be written, or the signal's reason
   */
  async publish(id: EntryId, stage: string, signal?: AbortSignal): Promise<Entry> {
    const { publishFolder } = await import('./publish.js')
    try {
      await publishFolder({
        stage,
        place: this.folderOf(id),
        aside: this.#unusedName(id),
        mayStay: () => this.#isSame(id, stage),
        signal,
      })
    } catch (cause) {
      signal?.throwIfAborted()
      throw cause instanceof SkyflyError ? cause : cannotWriteCache(cause, `the cache ${this.dir}`)
    }
    const published = readEntry(this.dir, id)
    if (published.kind === 'ok') return published.entry
    throw new SkyflyError(
      'download',
      `${this.folderOf(id)} was changed by another process while it was installed`,
      {
        hint: 'try again: skyfly install',
      },
    )
  }

  /** Takes a build out of the cache. A server that runs it keeps running. */
  async remove(id: EntryId): Promise<void> {
    const { removeFolder } = await import('./publish.js')
    await removeFolder(this.folderOf(id), this.#unusedName(id))
  }

  /**
   * Paths of what installations left that were killed.
   * @param own the build whose lock the caller holds: whatever is left of it belongs to nobody, unless its
   * process lives and was wrongly taken for dead
   */
  async leftovers(own?: EntryId): Promise<readonly string[]> {
    // List first, then ask who owns what: an installation that begins in between is not on the list.
    const names = this.names()
    const { isHeld } = await import('../install/install-lock.js')
    const ownLock = own && this.lockFile(own)
    return names
      .filter(name => {
        const { owner = '', lock, pid } = LEFTOVER.exec(name)?.groups ?? {}
        if (parseEntryName(owner) === undefined) return false
        const lockFile = join(this.dir, `${owner}.lock`)
        return lockFile === ownLock ? lock === undefined && !isOther(Number(pid)) : !isHeld(lockFile)
      })
      .map(name => join(this.dir, name))
  }

  /** Removes them, as far as this user may. */
  async sweep(own?: EntryId): Promise<void> {
    for (const path of await this.leftovers(own)) {
      try {
        rmSync(path, { recursive: true, force: true })
      } catch {
        // It belongs to another user of a shared cache, and is in nobody's way.
      }
    }
  }

  /** Whether what is there is the same as what was staged, and may stay. */
  async #isSame(id: EntryId, stage: string): Promise<boolean> {
    const [found, staged] = [await this.lookup(id), readManifest(stage)]
    if (found.kind === 'newer') throw found.error
    if (found.kind !== 'ok' || !('manifest' in staged)) return false
    const { sha256, archiveSha256 } = found.entry.manifest
    return sha256 === staged.manifest.sha256 && archiveSha256 === staged.manifest.archiveSha256
  }

  /** A name for a folder that is not an entry yet, or no longer one. */
  #unusedName(id: EntryId): string {
    return `${this.folderOf(id)}.partial-${process.pid}-${crypto.randomUUID().slice(0, 8)}`
  }
}

/** Whether this is the PID of another process that lives. */
function isOther(pid: number): boolean {
  return pid !== process.pid && isAlive(pid)
}

/** A lock, or a folder that is not an entry yet, or no longer one. */
const LEFTOVER = /^(?<owner>.+)\.(?:(?<lock>lock)|partial-(?<pid>\d+)-[\da-f]{8})$/
