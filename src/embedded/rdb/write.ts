// Writes the databases to an RDB file, in encodings that Redis from 7.0 on, Valkey and Dragonfly read.

import type { Database, Value } from '../keyspace.js'
import type { ListValue } from '../values/list.js'
import { backLength } from './packed.js'
import { CONTAINERS, OPCODES, TYPES } from './rdb.js'
import type { RdbSink } from './sink.js'

/** The newest version that older releases of Dragonfly load. */
const VERSION = '0009'
const REDIS_VERSION = '7.0.15'
/** PEXPIREAT takes times up to this one, which a JavaScript number rounds up to 2^63. */
const MAX_EXPIRY = 2n ** 63n - 1n

/** Skips keys that have expired. @returns the number of keys */
export function writeRdb(sink: RdbSink, databases: readonly Database[]): number {
  const now = Date.now()
  sink.text(`REDIS${VERSION}`)
  aux(sink, 'redis-ver', REDIS_VERSION)
  aux(sink, 'redis-bits', '64')
  aux(sink, 'ctime', String(Math.floor(now / 1000)))
  let keys = 0
  for (const db of databases) if (db.size > 0) keys += writeDatabase(sink, db, now)
  sink.byte(OPCODES.end)
  return keys
}

function aux(sink: RdbSink, field: string, value: string): void {
  sink.byte(OPCODES.aux)
  sink.string(field)
  sink.string(value)
}

function writeDatabase(sink: RdbSink, db: Database, now: number): number {
  sink.byte(OPCODES.selectDb)
  sink.length(db.index)
  // Hints for loading: how many keys to make room for.
  sink.byte(OPCODES.resizeDb)
  sink.length(db.size)
  sink.length(db.expiring)
  let keys = 0
  for (const [key, value] of db.entries()) {
    const expiresAt = db.expiryOf(key)
    if (expiresAt !== undefined) {
      if (expiresAt <= now) continue
      sink.byte(OPCODES.expireMs)
      sink.uint64(expiresAt < MAX_EXPIRY ? BigInt(expiresAt) : MAX_EXPIRY)
    }
    writeValue(sink, key, value)
    keys++
  }
  return keys
}

function writeValue(sink: RdbSink, key: string, value: Value): void {
  if (typeof value === 'string') {
    head(sink, TYPES.string, key)
    sink.string(value)
  } else if (value.type === 'list') {
    head(sink, TYPES.listQuicklist2, key)
    writeList(sink, value)
  } else if (value.type === 'hash') {
    head(sink, TYPES.hash, key)
    sink.length(value.size)
    for (const [field, text] of value) {
      sink.string(field)
      sink.string(text)
    }
  } else if (value.type === 'set') {
    head(sink, TYPES.set, key)
    sink.length(value.size)
    for (const member of value) sink.string(member)
  } else {
    head(sink, TYPES.zset2, key)
    sink.length(value.size)
    for (const { member, score } of value) {
      sink.string(member)
      sink.double(score)
    }
  }
}

function head(sink: RdbSink, type: number, key: string): void {
  sink.byte(type)
  sink.string(key)
}

/**
 * The size of a list's piece, as in Redis; a larger element is a piece of its own. So 16 bits can count the
 * elements.
 */
const MAX_PIECE_BYTES = 8 * 1024
/** How many bytes a listpack has besides its elements. */
const LISTPACK_BYTES = 7

/** Writes the pieces as listpacks, because Dragonfly does not read a plain list of strings (type 1). */
function writeList(sink: RdbSink, list: ListValue): void {
  let pieces = 0
  for (const _ of piecesOf(list)) pieces++
  sink.length(pieces)
  for (const { items, bytes } of piecesOf(list)) {
    sink.length(CONTAINERS.packed)
    sink.length(bytes)
    sink.uint32(bytes)
    sink.uint16(items.length)
    for (const item of items) writeItem(sink, item)
    sink.byte(0xff)
  }
}

interface Piece {
  readonly items: readonly string[]
  /** The size of the whole listpack. */
  readonly bytes: number
}

function* piecesOf(list: ListValue): Generator<Piece> {
  let items: string[] = []
  let bytes = LISTPACK_BYTES
  for (const item of list) {
    const itemBytes = bytesOf(item)
    if (items.length > 0 && bytes + itemBytes > MAX_PIECE_BYTES) {
      yield { items, bytes }
      items = []
      bytes = LISTPACK_BYTES
    }
    items.push(item)
    bytes += itemBytes
  }
  if (items.length > 0) yield { items, bytes }
}

function bytesOf({ length }: string): number {
  const headed = headBytes(length) + length
  return headed + backLength(headed)
}

const headBytes = (length: number): number => (length < 64 ? 1 : length < 4096 ? 2 : 5)

function writeItem(sink: RdbSink, item: string): void {
  const { length } = item
  const headed = headBytes(length) + length
  if (length < 64) {
    sink.byte(0x80 | length)
  } else if (length < 4096) {
    sink.byte(0xe0 | (length >> 8))
    sink.byte(length & 0xff)
  } else {
    sink.byte(0xf0)
    sink.uint32(length)
  }
  sink.text(item)
  // Seven bits a byte. It is read from its end, so all bytes but the first have the eighth bit set.
  const back = backLength(headed)
  for (let byte = back - 1; byte >= 0; byte--) {
    const bits = Math.floor(headed / 128 ** byte) & 0x7f
    sink.byte(byte === back - 1 ? bits : bits | 0x80)
  }
}
