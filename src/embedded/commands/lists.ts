// Commands for lists.

import { noSuchKey, outOfRange, syntaxError, wrongArity } from '../protocol/errors.js'
import { parseAtLeast, parseInteger } from '../protocol/integers.js'
import { bulk, bulks, EMPTY_ARRAY, integer, OK, ZERO } from '../protocol/reply.js'
import { type End, ListValue } from '../values/list.js'
import type { Row } from './command.js'

export const LISTS: readonly Row[] = [
  { name: 'lpush', arity: -3, flags: ['write', 'denyoom', 'fast'], keys: [1, 1, 1], run: push('left') },
  { name: 'rpush', arity: -3, flags: ['write', 'denyoom', 'fast'], keys: [1, 1, 1], run: push('right') },
  {
    name: 'lpushx',
    arity: -3,
    flags: ['write', 'denyoom', 'fast'],
    keys: [1, 1, 1],
    run: push('left', { onlyExisting: true }),
  },
  {
    name: 'rpushx',
    arity: -3,
    flags: ['write', 'denyoom', 'fast'],
    keys: [1, 1, 1],
    run: push('right', { onlyExisting: true }),
  },
  { name: 'lpop', arity: -2, flags: ['write', 'fast'], keys: [1, 1, 1], run: pop('left') },
  { name: 'rpop', arity: -2, flags: ['write', 'fast'], keys: [1, 1, 1], run: pop('right') },
  {
    name: 'llen',
    arity: 2,
    flags: ['readonly', 'fast'],
    keys: [1, 1, 1],
    run: ({ db, args }) => integer(db.getOf(args[1] ?? '', 'list')?.size ?? 0),
  },
  {
    name: 'lindex',
    arity: 3,
    flags: ['readonly'],
    keys: [1, 1, 1],
    run: ({ db, args, reply }) => {
      const list = db.getOf(args[1] ?? '', 'list')
      if (list === undefined) return reply.nil
      const index = indexIn(list, args[2] ?? '')
      return index === undefined ? reply.nil : bulk(list.at(index))
    },
  },
  {
    name: 'lrange',
    arity: 4,
    flags: ['readonly'],
    keys: [1, 1, 1],
    run: ({ db, args }) => {
      const range = parseRange(args)
      const list = db.getOf(args[1] ?? '', 'list')
      if (list === undefined) return EMPTY_ARRAY
      const { start, end } = within(list, range)
      let answer = `*${end - start}\r\n`
      for (let index = start; index < end; index++) answer += bulk(list.at(index))
      return answer
    },
  },
  {
    name: 'lset',
    arity: 4,
    flags: ['write', 'denyoom'],
    keys: [1, 1, 1],
    run: ({ db, args }) => {
      const [, key = '', indexText = '', value = ''] = args
      const list = db.getOf(key, 'list')
      if (list === undefined) throw noSuchKey()
      const index = indexIn(list, indexText)
      if (index === undefined) throw outOfRange()
      list.replace(index, value)
      db.changed(key)
      return OK
    },
  },
  {
    name: 'linsert',
    arity: 5,
    flags: ['write', 'denyoom'],
    keys: [1, 1, 1],
    run: ({ db, args }) => {
      const [, key = '', sideText = '', pivot = '', value = ''] = args
      const side = sideText.toLowerCase()
      if (side !== 'before' && side !== 'after') throw syntaxError()
      const list = db.getOf(key, 'list')
      if (list === undefined) return ZERO
      const [index] = list.find(pivot, { isBackwards: false, most: 1 })
      if (index === undefined) return integer(-1)
      list.insert(side === 'before' ? index : index + 1, value)
      db.changed(key)
      return integer(list.size)
    },
  },
  {
    name: 'lrem',
    arity: 4,
    flags: ['write'],
    keys: [1, 1, 1],
    run: ({ db, args }) => {
      const [, key = '', countText = '', value = ''] = args
      const count = parseInteger(countText)
      const list = db.getOf(key, 'list')
      if (list === undefined) return ZERO
      const most = count === 0 ? Number.POSITIVE_INFINITY : Math.abs(count)
      const found = list.find(value, { isBackwards: count < 0, most })
      if (found.length === 0) return ZERO
      list.remove(count < 0 ? found.reverse() : found)
      db.changed(key)
      return integer(found.length)
    },
  },
  {
    name: 'ltrim',
    arity: 4,
    flags: ['write'],
    keys: [1, 1, 1],
    run: ({ db, args }) => {
      const range = parseRange(args)
      const key = args[1] ?? ''
      const list = db.getOf(key, 'list')
      if (list === undefined) return OK
      const { start, end } = within(list, range)
      list.keep(start, end)
      // Even if every element is kept, WATCH counts it as a change, as in Redis.
      db.changed(key)
      return OK
    },
  },
]

function push(end: End, { onlyExisting = false } = {}): Row['run'] {
  return ({ db, args }) => {
    const key = args[1] ?? ''
    const known = db.getOf(key, 'list')
    if (known === undefined && onlyExisting) return ZERO
    const list = known ?? new ListValue()
    for (let at = 2; at < args.length; at++) list.push(end, args[at] ?? '')
    if (known === undefined) db.set(key, list)
    else db.changed(key)
    return integer(list.size)
  }
}

function pop(end: End): Row['run'] {
  return ({ db, args, reply }) => {
    const [name = '', key = '', countText] = args
    if (args.length > 3) throw wrongArity(name)
    const count =
      countText === undefined
        ? undefined
        : parseAtLeast(0, countText, 'ERR value is out of range, must be positive')
    const list = db.getOf(key, 'list')
    if (list === undefined) return count === undefined ? reply.nil : reply.nilArray
    if (count === 0) return EMPTY_ARRAY
    const answer = list.popMany(end, count ?? 1, popped =>
      count === undefined ? bulk(popped[0] ?? '') : bulks(popped),
    )
    db.changed(key)
    return answer
  }
}

/** Reads an index, counted from the end if negative. @returns undefined if there is no such element */
function indexIn(list: ListValue, text: string): number | undefined {
  const index = parseInteger(text)
  const fromStart = index < 0 ? list.size + index : index
  return fromStart >= 0 && fromStart < list.size ? fromStart : undefined
}

interface Range {
  readonly first: number
  readonly last: number
}

function parseRange(args: readonly string[]): Range {
  return { first: parseInteger(args[2] ?? ''), last: parseInteger(args[3] ?? '') }
}

/** From start up to, but not including, end. */
function within({ size }: ListValue, { first, last }: Range): { start: number; end: number } {
  const start = Math.max(0, first < 0 ? size + first : first)
  const end = Math.min(size, (last < 0 ? size + last : last) + 1)
  return start < end ? { start, end } : { start: 0, end: 0 }
}
