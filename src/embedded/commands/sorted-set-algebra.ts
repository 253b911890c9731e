// Unions, intersections and differences of sorted sets, with weights. In plain sets each member has a score
// of 1.

import type { Database } from '../keyspace.js'
import { CommandError, syntaxError, wrongType } from '../protocol/errors.js'
import { parseAtLeast, parseInteger } from '../protocol/integers.js'
import { integer } from '../protocol/reply.js'
import { inOrder } from '../values/ranked-tree.js'
import { entriesReply, parseScore } from '../values/scores.js'
import { SetValue } from '../values/set.js'
import { type Entry, SortedSetValue } from '../values/sorted-set.js'
import type { Call, Row } from './command.js'

type Operation = 'union' | 'inter' | 'diff'

export const SORTED_SET_ALGEBRA: readonly Row[] = [
  reads('zunion', 'union'),
  reads('zinter', 'inter'),
  reads('zdiff', 'diff'),
  stores('zunionstore', 'union'),
  stores('zinterstore', 'inter'),
  stores('zdiffstore', 'diff'),
  { name: 'zintercard', arity: -3, flags: ['readonly'], keys: [0, 0, 0], run: zintercard },
]

function reads(name: string, operation: Operation): Row {
  const run = ({ db, args, reply }: Call) => {
    const { sources, words } = parseSources(db, name, args, 1)
    const { weights, aggregate, withScores } = parseOptions(words, sources.length, {
      hasWeights: operation !== 'diff',
      hasScores: true,
    })
    const entries = inOrder(RESULTS[operation](weighted(sources, weights), aggregate))
    return entriesReply(reply, entries, withScores)
  }
  return { name, arity: -3, flags: ['readonly'], keys: [0, 0, 0], run }
}

function stores(name: string, operation: Operation): Row {
  const run = ({ db, args }: Call) => {
    const [, target = ''] = args
    const { sources, words } = parseSources(db, name, args, 2)
    const { weights, aggregate } = parseOptions(words, sources.length, {
      hasWeights: operation !== 'diff',
      hasScores: false,
    })
    const entries = [...RESULTS[operation](weighted(sources, weights), aggregate)]
    if (entries.length === 0) db.delete(target)
    else db.set(target, SortedSetValue.of(entries))
    return integer(entries.length)
  }
  return { name, arity: -4, flags: ['write', 'denyoom'], keys: [1, 1, 1], run }
}

function zintercard({ db, args }: Call): string {
  const { sources, words } = parseSources(db, 'zintercard', args, 1)
  let limit = 0
  for (let at = 0; at < words.length; at += 2) {
    const value = words[at + 1]
    if (words[at]?.toLowerCase() !== 'limit' || value === undefined) throw syntaxError()
    limit = parseAtLeast(0, value, "ERR LIMIT can't be negative")
  }
  let count = 0
  const weights = sources.map(() => 1)
  for (const _ of intersection(weighted(sources, weights), AGGREGATES.sum)) if (++count === limit) break
  return integer(count)
}

type Source = SortedSetValue | SetValue | undefined

interface Weighted {
  readonly size: number
  members(): Iterable<string>
  has(member: string): boolean
  /** The score of a member times the weight. */
  score(member: string): number
}

/** Combines two scores of a member; NaN, which infinities can give, becomes 0. */
type Aggregate = (known: number, score: number) => number

const AGGREGATES: Readonly<Record<'sum' | 'min' | 'max', Aggregate>> = {
  sum: (known, score) => numberOr0(known + score),
  min: (known, score) => (score < known ? score : known),
  max: (known, score) => (score > known ? score : known),
}

type Result = (sources: readonly Weighted[], aggregate: Aggregate) => Iterable<Entry>

const RESULTS: Readonly<Record<Operation, Result>> = { union, inter: intersection, diff: difference }

/** A sum of floats depends on the order, and Redis begins with the smallest set. */
function bySize(sources: readonly Weighted[]): Weighted[] {
  return sources.toSorted((a, b) => a.size - b.size)
}

function* union(sources: readonly Weighted[], aggregate: Aggregate): Generator<Entry> {
  const scores = new Map<string, number>()
  for (const source of bySize(sources))
    for (const member of source.members()) {
      const score = numberOr0(source.score(member))
      const known = scores.get(member)
      scores.set(member, known === undefined ? score : aggregate(known, score))
    }
  for (const [member, score] of scores) yield { member, score }
}

function* intersection(sources: readonly Weighted[], aggregate: Aggregate): Generator<Entry> {
  const [smallest, ...others] = bySize(sources)
  for (const member of smallest?.members() ?? []) {
    if (!others.every(other => other.has(member))) continue
    const first = numberOr0(smallest?.score(member) ?? 0)
    yield { member, score: others.reduce((score, other) => aggregate(score, other.score(member)), first) }
  }
}

function* difference([first, ...others]: readonly Weighted[]): Generator<Entry> {
  for (const member of first?.members() ?? [])
    if (!others.some(other => other.has(member))) yield { member, score: first?.score(member) ?? 0 }
}

function numberOr0(score: number): number {
  return Number.isNaN(score) ? 0 : score
}

function weighted(sources: readonly Source[], weights: readonly number[]): Weighted[] {
  return sources.map((source, index) => {
    const weight = weights[index] ?? 1
    if (source === undefined) return { size: 0, members: () => [], has: () => false, score: () => 0 }
    if (source instanceof SetValue)
      return {
        size: source.size,
        members: () => source,
        has: member => source.has(member),
        score: () => weight,
      }
    return {
      size: source.size,
      members: () => source.members(),
      has: member => source.score(member) !== undefined,
      score: member => weight * (source.score(member) ?? 0),
    }
  })
}

/**
 * Reads the keys, and returns the words behind them.
 * @param at the position of their number
 * @throws CommandError
 */
function parseSources(
  db: Database,
  name: string,
  args: readonly string[],
  at: number,
): { readonly sources: readonly Source[]; readonly words: readonly string[] } {
  const count = parseInteger(args[at] ?? '')
  if (count < 1) throw new CommandError(`ERR at least 1 input key is needed for '${name}' command`)
  const end = at + 1 + count
  if (end > args.length) throw syntaxError()
  return { sources: args.slice(at + 1, end).map(key => sourceOf(db, key)), words: args.slice(end) }
}

/** @throws CommandError WRONGTYPE */
function sourceOf(db: Database, key: string): Source {
  const value = db.get(key)
  if (value === undefined || value instanceof SetValue || value instanceof SortedSetValue) return value
  throw wrongType()
}

interface Options {
  readonly weights: readonly number[]
  readonly aggregate: Aggregate
  readonly withScores: boolean
}

/** @throws CommandError */
function parseOptions(
  words: readonly string[],
  sources: number,
  { hasWeights, hasScores }: { readonly hasWeights: boolean; readonly hasScores: boolean },
): Options {
  let weights: readonly number[] = []
  let aggregate = AGGREGATES.sum
  let withScores = false
  for (let at = 0; at < words.length; at++) {
    const option = words[at]?.toLowerCase()
    const left = words.length - at - 1
    if (option === 'weights' && hasWeights && left >= sources) {
      weights = words.slice(at + 1, at + 1 + sources).map(parseWeight)
      at += sources
    } else if (option === 'aggregate' && hasWeights && left >= 1)
      aggregate = parseAggregate(words[++at] ?? '')
    else if (option === 'withscores' && hasScores) withScores = true
    else throw syntaxError()
  }
  return { weights, aggregate, withScores }
}

function parseWeight(text: string): number {
  const weight = parseScore(text)
  if (weight === undefined) throw new CommandError('ERR weight value is not a float')
  return weight
}

function parseAggregate(text: string): Aggregate {
  const name = text.toLowerCase()
  if (name !== 'sum' && name !== 'min' && name !== 'max') throw syntaxError()
  return AGGREGATES[name]
}
