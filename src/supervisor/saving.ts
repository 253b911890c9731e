// Whether a server is saving its snapshot, and what it saved: read from its data folder, never from its exit code.
import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from '../engines/engine.js'

/** A finished snapshot file. */
export interface Saved {
  readonly file: string
  readonly bytes: number
  readonly mtimeMs: number
  readonly inode: number
}

export interface Look {
  /** Something was written since the look before, or a snapshot is unfinished. */
  readonly progress: boolean
  /** Size of what is being written. */
  readonly bytes: number
}

/** Watches a data folder from the moment it is made. */
export class SaveWatch {
  readonly #before: Saved | undefined
  readonly #touched = new Set<string>()
  #seen: ReadonlyMap<string, string>

  constructor(
    readonly dir: string,
    readonly engine: Engine,
  ) {
    const files = list(dir)
    this.#before = newest(files, engine)
    this.#seen = fingerprints(files)
  }

  look(): Look {
    const files = list(this.dir)
    const changed = files.filter(file => this.#seen.get(file.file) !== print(file))
    this.#seen = fingerprints(files)
    for (const { file } of changed) this.#touched.add(file)
    // A leftover of a server that was killed while saving is older than this watch, and never changes.
    const unfinished = files.filter(
      ({ file }) => this.engine.isUnfinishedSnapshot(file) && this.#touched.has(file),
    )
    const bytes = unfinished.reduce((sum, file) => sum + file.bytes, 0)
    return { progress: changed.length > 0 || unfinished.length > 0, bytes }
  }

  /** Removes what the server was writing when it was killed. To be called once it is gone. */
  removeUnfinished(): void {
    this.look()
    for (const file of this.#touched)
      if (this.engine.isUnfinishedSnapshot(file)) rmSync(join(this.dir, file), { force: true })
  }

  /** The snapshot that was finished since this watch began; undefined: none. */
  saved(): Saved | undefined {
    const files = list(this.dir)
    const now = newest(files, this.engine)
    if (now === undefined) return undefined
    if (now.file === this.#before?.file && print(now) === print(this.#before)) return undefined
    return { ...now, bytes: sizeOfSet(now, files) }
  }
}

function list(dir: string): readonly Saved[] {
  try {
    return readdirSync(dir).flatMap(file => {
      const stat = statSync(join(dir, file), { throwIfNoEntry: false })
      if (stat === undefined || !stat.isFile()) return []
      return [{ file, bytes: stat.size, mtimeMs: stat.mtimeMs, inode: stat.ino }]
    })
  } catch {
    // The folder is gone, and with it every snapshot: an empty list says so.
    return []
  }
}

function newest(files: readonly Saved[], engine: Engine): Saved | undefined {
  return files
    .filter(({ file }) => /\.(rdb|dfs)$/.test(file) && !engine.isUnfinishedSnapshot(file))
    .reduce<Saved | undefined>(
      (best, file) => (best === undefined || file.mtimeMs >= best.mtimeMs ? file : best),
      undefined,
    )
}

/** Dragonfly's own format is a set of files, one for each thread, that share the name before the last dash. */
function sizeOfSet(newest: Saved, files: readonly Saved[]): number {
  if (!newest.file.endsWith('.dfs')) return newest.bytes
  const stem = newest.file.slice(0, newest.file.lastIndexOf('-') + 1)
  return files.filter(({ file }) => file.startsWith(stem)).reduce((sum, { bytes }) => sum + bytes, 0)
}

const fingerprints = (files: readonly Saved[]): ReadonlyMap<string, string> =>
  new Map(files.map(file => [file.file, print(file)]))

const print = (file: Saved): string => `${file.inode}:${file.mtimeMs}:${file.bytes}`
