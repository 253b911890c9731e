// Turns a range of a sorted set, by rank, by score or by member, into ranks.

import { CommandError } from '../protocol/errors.js'
import { parseInteger } from '../protocol/integers.js'
import { parseScoreBound } from '../values/scores.js'
import type { Entry, SortedSetValue } from '../values/sorted-set.js'

export type By = 'rank' | 'score' | 'lex'

/** Ranks from start to end - 1; empty if both are equal. */
export interface Ranks {
  readonly start: number
  readonly end: number
}

/** Checks both ends before the sorted set is looked up, as Redis does. @throws CommandError */
export function parseBounds(
  by: By,
  first: string,
  last: string,
  { isReverse = false } = {},
): (zset: SortedSetValue) => Ranks {
  if (by === 'rank') return byRank(parseInteger(first), parseInteger(last), isReverse)
  const [min, max] = isReverse ? [last, first] : [first, last]
  return by === 'score' ? byScore(min, max) : byLex(min, max, isReverse)
}

const NOTHING: Ranks = { start: 0, end: 0 }

function byRank(first: number, last: number, isReverse: boolean): (zset: SortedSetValue) => Ranks {
  return ({ size }) => {
    const start = Math.max(0, first < 0 ? size + first : first)
    const end = Math.min(size, (last < 0 ? size + last : last) + 1)
    if (start >= end) return NOTHING
    return isReverse ? { start: size - end, end: size - start } : { start, end }
  }
}

function byScore(minText: string, maxText: string): (zset: SortedSetValue) => Ranks {
  const min = parseScoreBound(minText)
  const max = parseScoreBound(maxText)
  return zset => {
    const start = zset.search(({ score }) => (min.isOpen ? score > min.score : score >= min.score))
    const end = zset.search(({ score }) => (max.isOpen ? score >= max.score : score > max.score))
    return start < end ? { start, end } : NOTHING
  }
}

interface LexBound {
  readonly member: string
  readonly isOpen: boolean
  /** `-` and `+`: before and after all members. */
  readonly side: -1 | 0 | 1
}

function byLex(minText: string, maxText: string, isReverse: boolean): (zset: SortedSetValue) => Ranks {
  const min = parseLexBound(minText)
  const max = parseLexBound(maxText)
  const isOverMin = ({ member }: Entry) =>
    min.side === 0 ? (min.isOpen ? member > min.member : member >= min.member) : min.side < 0
  const isUnderMax = ({ member }: Entry) =>
    max.side === 0 ? (max.isOpen ? member < max.member : member <= max.member) : max.side > 0
  return zset => {
    if (isEmptyRange(min, max)) return NOTHING
    if (zset.isPacked) return walk(zset, isOverMin, isUnderMax, isReverse)
    const start = zset.search(isOverMin)
    const end = zset.search(entry => !isUnderMax(entry))
    return start < end ? { start, end } : NOTHING
  }
}

function isEmptyRange(min: LexBound, max: LexBound): boolean {
  if (min.side > 0 || max.side < 0) return true
  if (min.side < 0 || max.side > 0) return false
  return min.member > max.member || (min.member === max.member && (min.isOpen || max.isOpen))
}

/**
 * If scores differ, a range by member means nothing. But Redis answers for small, packed sets, so this does,
 * too: it walks from the near end to the first member within the range, and on to the first one outside.
 */
function walk(
  zset: SortedSetValue,
  isOverMin: (entry: Entry) => boolean,
  isUnderMax: (entry: Entry) => boolean,
  isReverse: boolean,
): Ranks {
  const entries = zset.slice(0, zset.size)
  const [first] = entries
  const last = entries.at(-1)
  if (first === undefined || last === undefined || !isOverMin(last) || !isUnderMax(first)) return NOTHING
  if (isReverse) {
    const end = entries.findLastIndex(isUnderMax) + 1
    const start = entries.findLastIndex((entry, rank) => rank < end && !isOverMin(entry)) + 1
    return start < end ? { start, end } : NOTHING
  }
  const start = entries.findIndex(isOverMin)
  const after = entries.findIndex((entry, rank) => rank >= start && !isUnderMax(entry))
  const end = after === -1 ? entries.length : after
  return start < end ? { start, end } : NOTHING
}

/** @throws CommandError */
function parseLexBound(text: string): LexBound {
  const [mark = ''] = text
  // Redis ignores what follows a NUL here.
  const [whole] = text.split('\0', 1)
  if (whole === '-' || whole === '+') return { member: '', isOpen: false, side: whole === '-' ? -1 : 1 }
  if (mark !== '[' && mark !== '(') throw new CommandError('ERR min or max not valid string range item')
  return { member: text.slice(1), isOpen: mark === '(', side: 0 }
}
