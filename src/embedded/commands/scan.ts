// The cursor of SCAN and its kin: a place in the order of hashes, so that a name that stays is never missed.

import { CommandError, syntaxError } from '../protocol/errors.js'
import { parseInteger } from '../protocol/integers.js'
import { array, bulk } from '../protocol/reply.js'
import { matches } from '../values/glob.js'
import type { Call } from './command.js'

export interface ScanOptions {
  readonly count: number
  /** Undefined for all. */
  readonly pattern: string | undefined
  /** As the client wrote it; undefined for all. */
  readonly type: string | undefined
}

export interface Scanned {
  /** 0 after the last part. */
  readonly cursor: number
  readonly names: readonly string[]
}

/** Collections up to this size are answered whole, as Redis does with those it packs. */
const MAX_WHOLE = 128

/**
 * Runs HSCAN, SSCAN or ZSCAN.
 * @param find the collection of a key, such as `key => db.getOf(key, 'hash')`
 * @param names such as `hash => hash.keys()`
 * @param show the encoded parts of the answer for one name; empty if the name is gone
 */
export function scanCollection<T extends { readonly size: number }>(
  { args }: Call,
  find: (key: string) => T | undefined,
  names: (collection: T) => Iterable<string>,
  show: (collection: T, name: string) => readonly string[],
): string {
  const [, key = '', cursorText = ''] = args
  const cursor = parseCursor(cursorText)
  const collection = find(key)
  if (collection === undefined) return array([bulk('0'), array([])])
  const { count, pattern } = parseScanOptions(args, 3)
  const isWhole = collection.size <= MAX_WHOLE
  const part: Scanned = isWhole
    ? { cursor: 0, names: [...names(collection)] }
    : scan(collection, names(collection), cursor, count)
  const found = pattern === undefined ? part.names : part.names.filter(name => matches(pattern, name))
  return array([bulk(String(part.cursor)), array(found.flatMap(name => show(collection, name)))])
}

/** Reads a cursor as strtoul does, up to a NUL. @throws CommandError */
export function parseCursor(text: string): number {
  const found = /^(?:([+-]?)0*(\d{1,20})|)(?:\0|$)/.exec(text)
  const value = BigInt(found?.[2] ?? '0')
  if (found === null || value >= 2n ** 64n) throw new CommandError('ERR invalid cursor')
  return Number(found[1] === '-' ? BigInt.asUintN(64, -value) : value)
}

/** Reads MATCH, COUNT and, for SCAN, TYPE. @throws CommandError */
export function parseScanOptions(
  args: readonly string[],
  start: number,
  { withType = false } = {},
): ScanOptions {
  let count = 10
  let pattern: string | undefined
  let type: string | undefined
  for (let at = start; at < args.length; at += 2) {
    const option = args[at]?.toLowerCase()
    const value = args[at + 1]
    if (value === undefined) throw syntaxError()
    if (option === 'count') {
      count = parseInteger(value)
      if (count < 1) throw syntaxError()
    } else if (option === 'match') pattern = value === '*' ? undefined : value
    else if (option === 'type' && withType) type = value
    else throw syntaxError()
  }
  return { count, pattern, type }
}

/**
 * Names in the order of their hashes. It may be outdated: names that were added later need not be answered.
 */
interface Order {
  readonly names: readonly string[]
  readonly hashes: Uint32Array
}

/** Kept while a scan is under way. Losing one loses nothing, as it is made again when needed. */
const orders = new Map<object, Order & { readonly forgotten: NodeJS.Timeout }>()
/** A scan that does not go on for so long is forgotten. */
const ABANDONED_MS = 10_000

/** About count names from the cursor on. @param collection identifies whose names they are */
export function scan(collection: object, names: Iterable<string>, cursor: number, count: number): Scanned {
  const known = cursor === 0 ? undefined : orders.get(collection)
  const order = known ?? orderOf(names)
  const { hashes } = order
  const start = firstFrom(hashes, cursor)
  let end = Math.min(hashes.length, start + count)
  // A cursor cannot point between equal hashes.
  while (end > start && end < hashes.length && hashes[end] === hashes[end - 1]) end++
  const isLast = end >= hashes.length
  clearTimeout(known?.forgotten)
  if (isLast) orders.delete(collection)
  else {
    const forgotten = setTimeout(() => orders.delete(collection), ABANDONED_MS).unref()
    orders.set(collection, { ...order, forgotten })
  }
  return { cursor: isLast ? 0 : (hashes[end] ?? 0), names: order.names.slice(start, end) }
}

function orderOf(names: Iterable<string>): Order {
  const list = [...names]
  if (list.length > 2 ** 21) return orderOfMany(list)
  // Hash and index share one number (32 and 21 bits), as numbers are sorted without calling a function.
  const pairs = new Float64Array(list.length)
  for (let at = 0; at < list.length; at++) pairs[at] = hashOf(list[at] ?? '') * 2 ** 21 + at
  pairs.sort()
  const sorted: string[] = []
  const hashes = new Uint32Array(list.length)
  for (let at = 0; at < pairs.length; at++) {
    const pair = pairs[at] ?? 0
    hashes[at] = pair / 2 ** 21
    sorted.push(list[pair % 2 ** 21] ?? '')
  }
  return { names: sorted, hashes }
}

function orderOfMany(list: readonly string[]): Order {
  const hashed = list.map(name => ({ name, hash: hashOf(name) })).sort((a, b) => a.hash - b.hash)
  return { names: hashed.map(({ name }) => name), hashes: Uint32Array.from(hashed, ({ hash }) => hash) }
}

/** FNV-1a, but never 0, which is the cursor of both the start and the end. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193)
  return hash >>> 0 || 1
}

/** The index of the first hash that is not below the cursor. */
function firstFrom(hashes: Uint32Array, cursor: number): number {
  let low = 0
  let high = hashes.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((hashes[middle] ?? 0) < cursor) low = middle + 1
    else high = middle
  }
  return low
}
