// Whether the newest snapshot in a data folder is one that the chosen engine loads: it must never start empty
// beside data.
import type { Config } from '../config/config.js'
import type { Engine, SnapshotKind } from '../engines/engine.js'
import { flagValue } from '../engines/flags.js'
import { isCheckpointName } from '../engines/garnet/checkpoint-names.js'
import type { Finding } from '../errors.js'
import { passedOverMs } from './passed-over.js'
import { kindOf, listSnapshots, missingShard, type SnapshotFile } from './snapshot-files.js'

export type SnapshotVerdict =
  | { readonly kind: 'none' }
  | { readonly kind: 'readable'; readonly file: string }
  | { readonly kind: 'refused'; readonly file: string; readonly reason: string; readonly hint: string }

/**
 * Whether the newest snapshot in the folder would not be loaded.
 * @param dir a folder that may be missing or empty
 */
export function unreadableSnapshot(
  engine: Engine,
  dir: string,
  { serverArgs }: Pick<Config, 'serverArgs'>,
): Finding | undefined {
  const verdict = judgeSnapshots(listSnapshots(dir), engine, serverArgs, passedOverMs(dir))
  if (verdict.kind === 'readable' && verdict.file.endsWith('-summary.dfs')) {
    const missing = missingShard(dir, verdict.file)
    if (missing !== undefined) return shardMissing(dir, missing)
  }
  if (verdict.kind !== 'refused') return undefined
  return {
    code: 'start-failed',
    what: `the newest data in ${dir} is ${verdict.file}, which ${engine.name} would not load: ${verdict.reason}`,
    why: 'the server would start empty beside that data, and might write over it',
    hint: verdict.hint,
  }
}

function shardMissing(dir: string, missing: string): Finding {
  return {
    code: 'start-failed',
    what: `the snapshot in ${dir} is not whole: ${missing} is missing`,
    why: 'Dragonfly starts without the keys of a shard that is not there, and says nothing',
    hint: `put ${missing} back, or move the other .dfs files away to start empty, or use another folder with --dir`,
  }
}

/**
 * Decides from a list of files. Pure.
 * @param passedOver when a server was last started that does not load the append-only file in the folder
 */
export function judgeSnapshots(
  all: readonly SnapshotFile[],
  engine: Engine,
  serverArgs: readonly string[],
  passedOver = Number.POSITIVE_INFINITY,
): SnapshotVerdict {
  const loads = (file: SnapshotFile) => engine.loads(file.name, serverArgs)
  // Beside the file that it loads, another of its kind under a name of its own is somebody's copy.
  const hasLoaded = all.some(file => isPlain(file, engine) && loads(file))
  const files = all.filter(file => !hasLoaded || loads(file) || !isCopy(file, engine))
  // A server with an append-only file loads that, even though its dump.rdb is newer: it is written a moment
  // later at the stop.
  const aof = files.find(file => kindOf(file.name) === 'aof' && loads(file))
  if (aof !== undefined) {
    const since = files.find(({ mtimeMs }) => aof.mtimeMs <= passedOver && mtimeMs > passedOver)
    return since === undefined
      ? { kind: 'readable', file: aof.name }
      : { kind: 'refused', file: since.name, ...olderAppendOnly(aof.name) }
  }
  const [newest] = [...files].sort((a, b) => b.mtimeMs - a.mtimeMs || Number(loads(b)) - Number(loads(a)))
  if (newest === undefined) return { kind: 'none' }
  const fault = faultOf(newest, engine, serverArgs)
  return fault === undefined
    ? { kind: 'readable', file: newest.name }
    : { kind: 'refused', file: newest.name, ...fault }
}

/** Dragonfly's own default has the time in its name: such a file may be newer data, and no copy. */
function isCopy(file: SnapshotFile, engine: Engine): boolean {
  return isPlain(file, engine) && !/\d{4}-\d\d-\d\dT/.test(file.name)
}

/** A snapshot in a file or set of files, of a kind that the engine reads. */
function isPlain({ name }: SnapshotFile, engine: Engine): boolean {
  const kind = kindOf(name)
  return (kind === 'rdb' || kind === 'dfs') && engine.reads.includes(kind)
}

function olderAppendOnly(aof: string): UnreadableReason {
  return {
    reason: `it loads ${aof} instead, which is older: the servers since then did not write it`,
    hint: 'start it without --appendonly, and turn that on by CONFIG SET appendonly yes; or use another folder with --dir',
  }
}

interface UnreadableReason {
  readonly reason: string
  readonly hint: string
}

function faultOf(
  { name, head }: SnapshotFile,
  engine: Engine,
  serverArgs: readonly string[],
): UnreadableReason | undefined {
  const kind = kindOf(name)
  const elsewhere = 'use another folder with --dir'
  if (kind === 'aof') {
    return {
      reason: 'it is an append-only file, and the server is not started with one',
      hint: engine.reads.includes('aof')
        ? `add -- --appendonly yes, or ${elsewhere}`
        : `start it with --engine redis and -- --appendonly yes, or ${elsewhere}`,
    }
  }
  if (kind !== undefined && !engine.reads.includes(kind)) {
    const { reason, read } = FOREIGN[kind]
    return { reason, hint: `use ${read}, or ${elsewhere}` }
  }
  if (!engine.loads(name, serverArgs)) return notLoaded(name, engine, serverArgs)
  if (head === undefined) {
    return { reason: 'this user may not read it', hint: `correct the rights of the file, or ${elsewhere}` }
  }
  if (kind === 'rdb' && !/^(?:REDIS\d{4}|VALKEY\d{3})/.test(head)) {
    return { reason: 'it does not begin like an RDB snapshot', hint: `move it away, or ${elsewhere}` }
  }
  return undefined
}

/** Why an engine does not read a kind, and who does. */
const FOREIGN = {
  rdb: { reason: 'it is a snapshot of Redis or Dragonfly', read: '--engine redis, valkey or dragonfly' },
  dfs: { reason: `it is in Dragonfly's own format`, read: '--engine dragonfly' },
  checkpoint: { reason: 'only Garnet reads its checkpoints', read: '--engine garnet' },
} as const satisfies Record<Exclude<SnapshotKind, 'aof'>, { readonly reason: string; readonly read: string }>

function notLoaded(name: string, engine: Engine, serverArgs: readonly string[]): UnreadableReason {
  const elsewhere = 'use another folder with --dir'
  if (isCheckpointName(name))
    return { reason: 'it is told not to recover', hint: `leave --recover out after --, or ${elsewhere}` }
  if (/^yes$/i.test(flagValue(serverArgs, 'appendonly') ?? '')) {
    return {
      reason: 'with --appendonly yes and no append-only file yet it would start empty',
      hint: 'start it without --appendonly, and turn that on by CONFIG SET appendonly yes',
    }
  }
  const wanted = flagValue(serverArgs, 'dbfilename')
  if (name.endsWith('.dfs')) {
    return {
      reason: `it has another name than --dbfilename=${wanted ?? 'dump'}`,
      hint: `add -- --dbfilename=${withTimestamp(name)}, or ${elsewhere}`,
    }
  }
  return {
    reason: `it has another name than ${wanted ?? 'dump.rdb'}`,
    hint: engine.reads.includes('dfs')
      ? `rename it, or add -- --dbfilename=${name.replace(/\.rdb$/, '')}`
      : `rename it, or add -- --dbfilename ${name}`,
  }
}

/** `dump-2026-01-21T10:30:00-summary.dfs` was saved under Dragonfly's default name, and is found by it. */
function withTimestamp(name: string): string {
  const stem = name.replace(/-summary\.dfs$/, '')
  return stem.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/, '{timestamp}')
}
