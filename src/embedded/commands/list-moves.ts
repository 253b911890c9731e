// Commands that move an element to another list, or pop several from the first list that has any.

import type { Database } from '../keyspace.js'
import { syntaxError } from '../protocol/errors.js'
import { parseAtLeast } from '../protocol/integers.js'
import { array, bulk, bulks } from '../protocol/reply.js'
import { type End, ListValue } from '../values/list.js'
import type { Row } from './command.js'

export const LIST_MOVES: readonly Row[] = [
  {
    name: 'lmove',
    arity: 5,
    flags: ['write', 'denyoom'],
    keys: [1, 2, 1],
    run: ({ db, args, reply }) => moveOne(db, parseMove(args)) ?? reply.nil,
  },
  {
    name: 'rpoplpush',
    arity: 3,
    flags: ['write', 'denyoom'],
    keys: [1, 2, 1],
    run: ({ db, args, reply }) => moveOne(db, parseRightToLeft(args)) ?? reply.nil,
  },
  {
    name: 'lmpop',
    arity: -4,
    flags: ['write'],
    keys: [0, 0, 0],
    run: ({ db, args, reply }) => {
      const { keys, end, count } = parseManyPop(args, 1)
      for (const key of keys) {
        const list = db.getOf(key, 'list')
        if (list !== undefined) return popMany(db, key, list, { end, count })
      }
      return reply.nilArray
    },
  },
]

export interface Move {
  readonly from: string
  readonly to: string
  readonly fromEnd: End
  readonly toEnd: End
}

/** Reads `LMOVE from to LEFT RIGHT`. @throws CommandError */
export function parseMove(args: readonly string[]): Move {
  const [, from = '', to = '', fromEnd = '', toEnd = ''] = args
  return { from, to, fromEnd: parseEnd(fromEnd), toEnd: parseEnd(toEnd) }
}

export function parseRightToLeft([, from = '', to = '']: readonly string[]): Move {
  return { from, to, fromEnd: 'right', toEnd: 'left' }
}

/** @returns the encoded element; undefined if there is none @throws CommandError WRONGTYPE */
export function moveOne(db: Database, { from, to, fromEnd, toEnd }: Move): string | undefined {
  const source = db.getOf(from, 'list')
  if (source === undefined) return undefined
  const known = db.getOf(to, 'list')
  const value = source.at(fromEnd === 'left' ? 0 : source.size - 1)
  const target = known ?? new ListValue()
  if (known === undefined) {
    target.push(toEnd, value)
    // The new key comes first: if it is refused, the element stays where it is.
    db.set(to, target)
    source.pop(fromEnd)
  } else {
    source.pop(fromEnd)
    target.push(toEnd, value)
    db.changed(to)
  }
  // This comes last, because a list that moves its only element to itself must never be seen empty.
  if (source !== target) db.changed(from)
  return bulk(value)
}

export interface ManyPop {
  readonly keys: readonly string[]
  readonly end: End
  readonly count: number
}

/** Reads `2 a b LEFT COUNT 3`. @param at the position of its first word @throws CommandError */
export function parseManyPop(args: readonly string[], at: number): ManyPop {
  const keyCount = parseAtLeast(1, args[at] ?? '', 'ERR numkeys should be greater than 0')
  const endAt = at + keyCount + 1
  if (endAt >= args.length) throw syntaxError()
  const end = parseEnd(args[endAt] ?? '')
  let count: number | undefined
  for (let option = endAt + 1; option < args.length; option += 2) {
    const value = args[option + 1]
    if (count !== undefined || value === undefined || args[option]?.toLowerCase() !== 'count')
      throw syntaxError()
    count = parseAtLeast(1, value, 'ERR count should be greater than 0')
  }
  return { keys: args.slice(at + 1, endAt), end, count: count ?? 1 }
}

/** Answers the key and the elements that were popped. */
export function popMany(
  db: Database,
  key: string,
  list: ListValue,
  { end, count }: Pick<ManyPop, 'end' | 'count'>,
): string {
  const answer = list.popMany(end, count, popped => array([bulk(key), bulks(popped)]))
  db.changed(key)
  return answer
}

function parseEnd(text: string): End {
  const end = text.toLowerCase()
  if (end !== 'left' && end !== 'right') throw syntaxError()
  return end
}
