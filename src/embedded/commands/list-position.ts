// LPOS: where an element is in a list.

import { CommandError, syntaxError } from '../protocol/errors.js'
import { parseAtLeast, parseInteger } from '../protocol/integers.js'
import { array, EMPTY_ARRAY, integer } from '../protocol/reply.js'
import type { Call, Row } from './command.js'

export const LIST_POSITION: readonly Row[] = [
  { name: 'lpos', arity: -3, flags: ['readonly'], keys: [1, 1, 1], run: lpos },
]

function lpos({ db, args, reply }: Call): string {
  const [, key = '', value = ''] = args
  const { rank, isOverflow, count, maxLength } = parsePosOptions(args)
  const list = db.getOf(key, 'list')
  if (list === undefined) return count === undefined ? reply.nil : EMPTY_ARRAY
  const skipped = isOverflow ? 0 : Math.abs(rank) - 1
  const isAll = count === 0 || (isOverflow && count !== undefined)
  const most = skipped + (isAll ? Number.POSITIVE_INFINITY : (count ?? 1))
  const found = list.find(value, { isBackwards: rank < 0, most, maxLength }).slice(skipped)
  if (count !== undefined) return array(found.map(integer))
  return found[0] === undefined ? reply.nil : integer(found[0])
}

const ZERO_RANK =
  "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list"

interface Options {
  /** Which match comes first; negative: counted from the end. */
  readonly rank: number
  /**
   * Redis 7.0 cannot negate the smallest 64-bit integer: with that rank it skips no match and never has
   * enough.
   */
  readonly isOverflow: boolean
  /** Undefined if the answer is a single position. */
  readonly count: number | undefined
  readonly maxLength: number
}

/** @throws CommandError */
function parsePosOptions(args: readonly string[]): Options {
  let rank = 1
  let isOverflow = false
  let count: number | undefined
  let maxLength = 0
  for (let at = 3; at < args.length; at += 2) {
    const option = args[at]?.toLowerCase()
    const value = args[at + 1]
    if (value === undefined) throw syntaxError()
    if (option === 'rank') {
      rank = parseInteger(value)
      if (rank === 0) throw new CommandError(ZERO_RANK)
      isOverflow = value === '-9223372036854775808'
    } else if (option === 'count') count = parseAtLeast(0, value, "ERR COUNT can't be negative")
    else if (option === 'maxlen') maxLength = parseAtLeast(0, value, "ERR MAXLEN can't be negative")
    else throw syntaxError()
  }
  return { rank, isOverflow, count, maxLength }
}
