// Where the snapshot is, and that it is always a whole one: written beside, then renamed.
import { closeSync, fstatSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { EmbeddedConfig } from '../config.js'
import { SnapshotError } from './rdb.js'
import { type Databases, readRdb } from './read.js'
import { RdbSink } from './sink.js'
import { RdbSource } from './source.js'
import { writeRdb } from './write.js'

export { SnapshotError } from './rdb.js'

export interface Saved {
  readonly bytes: number
  readonly keys: number
}

/** What is saved, and filled by loading: the engine, as far as a snapshot knows it. */
export interface Stored extends Databases {
  readonly config: EmbeddedConfig
  /** Changes since the last snapshot. */
  dirty: number
  /** By the clock of the day, in ms. */
  lastSaveAt: number
}

/**
 * Writes all keys as they are now: in one go, and nobody is served meanwhile, so that nothing is copied.
 * Redis's BGSAVE forks; there is no fork here, so this serves SAVE and BGSAVE alike.
 * @throws SnapshotError with the words of Redis; the last snapshot is still there
 */
export function saveSnapshot(engine: Stored): Saved {
  const { dir, dbfilename } = engine.config
  if (dbfilename === '') throw new SnapshotError('nothing is saved without a file name (--dbfilename)')
  if (UNLOADED.has(engine))
    throw new SnapshotError(`${join(dir, dbfilename)} could not be loaded, so it is not written over`)
  // Of this name are the unfinished snapshots of Redis: skyfly removes them after a crash.
  const beside = join(dir, `temp-${process.pid}.rdb`)
  const file = openBeside(beside, engine)
  const saved = removedAtFailure(beside, () => {
    const written = writeTo(file, engine)
    moveInto(beside, engine)
    return written
  })
  engine.dirty = 0
  engine.lastSaveAt = Date.now()
  return saved
}

/**
 * Fills an engine that is empty yet. Nobody is served meanwhile.
 * @returns the number of keys; undefined: there is no snapshot
 * @throws SnapshotError where it cannot be read to its end; the engine is empty then, and must not be served
 */
export async function loadSnapshot(engine: Stored): Promise<number | undefined> {
  const { dir, dbfilename } = engine.config
  if (dbfilename === '') return undefined
  const path = join(dir, dbfilename)
  try {
    const keys = readFrom(path, engine)
    engine.dirty = 0
    return keys
  } catch (problem) {
    UNLOADED.add(engine)
    for (const db of engine.databases) db.clear()
    throw new SnapshotError(`cannot load ${path}: ${reasonOf(problem)}`, { cause: problem })
  }
}

/** Engines that are empty because their snapshot could not be read: a SIGTERM just then must not save that. */
const UNLOADED = new WeakSet<Stored>()

function openBeside(beside: string, { config: { dir } }: Stored): number {
  try {
    return openSync(beside, 'w')
  } catch (problem) {
    const where = `Failed opening the temp RDB file ${beside} (in server root dir ${dir}) for saving`
    throw new SnapshotError(`${where}: ${reasonOf(problem)}`, { cause: problem })
  }
}

function writeTo(file: number, engine: Stored): Saved {
  try {
    const sink = new RdbSink(file)
    const keys = writeRdb(sink, engine.databases)
    const bytes = sink.finish()
    fsyncSync(file)
    return { bytes, keys }
  } catch (problem) {
    throw new SnapshotError(`Write error saving DB on disk: ${reasonOf(problem)}`, { cause: problem })
  } finally {
    closeSync(file)
  }
}

function moveInto(beside: string, { config: { dir, dbfilename } }: Stored): void {
  const path = join(dir, dbfilename)
  try {
    renameSync(beside, path)
  } catch (problem) {
    const where = `Error moving temp DB file ${beside} on the final destination ${path} (in server root dir ${dir})`
    throw new SnapshotError(`${where}: ${reasonOf(problem)}`, { cause: problem })
  }
  syncFolder(dir)
}

/** So that the new name outlives a loss of power. */
function syncFolder(dir: string): void {
  try {
    const folder = openSync(dir, 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  } catch {
    // Windows cannot open a folder, and some file systems cannot sync one: the file itself is safe.
  }
}

function removedAtFailure<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (problem) {
    rmSync(path, { force: true })
    throw problem
  }
}

function readFrom(path: string, engine: Stored): number | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw problem
  }
  try {
    return readRdb(new RdbSource(file, fstatSync(file).size), engine)
  } finally {
    closeSync(file)
  }
}

function reasonOf(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem)
}
