// Whether a server is saving its snapshot, and what it saved: read from its data folder, never from its exit
// code.
import { rmSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from '../engines/engine.js'
import { isCheckpointName } from '../engines/garnet/checkpoint-names.js'
import { whileInUse } from '../system/retry-in-use.js'
import { type Entry, namesIn, statOf } from './entries.js'
import { listCheckpoints } from './garnet-checkpoints.js'

/** A finished snapshot. */
export interface SavedSnapshot {
  /** Its name in the data folder, `checkpoint GUID` for one of Garnet. */
  readonly file: string
  readonly bytes: number
  readonly mtimeMs: number
  readonly inode: number
}

export interface SaveProgress {
  /** Something was written since the last look, or a snapshot is unfinished. */
  readonly progress: boolean
  /** Size of what is being written. */
  readonly bytes: number
}

/** Watches a data folder from the moment it is made. */
export class SaveWatch {
  readonly #before: ReadonlyMap<string, string>
  readonly #touched = new Set<string>()
  #seen: ReadonlyMap<string, string>
  #isGrowing = false

  constructor(
    readonly dir: string,
    readonly engine: Engine,
  ) {
    this.#before = fingerprints(list(dir, engine))
    this.#seen = this.#before
  }

  look(): SaveProgress {
    const files = list(this.dir, this.engine)
    const changed = files.filter(file => this.#seen.get(file.name) !== print(file))
    this.#seen = fingerprints(files)
    for (const { name } of changed) this.#touched.add(name)
    // What an earlier server left when it was killed while saving never changes, so it does not count.
    const unfinished = files.filter(
      ({ name }) => this.engine.isUnfinishedSnapshot(name) && this.#touched.has(name),
    )
    const bytes = unfinished.reduce((sum, file) => sum + file.bytes, 0)
    this.#isGrowing = unfinished.some(file => changed.includes(file))
    return { progress: changed.length > 0 || unfinished.length > 0, bytes }
  }

  /** Looks again: whether an unfinished snapshot was written to since the last look. */
  isGrowing(): boolean {
    this.look()
    return this.#isGrowing
  }

  /** Removes what the server was writing when it was killed. Call it once the server is gone. */
  removeUnfinished(): void {
    this.look()
    for (const { name, paths } of list(this.dir, this.engine))
      if (this.#touched.has(name) && this.engine.isUnfinishedSnapshot(name))
        for (const path of paths) remove(path)
  }

  /** The snapshot that was finished since this watch began; undefined: none. */
  saved(): SavedSnapshot | undefined {
    const files = list(this.dir, this.engine)
    const fresh = files.filter(file => this.#before.get(file.name) !== print(file))
    const now = newest(fresh, this.engine)
    if (now === undefined) return undefined
    const { name, mtimeMs, inode } = now
    return { file: name, mtimeMs, inode, bytes: sizeOfSet(now, fresh) }
  }
}

function remove(path: string): void {
  try {
    whileInUse(() => rmSync(path, { force: true, recursive: true }))
  } catch {
    // A process that the server left may hold the file: it does no harm, and its name says that it is no
    // snapshot.
  }
}

/**
 * For Garnet only the folders below count, for the others only the files: neither touches what the other
 * writes.
 */
function list(dir: string, { reads }: Engine): readonly Entry[] {
  try {
    if (reads.includes('checkpoint')) return listCheckpoints(dir)
    return namesIn(dir).flatMap(name => {
      const path = join(dir, name)
      const stat = lookAt(path)
      if (stat === undefined || !stat.isFile()) return []
      return [{ name, bytes: stat.size, mtimeMs: stat.mtimeMs, inode: stat.ino, paths: [path] }]
    })
  } catch {
    // The folder is gone, and every snapshot with it.
    return []
  }
}

/** A file that cannot be looked at, such as one that Windows is about to remove, must not hide the others. */
function lookAt(path: string): Stats | undefined {
  try {
    return statOf(path)
  } catch {
    return undefined
  }
}

function newest(files: readonly Entry[], engine: Engine): Entry | undefined {
  return files
    .filter(
      ({ name }) =>
        (/\.(rdb|dfs)$/.test(name) || isCheckpointName(name)) && !engine.isUnfinishedSnapshot(name),
    )
    .reduce<Entry | undefined>(
      (best, file) => (best === undefined || file.mtimeMs >= best.mtimeMs ? file : best),
      undefined,
    )
}

/**
 * Dragonfly's own format is a set of files, one for each thread, that share the name before the last dash. Those of more
 * threads than it has now stay from an earlier save, so only fresh ones count. Garnet writes a checkpoint for each database,
 * and in version 1 one more for the objects.
 */
function sizeOfSet(newest: Entry, files: readonly Entry[]): number {
  if (isCheckpointName(newest.name))
    return files.filter(({ name }) => isCheckpointName(name)).reduce((sum, { bytes }) => sum + bytes, 0)
  if (!newest.name.endsWith('.dfs')) return newest.bytes
  const stem = newest.name.slice(0, newest.name.lastIndexOf('-') + 1)
  return files.filter(({ name }) => name.startsWith(stem)).reduce((sum, { bytes }) => sum + bytes, 0)
}

const fingerprints = (files: readonly Entry[]): ReadonlyMap<string, string> =>
  new Map(files.map(file => [file.name, print(file)]))

const print = (file: Entry): string => `${file.inode}:${file.mtimeMs}:${file.bytes}`
