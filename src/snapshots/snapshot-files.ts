// Which files of a data folder are snapshots.
import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { SnapshotKind } from '../engines/engine.js'
import { isCheckpointName } from '../engines/garnet/checkpoint-names.js'
import { namesIn, statOf } from './entries.js'
import { listCheckpoints } from './garnet-checkpoints.js'

/** A snapshot, or what looks like one, in a data folder. */
export interface SnapshotFile {
  /** Of the file or folder; `checkpoint GUID` for one of Garnet. */
  readonly name: string
  readonly mtimeMs: number
  /** Its first bytes; undefined: this user may not read it. */
  readonly head: string | undefined
}

/** The finished snapshots in a folder; a folder that is not there has none. */
export function listSnapshots(dir: string): readonly SnapshotFile[] {
  return [...filesIn(dir), ...checkpointsIn(dir)]
}

function checkpointsIn(dir: string): readonly SnapshotFile[] {
  return listCheckpoints(dir)
    .filter(({ name }) => isCheckpointName(name))
    .map(({ name, mtimeMs }) => ({ name, mtimeMs, head: '' }))
}

function filesIn(dir: string): readonly SnapshotFile[] {
  return namesIn(dir).flatMap(name => {
    const kind = kindOf(name)
    if (kind === undefined) return []
    const path = join(dir, name)
    const stat = statOf(path)
    // Redis 7 keeps its append-only file in parts, in a folder. Empty parts hold no data.
    if (stat?.isDirectory())
      return kind === 'aof'
        ? appendOnly(
            name,
            namesIn(path).map(part => join(path, part)),
          )
        : []
    if (kind === 'aof') return appendOnly(name, [path])
    return stat === undefined ? [] : [{ name, mtimeMs: stat.mtimeMs, head: headOf(path) }]
  })
}

function appendOnly(name: string, parts: readonly string[]): readonly SnapshotFile[] {
  const stats = parts.flatMap(part => statOf(part) ?? [])
  const written = stats.filter(stat => stat.size > 0)
  if (written.length === 0) return []
  return [{ name, mtimeMs: Math.max(...written.map(stat => stat.mtimeMs)), head: '' }]
}

export function kindOf(name: string): SnapshotKind | undefined {
  if (isCheckpointName(name)) return 'checkpoint'
  if (/^temp-|\.tmp$/.test(name)) return undefined
  if (name.endsWith('.rdb')) return 'rdb'
  // The other files of a set cannot be loaded without their summary.
  if (name.endsWith('-summary.dfs')) return 'dfs'
  return name === 'appendonlydir' || name === 'appendonly.aof' ? 'aof' : undefined
}

const HEAD_BYTES = 9

function headOf(path: string): string | undefined {
  try {
    const file = openSync(path, 'r')
    try {
      const bytes = Buffer.alloc(HEAD_BYTES)
      return bytes.toString('latin1', 0, readSync(file, bytes, 0, HEAD_BYTES, 0))
    } finally {
      closeSync(file)
    }
  } catch {
    // Not readable: undefined says so.
    return undefined
  }
}

/** The first shard that a set in Dragonfly's own format lacks, if another one has a higher number. */
export function missingShard(dir: string, summary: string): string | undefined {
  const stem = summary.slice(0, -'summary.dfs'.length)
  const shards = namesIn(dir).filter(
    name => name.startsWith(stem) && /^\d{4}\.dfs$/.test(name.slice(stem.length)),
  )
  const wanted = shards.map((_, at) => `${stem}${String(at).padStart(4, '0')}.dfs`)
  if (shards.length === 0) return `${stem}0000.dfs`
  return wanted.find(name => !shards.includes(name))
}
