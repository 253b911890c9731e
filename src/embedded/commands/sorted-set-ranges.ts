// Commands for a part of a sorted set: the ZRANGE family, counting and removing.

import { CommandError, syntaxError } from '../protocol/errors.js'
import { parseInteger } from '../protocol/integers.js'
import { EMPTY_ARRAY, integer, ZERO } from '../protocol/reply.js'
import { entriesReply } from '../values/scores.js'
import { type Entry, SortedSetValue } from '../values/sorted-set.js'
import type { Call, Row } from './command.js'
import { type By, parseBounds } from './sorted-set-bounds.js'

const READS = ['readonly'] as const
const KEY = [1, 1, 1] as const

export const SORTED_SET_RANGES: readonly Row[] = [
  reads('zrange', {}),
  reads('zrevrange', { by: 'rank', isReverse: true }),
  reads('zrangebyscore', { by: 'score', isReverse: false }),
  reads('zrevrangebyscore', { by: 'score', isReverse: true }),
  reads('zrangebylex', { by: 'lex', isReverse: false }),
  reads('zrevrangebylex', { by: 'lex', isReverse: true }),
  { name: 'zrangestore', arity: -5, flags: ['write', 'denyoom'], keys: [1, 2, 1], run: zrangestore },
  counts('zcount', 'score'),
  counts('zlexcount', 'lex'),
  removes('zremrangebyrank', 'rank'),
  removes('zremrangebyscore', 'score'),
  removes('zremrangebylex', 'lex'),
]

/** What the name of the command decides; the rest is up to its options. */
interface Kind {
  readonly by?: By
  readonly isReverse?: boolean
}

function reads(name: string, kind: Kind): Row {
  const run = ({ db, args, reply }: Call) => {
    const { find, withScores } = parseRange(args, 2, kind, { isStore: false })
    const zset = db.getOf(args[1] ?? '', 'zset')
    return zset === undefined ? EMPTY_ARRAY : entriesReply(reply, find(zset), withScores)
  }
  return { name, arity: -4, flags: READS, keys: KEY, run }
}

function counts(name: string, by: By): Row {
  const run = ({ db, args }: Call) => {
    const [, key = '', min = '', max = ''] = args
    const find = parseBounds(by, min, max)
    const zset = db.getOf(key, 'zset')
    if (zset === undefined) return ZERO
    const { start, end } = find(zset)
    return integer(end - start)
  }
  return { name, arity: 4, flags: ['readonly', 'fast'], keys: KEY, run }
}

function removes(name: string, by: By): Row {
  const run = ({ db, args }: Call) => {
    const [, key = '', min = '', max = ''] = args
    const find = parseBounds(by, min, max)
    const zset = db.getOf(key, 'zset')
    if (zset === undefined) return ZERO
    const { start, end } = find(zset)
    for (const { member } of zset.slice(start, end)) zset.delete(member)
    if (end > start) db.changed(key)
    return integer(end - start)
  }
  return { name, arity: 4, flags: ['write'], keys: KEY, run }
}

function zrangestore({ db, args }: Call): string {
  const [, target = '', source = ''] = args
  const { find } = parseRange(args, 3, {}, { isStore: true })
  const zset = db.getOf(source, 'zset')
  const found = zset === undefined ? [] : find(zset)
  if (found.length === 0) db.delete(target)
  else {
    const stored = new SortedSetValue()
    for (const { member, score } of found) stored.set(member, score)
    db.set(target, stored)
  }
  return integer(found.length)
}

interface Range {
  readonly withScores: boolean
  find(zset: SortedSetValue): Entry[]
}

/** @param at the position of the first end of the range @throws CommandError */
function parseRange(
  args: readonly string[],
  at: number,
  { by, isReverse }: Kind,
  { isStore }: { readonly isStore: boolean },
): Range {
  let withScores = false
  let offset = 0
  let limit = -1
  for (let next = at + 2; next < args.length; next++) {
    const option = args[next]?.toLowerCase()
    const left = args.length - next - 1
    if (option === 'withscores' && !isStore) withScores = true
    else if (option === 'limit' && left >= 2) {
      offset = parseInteger(args[next + 1] ?? '')
      limit = parseInteger(args[next + 2] ?? '')
      next += 2
    } else if (option === 'rev' && isReverse === undefined) isReverse = true
    else if (option === 'bylex' && by === undefined) by = 'lex'
    else if (option === 'byscore' && by === undefined) by = 'score'
    else throw syntaxError()
  }
  const reverse = isReverse ?? false
  // Redis takes a limit of -1 for none, even here.
  if (limit !== -1 && (by ?? 'rank') === 'rank')
    throw new CommandError(
      'ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX',
    )
  if (withScores && by === 'lex')
    throw new CommandError('ERR syntax error, WITHSCORES not supported in combination with BYLEX')
  const bounds = parseBounds(by ?? 'rank', args[at] ?? '', args[at + 1] ?? '', { isReverse: reverse })
  const isLimited = (by ?? 'rank') !== 'rank'
  return {
    withScores,
    find: zset => {
      const { start, end } = bounds(zset)
      if (!isLimited) return ordered(zset.slice(start, end), reverse)
      if (offset < 0) return []
      const length = Math.min(end - start - offset, limit < 0 ? Infinity : limit)
      if (length <= 0) return []
      const from = reverse ? end - offset - length : start + offset
      return ordered(zset.slice(from, from + length), reverse)
    },
  }
}

function ordered(entries: Entry[], isReverse: boolean): Entry[] {
  return isReverse ? entries.reverse() : entries
}
