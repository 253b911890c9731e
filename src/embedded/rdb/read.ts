// Reads an RDB file into the databases: all of it, or an error that says why not.
import type { Database } from '../keyspace.js'
import {
  FIRST_VERSION_WITH_SET_LISTPACK,
  LENGTHS,
  OPCODES,
  SnapshotError,
  TYPES,
  UNSUPPORTED,
} from './rdb.js'
import type { RdbSource } from './source.js'
import { readValue } from './values.js'

/** Where the keys go. */
export interface Databases {
  readonly databases: readonly Database[]
  /** The one for keys that come before any database is selected. */
  readonly firstDatabase: Database
}

/**
 * Skips keys that have expired by now.
 * @returns the number of keys
 * @throws SnapshotError; a part of the keys is in the databases then
 */
export function readRdb(source: RdbSource, { databases, firstDatabase }: Databases): number {
  const version = readVersion(source)
  const state: State = {
    databases,
    version,
    db: firstDatabase,
    expiresAt: undefined,
    now: Date.now(),
    keys: 0,
  }
  for (let mark = source.byte(); mark !== OPCODES.end; mark = source.byte()) {
    const skip = OTHERS[mark]
    if (skip === undefined) readKey(source, mark, state)
    else skip(source, state)
  }
  if (version >= FIRST_VERSION_WITH_CHECKSUM) verify(source)
  return state.keys
}

interface State {
  readonly databases: readonly Database[]
  readonly version: number
  db: Database
  /** For the next key, in ms since 1970. */
  expiresAt: number | undefined
  readonly now: number
  keys: number
}

const FIRST_VERSION_WITH_CHECKSUM = 5

/** REDIS0009, or VALKEY080 from Valkey 9 on. */
function readVersion(source: RdbSource): number {
  const magic = source.take(9).toString('latin1')
  const version = /^(?:REDIS(\d{4})|VALKEY(\d{3}))$/.exec(magic)
  if (version === null) throw new SnapshotError('it does not begin like an RDB file, at byte 0')
  return Number(version[1] ?? version[2])
}

/** How to read what is not a key. */
const OTHERS: Readonly<Record<number, (source: RdbSource, state: State) => void>> = {
  [OPCODES.aux]: source => {
    source.blob()
    source.blob()
  },
  [OPCODES.selectDb]: (source, state) => {
    const index = source.length()
    const { databases } = state
    const db = databases[index]
    if (db === undefined)
      throw source.damage(`it has keys in database ${index}, and there are ${databases.length} (--databases)`)
    state.db = db
  },
  [OPCODES.resizeDb]: source => {
    source.length()
    source.length()
  },
  [OPCODES.expireMs]: (source, state) => {
    state.expiresAt = Number(source.take(8).readBigInt64LE(0))
  },
  [OPCODES.expireSeconds]: (source, state) => {
    state.expiresAt = source.take(4).readInt32LE(0) * 1000
  },
  // Only servers that evict keys need these.
  [OPCODES.idle]: source => {
    source.length()
  },
  [OPCODES.freq]: source => {
    source.byte()
  },
  [OPCODES.dragonflyMask]: source => {
    const hasMemcachedFlags = (source.take(4).readUInt32LE(0) & 2) !== 0
    if (hasMemcachedFlags) source.take(4)
  },
  [OPCODES.function2]: source => {
    const name = /^#!.*?\bname=(\S+)/.exec(source.string())?.[1] ?? ''
    throw source.damage(`it has the function library ${shown(name)}, which this engine cannot serve`)
  },
  [OPCODES.functionPreGa]: source => {
    throw source.damage(
      `it has the function library ${shown(source.string())}, which this engine cannot serve`,
    )
  },
  [OPCODES.moduleAux]: source => {
    throw source.damage(`it has data of the module ${moduleName(source)}, which this engine cannot serve`)
  },
}

function readKey(source: RdbSource, type: number, state: State): void {
  const key = source.string()
  const unsupported =
    type === TYPES.setListpack && state.version < FIRST_VERSION_WITH_SET_LISTPACK
      ? UNSUPPORTED[30]
      : UNSUPPORTED[type]
  if (unsupported !== undefined) {
    const whose = type === 7 ? ` ${moduleName(source)}` : ''
    throw source.damage(`key ${shown(key)} is ${unsupported}${whose}, which this engine cannot serve`)
  }
  const value = readValue(source, type)
  if (value === undefined) throw source.damage(`key ${shown(key)} has the unknown type ${type}`)
  const { db, expiresAt, now } = state
  state.expiresAt = undefined
  if (expiresAt !== undefined && expiresAt <= now) return
  // Redis skips empty collections, too: bugs of old servers left them.
  if (typeof value === 'object' && value.size === 0) return
  if (db.has(key)) throw source.damage(`key ${shown(key)} is there twice`)
  db.set(key, value)
  if (expiresAt !== undefined) db.expire(key, expiresAt)
  state.keys++
}

function verify(source: RdbSource): void {
  const found = source.checksum
  const written = source.take(8).readBigUInt64LE(0)
  // 0 means that the file was written without a checksum.
  if (written !== 0n && written !== found)
    throw source.damage(`its checksum is ${found.toString(16)}, and should be ${written.toString(16)}`)
}

const NAME_CHARS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Reads the id of a module: nine characters of six bits, and a version of ten bits. */
function moduleName(source: RdbSource): string {
  if (source.byte() !== LENGTHS.sixtyFour) return '?'
  const id = source.take(8).readBigUInt64BE(0)
  const chars = Array.from(
    { length: 9 },
    (_, index) => NAME_CHARS[Number((id >> BigInt(58 - 6 * index)) & 63n)],
  )
  return shown(chars.join(''))
}

const MAX_SHOWN_CHARS = 60

/** Shows a key to people; most keys are UTF-8. */
function shown(key: string): string {
  const text = Buffer.from(key, 'latin1').toString()
  return JSON.stringify(text.length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS)}...` : text)
}
