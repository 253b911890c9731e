// Reads values from an RDB file, in every encoding that Redis up to 7.2, Valkey and Dragonfly use for them.

import type { Value } from '../keyspace.js'
import { HashValue } from '../values/hash.js'
import { ListValue } from '../values/list.js'
import { SetValue } from '../values/set.js'
import { type Entry, SortedSetValue } from '../values/sorted-set.js'
import { type Damaged, intset, listpack, ziplist } from './packed.js'
import { CONTAINERS, TYPES } from './rdb.js'
import type { RdbSource } from './source.js'

/** @returns undefined if the type is unknown; a collection may be empty */
export function readValue(source: RdbSource, type: number): Value | undefined {
  return READERS[type]?.(source, what => source.damage(what))
}

type Unpack = (bytes: Buffer, damaged: Damaged) => string[]

const READERS: Readonly<Record<number, (source: RdbSource, damaged: Damaged) => Value>> = {
  [TYPES.string]: source => source.string(),
  [TYPES.list]: source => listOf(strings(source, source.count(1))),
  [TYPES.set]: (source, damaged) => setOf(strings(source, source.count(1)), damaged),
  [TYPES.hash]: (source, damaged) => hashOf(strings(source, 2 * source.count(2)), damaged),
  [TYPES.zset]: (source, damaged) => sortedSetOf(scored(source, source.count(2), shownScore), damaged),
  [TYPES.zset2]: (source, damaged) =>
    sortedSetOf(
      scored(source, source.count(9), () => source.double()),
      damaged,
    ),
  [TYPES.listZiplist]: (source, damaged) => listOf(ziplist(source.blob(), damaged)),
  [TYPES.listQuicklist]: (source, damaged) => listOf(quicklist(source, damaged)),
  [TYPES.listQuicklist2]: (source, damaged) => listOf(quicklist2(source, damaged)),
  [TYPES.setIntset]: (source, damaged) => setOf(intset(source.blob(), damaged), damaged),
  [TYPES.setListpack]: (source, damaged) => setOf(listpack(source.blob(), damaged), damaged),
  [TYPES.hashListpack]: packedHash(listpack),
  [TYPES.hashZiplist]: packedHash(ziplist),
  [TYPES.zsetListpack]: packedSortedSet(listpack),
  [TYPES.zsetZiplist]: packedSortedSet(ziplist),
}

function packedHash(unpack: Unpack) {
  return (source: RdbSource, damaged: Damaged) => hashOf(unpack(source.blob(), damaged), damaged)
}

function packedSortedSet(unpack: Unpack) {
  return (source: RdbSource, damaged: Damaged) => {
    const items = unpack(source.blob(), damaged)
    return sortedSetOf(scoredPairs(items, damaged), damaged)
  }
}

function* strings(source: RdbSource, count: number): Generator<string> {
  for (let index = 0; index < count; index++) yield source.string()
}

/** Each piece of the list is a ziplist. */
function* quicklist(source: RdbSource, damaged: Damaged): Generator<string> {
  for (let left = source.count(1); left > 0; left--) yield* ziplist(source.blob(), damaged)
}

/** Each piece of the list is a listpack, or one large element. */
function* quicklist2(source: RdbSource, damaged: Damaged): Generator<string> {
  for (let left = source.count(2); left > 0; left--) {
    const container = source.length()
    if (container === CONTAINERS.plain) yield source.string()
    else if (container === CONTAINERS.packed) yield* listpack(source.blob(), damaged)
    else throw damaged(`a piece of a list in an unknown form (${container})`)
  }
}

function* scored(source: RdbSource, count: number, score: (source: RdbSource) => number): Generator<Entry> {
  for (let index = 0; index < count; index++) yield { member: source.string(), score: score(source) }
}

function* scoredPairs(items: readonly string[], damaged: Damaged): Generator<Entry> {
  if (items.length % 2 === 1) throw damaged('a member without a score')
  for (let index = 0; index < items.length; index += 2)
    yield { member: items[index] ?? '', score: numberOf(items[index + 1] ?? '') }
}

/** Reads a score as Redis before 4 wrote it: as digits, with special lengths for infinity and NaN. */
function shownScore(source: RdbSource): number {
  const length = source.byte()
  if (length === 255) return Number.NEGATIVE_INFINITY
  if (length === 254) return Number.POSITIVE_INFINITY
  return length === 253 ? Number.NaN : numberOf(source.text(length))
}

/** NaN if the text is no number. */
function numberOf(text: string): number {
  if (/^[+-]?inf$/.test(text))
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
}

function listOf(items: Iterable<string>): ListValue {
  const list = new ListValue()
  for (const item of items) list.pushBack(item)
  return list
}

function setOf(members: Iterable<string>, damaged: Damaged): SetValue {
  const set = new SetValue()
  let count = 0
  for (const member of members) {
    set.add(member)
    if (set.size !== ++count) throw damaged('a set with a member twice')
  }
  return set
}

function hashOf(items: Iterable<string>, damaged: Damaged): HashValue {
  const hash = new HashValue()
  let field: string | undefined
  let count = 0
  for (const item of items) {
    if (field === undefined) {
      field = item
      continue
    }
    hash.set(field, item)
    field = undefined
    if (hash.size !== ++count) throw damaged('a hash with a field twice')
  }
  if (field !== undefined) throw damaged('a field without a value')
  return hash
}

function sortedSetOf(members: Iterable<Entry>, damaged: Damaged): SortedSetValue {
  const entries = [...members]
  if (entries.some(({ score }) => Number.isNaN(score))) throw damaged('a score that is not a number')
  const sortedSet = SortedSetValue.of(entries)
  if (sortedSet.size !== entries.length) throw damaged('a sorted set with a member twice')
  return sortedSet
}
