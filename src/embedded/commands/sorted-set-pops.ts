// Commands that take the first or last members of a sorted set, or pick some at random.

import type { Database } from '../keyspace.js'
import { CommandError, syntaxError } from '../protocol/errors.js'
import { parseAtLeast } from '../protocol/integers.js'
import { array, bulk, EMPTY_ARRAY, type Replies } from '../protocol/reply.js'
import { parseSampleSize, randomBelow, samplePlaces } from '../values/samples.js'
import { entriesReply, pairsReply } from '../values/scores.js'
import type { Entry, SortedSetValue } from '../values/sorted-set.js'
import type { Call, Row } from './command.js'

export type Side = 'min' | 'max'

export const SORTED_SET_POPS: readonly Row[] = [
  pops('zpopmin', 'min'),
  pops('zpopmax', 'max'),
  {
    name: 'zmpop',
    arity: -4,
    flags: ['write'],
    keys: [0, 0, 0],
    run: ({ db, args, reply }) => {
      const { keys, side, count } = parseManyPop(args, 1)
      for (const key of keys) {
        const zset = db.getOf(key, 'zset')
        if (zset !== undefined) return pop(db, key, zset, side, count, manyReply(reply, key))
      }
      return reply.nilArray
    },
  },
  { name: 'zrandmember', arity: -2, flags: ['readonly'], keys: [1, 1, 1], run: zrandmember },
]

function pops(name: string, side: Side): Row {
  const run = ({ db, args, reply }: Call) => {
    const [, key = '', countText] = args
    if (args.length > 3) throw syntaxError()
    const count =
      countText === undefined ? 1 : parseAtLeast(0, countText, 'ERR value is out of range, must be positive')
    const zset = db.getOf(key, 'zset')
    if (zset === undefined) return EMPTY_ARRAY
    return pop(db, key, zset, side, count, popped => {
      // Without a count the answer is no list of pairs, not even in RESP3.
      if (countText !== undefined) return entriesReply(reply, popped, true)
      return array(popped.flatMap(({ member, score }) => [bulk(member), reply.double(score)]))
    })
  }
  return { name, arity: -2, flags: ['write', 'fast'], keys: [1, 1, 1], run }
}

/**
 * Removes members from one end, the outermost first.
 * @param show makes the answer first, since it may turn out too large
 */
export function pop(
  db: Database,
  key: string,
  zset: SortedSetValue,
  side: Side,
  count: number,
  show: (popped: readonly Entry[]) => string,
): string {
  const { size } = zset
  const entries =
    side === 'min'
      ? zset.slice(0, Math.min(count, size))
      : zset.slice(Math.max(0, size - count), size).reverse()
  const answer = show(entries)
  for (const { member } of entries) zset.delete(member)
  if (entries.length > 0) db.changed(key)
  return answer
}

export interface ManyPop {
  readonly keys: readonly string[]
  readonly side: Side
  readonly count: number
}

/** Reads `2 a b MIN COUNT 3`. @param at the position of its first word @throws CommandError */
export function parseManyPop(args: readonly string[], at: number): ManyPop {
  const keyCount = parseAtLeast(1, args[at] ?? '', 'ERR numkeys should be greater than 0')
  const sideAt = at + keyCount + 1
  if (sideAt >= args.length) throw syntaxError()
  const side = args[sideAt]?.toLowerCase()
  if (side !== 'min' && side !== 'max') throw syntaxError()
  let count: number | undefined
  for (let option = sideAt + 1; option < args.length; option += 2) {
    const value = args[option + 1]
    if (count !== undefined || value === undefined || args[option]?.toLowerCase() !== 'count')
      throw syntaxError()
    count = parseAtLeast(1, value, 'ERR count should be greater than 0')
  }
  return { keys: args.slice(at + 1, sideAt), side, count: count ?? 1 }
}

/** Answers the key and the entries that were taken. */
export function manyReply(reply: Replies, key: string): (popped: readonly Entry[]) => string {
  return popped => array([bulk(key), pairsReply(reply, popped)])
}

/** The answer has twice as many parts with scores, and their number must fit into 64 bits. */
const MANY = 2n ** 62n

function zrandmember({ db, args, reply }: Call): string {
  const [, key = '', countText, option] = args
  if (countText === undefined) {
    const zset = db.getOf(key, 'zset')
    return zset === undefined ? reply.nil : bulk(zset.at(randomBelow(zset.size))?.member ?? '')
  }
  const count = parseSampleSize(countText)
  if (args.length > 4 || (option !== undefined && option.toLowerCase() !== 'withscores')) throw syntaxError()
  const withScores = option !== undefined
  if (withScores && (count <= -MANY || count >= MANY)) throw new CommandError('ERR value is out of range')
  const zset = db.getOf(key, 'zset')
  if (zset === undefined) return EMPTY_ARRAY
  const entries = samplePlaces(Number(count), zset.size).flatMap(rank => zset.at(rank) ?? [])
  return entriesReply(reply, entries, withScores)
}
