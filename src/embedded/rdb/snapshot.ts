// Saves and loads the snapshot. It is always a whole one: a new file is written beside it, then renamed.
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

/** The part of the engine that is saved and loaded. */
export interface Stored extends Databases {
  readonly config: EmbeddedConfig
  /** Changes since the last snapshot. */
  dirty: number
  /** In ms since 1970. */
  lastSaveAt: number
}

/**
 * Writes all keys in one go. Nobody is served meanwhile, so nothing has to be copied.
 * Redis forks for BGSAVE. Node cannot, so this serves both SAVE and BGSAVE.
 * @throws SnapshotError in the words of Redis; the last snapshot is still there
 */
export function saveSnapshot(engine: Stored): Saved {
  const { dir, dbfilename } = engine.config
  if (dbfilename === '') throw new SnapshotError('nothing is saved without a file name (--dbfilename)')
  if (UNLOADED.has(engine))
    throw new SnapshotError(`${join(dir, dbfilename)} could not be loaded, so it is not written over`)
  // Redis gives its unfinished snapshots such names, and skyfly removes them after a crash.
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
 * Fills an empty engine. Nobody is served meanwhile.
 * @returns the number of keys; undefined if there is no snapshot
 * @throws SnapshotError if the file cannot be read; the engine is empty then, and must not serve anybody
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

/** Engines that are empty because loading failed: a SIGTERM at that moment must not save them. */
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

/** Makes the new name survive a loss of power. */
function syncFolder(dir: string): void {
  try {
    const folder = openSync(dir, 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  } catch {
    // Windows cannot open a folder, and some file systems cannot sync one. The file itself is safe.
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
