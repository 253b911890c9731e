// Commands for members of sorted sets: adding, removing, scores and ranks.

import { CommandError, notFloat, syntaxError } from '../protocol/errors.js'
import { array, bulk, formatDouble, integer, ZERO } from '../protocol/reply.js'
import { parseScore } from '../values/scores.js'
import { SortedSetValue } from '../values/sorted-set.js'
import type { Call, Row } from './command.js'
import { scanCollection } from './scan.js'

const ADDS = ['write', 'denyoom', 'fast'] as const
const READS = ['readonly', 'fast'] as const
const KEY = [1, 1, 1] as const

export const SORTED_SETS: readonly Row[] = [
  { name: 'zadd', arity: -4, flags: ADDS, keys: KEY, run: zadd },
  {
    name: 'zincrby',
    arity: 4,
    flags: ADDS,
    keys: KEY,
    run: call => {
      const { score = 0 } = add(call, parsePairs(call.args.slice(2)), new Set(['incr']))
      return call.reply.double(score)
    },
  },
  {
    name: 'zrem',
    arity: -3,
    flags: ['write', 'fast'],
    keys: KEY,
    run: ({ db, args }) => {
      const [, key = '', ...members] = args
      const zset = db.getOf(key, 'zset')
      if (zset === undefined) return ZERO
      const { length } = members.filter(member => zset.delete(member))
      if (length > 0) db.changed(key)
      return integer(length)
    },
  },
  {
    name: 'zcard',
    arity: 2,
    flags: READS,
    keys: KEY,
    run: ({ db, args }) => integer(db.getOf(args[1] ?? '', 'zset')?.size ?? 0),
  },
  {
    name: 'zscore',
    arity: 3,
    flags: READS,
    keys: KEY,
    run: ({ db, args, reply }) => {
      const score = db.getOf(args[1] ?? '', 'zset')?.score(args[2] ?? '')
      return score === undefined ? reply.nil : reply.double(score)
    },
  },
  {
    name: 'zmscore',
    arity: -3,
    flags: READS,
    keys: KEY,
    run: ({ db, args, reply }) => {
      const [, key = '', ...members] = args
      const zset = db.getOf(key, 'zset')
      const scores = members.map(member => zset?.score(member))
      return array(scores.map(score => (score === undefined ? reply.nil : reply.double(score))))
    },
  },
  {
    name: 'zrank',
    arity: 3,
    flags: READS,
    keys: KEY,
    run: ({ db, args, reply }) => {
      const rank = db.getOf(args[1] ?? '', 'zset')?.rank(args[2] ?? '')
      return rank === undefined ? reply.nil : integer(rank)
    },
  },
  {
    name: 'zrevrank',
    arity: 3,
    flags: READS,
    keys: KEY,
    run: ({ db, args, reply }) => {
      const zset = db.getOf(args[1] ?? '', 'zset')
      const rank = zset?.rank(args[2] ?? '')
      return zset === undefined || rank === undefined ? reply.nil : integer(zset.size - 1 - rank)
    },
  },
  {
    name: 'zscan',
    arity: -3,
    flags: ['readonly'],
    keys: KEY,
    run: call =>
      scanCollection(
        call,
        key => call.db.getOf(key, 'zset'),
        // What Redis packs is answered in order.
        zset => (zset.isPacked ? Array.from(zset, ({ member }) => member) : zset.members()),
        (zset, member) => {
          const score = zset.score(member)
          return score === undefined ? [] : [bulk(member), bulk(formatDouble(score))]
        },
      ),
  },
]

const OPTIONS: ReadonlySet<string> = new Set(['nx', 'xx', 'gt', 'lt', 'ch', 'incr'])

interface Pair {
  readonly score: number
  readonly member: string
}

interface Added {
  readonly added: number
  readonly updated: number
  /** The last score that no option refused. */
  readonly score: number | undefined
}

function zadd(call: Call): string {
  const { args, reply } = call
  const options = new Set<string>()
  let at = 2
  for (; at < args.length; at++) {
    const option = (args[at] ?? '').toLowerCase()
    if (!OPTIONS.has(option)) break
    options.add(option)
  }
  const words = args.slice(at)
  const has = (...names: readonly string[]) => names.every(name => options.has(name))
  if (words.length % 2 !== 0 || words.length === 0) throw syntaxError()
  if (has('nx', 'xx')) throw new CommandError('ERR XX and NX options at the same time are not compatible')
  if (has('gt', 'nx') || has('lt', 'nx') || has('gt', 'lt'))
    throw new CommandError('ERR GT, LT, and/or NX options at the same time are not compatible')
  if (has('incr') && words.length > 2)
    throw new CommandError('ERR INCR option supports a single increment-element pair')
  const { added, updated, score } = add(call, parsePairs(words), options)
  if (has('incr')) return score === undefined ? reply.nil : reply.double(score)
  return integer(has('ch') ? added + updated : added)
}

function parsePairs(words: readonly string[]): Pair[] {
  const pairs: Pair[] = []
  for (let at = 0; at < words.length; at += 2) {
    const score = parseScore(words[at] ?? '')
    if (score === undefined) throw notFloat()
    pairs.push({ score, member: words[at + 1] ?? '' })
  }
  return pairs
}

function add({ db, args }: Call, pairs: readonly Pair[], options: ReadonlySet<string>): Added {
  const [, key = ''] = args
  const known = db.getOf(key, 'zset')
  if (known === undefined && options.has('xx')) return { added: 0, updated: 0, score: undefined }
  const zset = known ?? new SortedSetValue()
  const sizeBefore = zset.size
  let updated = 0
  let last: number | undefined
  try {
    for (const { score, member } of pairs) {
      const current = zset.score(member)
      const next = scoreAfter(current, score, options)
      if (next === undefined) continue
      last = next
      // 0 and -0 are the same score.
      if (next === current) continue
      zset.set(member, next)
      if (current !== undefined) updated++
    }
  } finally {
    // The members that came before one that failed stay.
    if (known === undefined && zset.size > 0) db.set(key, zset)
    else if (zset.size - sizeBefore + updated > 0) db.changed(key)
  }
  return { added: zset.size - sizeBefore, updated, score: last }
}

/** Undefined if an option refuses the score. */
function scoreAfter(
  current: number | undefined,
  score: number,
  options: ReadonlySet<string>,
): number | undefined {
  if (options.size === 0) return score
  if (current === undefined) return options.has('xx') ? undefined : score
  if (options.has('nx')) return undefined
  const next = options.has('incr') ? current + score : score
  if (Number.isNaN(next)) throw new CommandError('ERR resulting score is not a number (NaN)')
  if ((options.has('lt') && next >= current) || (options.has('gt') && next <= current)) return undefined
  return next
}
