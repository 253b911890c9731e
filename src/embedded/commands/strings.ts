// Commands for strings as a whole and for parts of them.

import type { Database } from '../keyspace.js'
import { CommandError, wrongArity } from '../protocol/errors.js'
import { parseBigInt, parseInteger } from '../protocol/integers.js'
import { array, bulk, integer, OK, ONE, ZERO } from '../protocol/reply.js'
import type { Call, Row } from './command.js'
import { expiryOf, GETEX_OPTIONS, type Lifetime, parseSetOptions, SET_OPTIONS } from './set-options.js'

export const STRINGS: readonly Row[] = [
  { name: 'get', arity: 2, flags: ['readonly', 'fast'], keys: [1, 1, 1], run: get },
  { name: 'set', arity: -3, flags: ['write', 'denyoom'], keys: [1, 1, 1], run: set },
  {
    name: 'setnx',
    arity: 3,
    flags: ['write', 'denyoom', 'fast'],
    keys: [1, 1, 1],
    run: ({ db, args: [, key = '', value = ''] }) => {
      if (db.has(key)) return ZERO
      db.set(key, value)
      return ONE
    },
  },
  {
    name: 'setex',
    arity: 4,
    flags: ['write', 'denyoom'],
    keys: [1, 1, 1],
    run: call => setWithExpiry(call, 'setex', 'ex'),
  },
  {
    name: 'psetex',
    arity: 4,
    flags: ['write', 'denyoom'],
    keys: [1, 1, 1],
    run: call => setWithExpiry(call, 'psetex', 'px'),
  },
  {
    name: 'mset',
    arity: -3,
    flags: ['write', 'denyoom'],
    keys: [1, -1, 2],
    run: ({ db, args }) => {
      if (args.length % 2 === 0) throw wrongArity('mset')
      setAll(db, args)
      return OK
    },
  },
  {
    name: 'msetnx',
    arity: -3,
    flags: ['write', 'denyoom'],
    keys: [1, -1, 2],
    run: ({ db, args }) => {
      if (args.length % 2 === 0) throw wrongArity('msetnx')
      if (args.some((key, index) => index % 2 === 1 && db.has(key))) return ZERO
      setAll(db, args)
      return ONE
    },
  },
  {
    name: 'mget',
    arity: -2,
    flags: ['readonly', 'fast'],
    keys: [1, -1, 1],
    run: ({ db, args, reply }) =>
      array(
        args.slice(1).map(key => {
          const value = db.get(key)
          return typeof value === 'string' ? bulk(value) : reply.nil
        }),
      ),
  },
  {
    name: 'getset',
    arity: 3,
    flags: ['write', 'denyoom', 'fast'],
    keys: [1, 1, 1],
    run: call => {
      const old = get(call)
      call.db.set(call.args[1] ?? '', call.args[2] ?? '')
      return old
    },
  },
  {
    name: 'getdel',
    arity: 2,
    flags: ['write', 'fast'],
    keys: [1, 1, 1],
    run: call => {
      const old = get(call)
      call.db.delete(call.args[1] ?? '')
      return old
    },
  },
  { name: 'getex', arity: -2, flags: ['write', 'fast'], keys: [1, 1, 1], run: getAndExpire },
  {
    name: 'append',
    arity: 3,
    flags: ['write', 'denyoom', 'fast'],
    keys: [1, 1, 1],
    run: ({ db, engine, args: [, key = '', suffix = ''] }) => {
      const old = db.getString(key) ?? ''
      checkLength(old.length + suffix.length, engine.limits.maxBulkBytes)
      db.set(key, old + suffix, KEEP_EXPIRY)
      return integer(old.length + suffix.length)
    },
  },
  {
    name: 'strlen',
    arity: 2,
    flags: ['readonly', 'fast'],
    keys: [1, 1, 1],
    run: ({ db, args }) => integer(db.getString(args[1] ?? '')?.length ?? 0),
  },
  { name: 'getrange', arity: 4, flags: ['readonly'], keys: [1, 1, 1], run: getRange },
  { name: 'substr', arity: 4, flags: ['readonly'], keys: [1, 1, 1], run: getRange },
  { name: 'setrange', arity: 4, flags: ['write', 'denyoom'], keys: [1, 1, 1], run: setRange },
]

export const KEEP_EXPIRY = { keepExpiry: true } as const

function get({ db, args, reply }: Call): string {
  const value = db.getString(args[1] ?? '')
  return value === undefined ? reply.nil : bulk(value)
}

function set(call: Call): string {
  const { db, args, reply } = call
  const key = args[1] ?? ''
  const value = args[2] ?? ''
  if (args.length === 3) {
    db.set(key, value)
    return OK
  }
  const options = parseSetOptions(args, 3, SET_OPTIONS)
  const at = expiryOf(options, 'set', call.now)
  const old = options.isGet ? get(call) : undefined
  if (options.condition !== undefined && db.has(key) !== (options.condition === 'xx')) return old ?? reply.nil
  // Asking for the key first removes it if it has expired, so an expiry that is over is not kept.
  const keepExpiry = options.lifetime === 'keepttl' && db.has(key)
  db.set(key, value, { keepExpiry })
  if (at !== undefined) db.expire(key, at)
  return old ?? OK
}

function setWithExpiry({ db, args, now }: Call, name: string, lifetime: Lifetime): string {
  const [, key = '', amount = '', value = ''] = args
  const at = expiryOf({ lifetime, amount }, name, now)
  db.set(key, value)
  db.expire(key, at)
  return OK
}

function setAll(db: Database, args: readonly string[]): void {
  for (let at = 1; at < args.length; at += 2) db.set(args[at] ?? '', args[at + 1] ?? '')
}

function getAndExpire(call: Call): string {
  const { db, args, now } = call
  const key = args[1] ?? ''
  const options = parseSetOptions(args, 2, GETEX_OPTIONS)
  const answer = get(call)
  if (!db.has(key)) return answer
  const at = expiryOf(options, 'getex', now)
  if (options.lifetime === 'persist') {
    if (db.expiryOf(key) !== undefined) db.expire(key, undefined)
  } else if (at !== undefined) {
    if (at <= now) db.delete(key)
    else db.expire(key, at)
  }
  return answer
}

function getRange({ db, args }: Call): string {
  const [, key = '', startText = '', endText = ''] = args
  const [start, end] = [parseInteger(startText), parseInteger(endText)]
  const value = db.getString(key) ?? ''
  // Only in this case does it matter that both are before the beginning.
  if (start < 0 && end < 0 && parseBigInt(startText) > parseBigInt(endText)) return bulk('')
  const from = Math.max(0, start < 0 ? value.length + start : start)
  const to = Math.max(0, end < 0 ? value.length + end : end)
  return bulk(value.slice(from, to + 1))
}

function setRange({ db, engine, args }: Call): string {
  const [, key = '', offsetText = '', part = ''] = args
  const offset = parseInteger(offsetText)
  if (offset < 0) throw new CommandError('ERR offset is out of range')
  const old = db.getString(key) ?? ''
  if (part === '') return integer(old.length)
  checkLength(offset + part.length, engine.limits.maxBulkBytes)
  const before = old.length < offset ? old + '\0'.repeat(offset - old.length) : old.slice(0, offset)
  const value = before + part + old.slice(offset + part.length)
  db.set(key, value, KEEP_EXPIRY)
  return integer(value.length)
}

function checkLength(length: number, limit: number): void {
  if (length > limit) throw new CommandError('ERR string exceeds maximum allowed size (proto-max-bulk-len)')
}
