// Keys, whatever their values are: names, types, copies, iteration.
import { type Call, CommandError, noSuchKey, parseInteger, type Row, syntaxError } from './command.js'
import { matches } from './glob.js'
import type { Database, Value } from './keyspace.js'
import { array, bulk, bulks, integer, OK, ONE, simple, ZERO } from './reply.js'
import { parseCursor, parseScanOptions, scan } from './scan.js'

export const GENERIC: readonly Row[] = [
  { name: 'del', arity: -2, flags: ['write'], keys: [1, -1, 1], run: remove },
  { name: 'unlink', arity: -2, flags: ['write', 'fast'], keys: [1, -1, 1], run: remove },
  { name: 'exists', arity: -2, flags: ['readonly', 'fast'], keys: [1, -1, 1], run: count },
  { name: 'touch', arity: -2, flags: ['readonly', 'fast'], keys: [1, -1, 1], run: count },
  {
    name: 'type',
    arity: 2,
    flags: ['readonly', 'fast'],
    keys: [1, 1, 1],
    run: ({ db, args }) => simple(typeOf(db.get(args[1] ?? ''))),
  },
  {
    name: 'keys',
    arity: 2,
    flags: ['readonly'],
    keys: [0, 0, 0],
    run: ({ db, args: [, pattern = ''] }) => {
      const keys = [...db.keys()]
      return bulks(pattern === '*' ? keys : keys.filter(key => matches(pattern, key)))
    },
  },
  { name: 'scan', arity: -2, flags: ['readonly'], keys: [0, 0, 0], run: scanKeys },
  {
    name: 'randomkey',
    arity: 1,
    flags: ['readonly'],
    keys: [0, 0, 0],
    run: ({ db, reply }) => {
      const key = randomKey(db)
      return key === undefined ? reply.nil : bulk(key)
    },
  },
  {
    name: 'dbsize',
    arity: 1,
    flags: ['readonly', 'fast'],
    keys: [0, 0, 0],
    run: ({ db }) => integer(db.size),
  },
  {
    name: 'rename',
    arity: 3,
    flags: ['write'],
    keys: [1, 2, 1],
    run: ({ db, args: [, key = '', to = ''] }) => {
      if (!db.has(key)) throw noSuchKey()
      if (key !== to) move(db, key, db, to)
      return OK
    },
  },
  {
    name: 'renamenx',
    arity: 3,
    flags: ['write', 'fast'],
    keys: [1, 2, 1],
    run: ({ db, args: [, key = '', to = ''] }) => {
      if (!db.has(key)) throw noSuchKey()
      // To its own name as well: that one is taken.
      if (db.has(to)) return ZERO
      move(db, key, db, to)
      return ONE
    },
  },
  { name: 'copy', arity: -3, flags: ['write', 'denyoom'], keys: [1, 2, 1], run: copy },
  {
    name: 'move',
    arity: 3,
    flags: ['write', 'fast'],
    keys: [1, 1, 1],
    run: call => {
      const [, key = '', index = ''] = call.args
      const to = databaseOf(call, index)
      if (to === call.db) throw sameObject()
      if (!call.db.has(key) || to.has(key)) return ZERO
      move(call.db, key, to, key)
      return ONE
    },
  },
  {
    name: 'flushdb',
    arity: -1,
    flags: ['write'],
    keys: [0, 0, 0],
    run: ({ db, args }) => {
      checkFlush(args)
      db.clear()
      return OK
    },
  },
  {
    name: 'flushall',
    arity: -1,
    flags: ['write'],
    keys: [0, 0, 0],
    run: ({ engine, args }) => {
      checkFlush(args)
      for (const db of engine.databases) db.clear()
      return OK
    },
  },
]

const sameObject = (): CommandError => new CommandError('ERR source and destination objects are the same')

function remove({ db, args }: Call): string {
  let removed = 0
  // `has` first: one that is expired is not counted.
  for (let at = 1; at < args.length; at++) {
    const key = args[at] ?? ''
    if (db.has(key) && db.delete(key)) removed++
  }
  return integer(removed)
}

function count({ db, args }: Call): string {
  let found = 0
  for (let at = 1; at < args.length; at++) if (db.has(args[at] ?? '')) found++
  return integer(found)
}

function typeOf(value: Value | undefined): string {
  if (value === undefined) return 'none'
  return typeof value === 'string' ? 'string' : value.type
}

function scanKeys({ db, args }: Call): string {
  const start = parseCursor(args[1] ?? '')
  const { count, pattern, type } = parseScanOptions(args, 2, { withType: true })
  const { cursor, names } = scan(db, db.keys(), start, count)
  const wanted = type?.toLowerCase()
  const found = names.filter(
    key =>
      (pattern === undefined || matches(pattern, key)) &&
      db.has(key) &&
      (wanted === undefined || typeOf(db.get(key)) === wanted),
  )
  return array([bulk(String(cursor)), bulks(found)])
}

/** Up to so many keys each one is as likely as any other; beyond, a step ahead is enough. */
const MAX_FAIR_KEYS = 1_000
const walks = new WeakMap<Database, Iterator<string>>()

/** Undefined: there is none. */
function randomKey(db: Database): string | undefined {
  if (db.size <= MAX_FAIR_KEYS) {
    const keys = [...db.keys()]
    return keys[Math.floor(Math.random() * keys.length)]
  }
  // A map cannot be entered in its middle, so walk on from where the last one was found.
  let key: string | undefined
  for (let steps = 1 + Math.floor(Math.random() * 16); steps > 0; steps--) key = nextKey(db)
  return key
}

function nextKey(db: Database): string | undefined {
  const next = walks.get(db)?.next()
  if (next?.done === false) return next.value
  const walk = db.keys()
  walks.set(db, walk)
  const first = walk.next()
  return first.done ? undefined : first.value
}

/** With its expiry; what was there is gone. */
function move(from: Database, key: string, to: Database, newKey: string): void {
  const value = from.get(key)
  if (value === undefined) return
  const at = from.expiryOf(key)
  from.delete(key)
  to.set(newKey, value)
  if (at !== undefined) to.expire(newKey, at)
}

function copy(call: Call): string {
  const { db, args } = call
  const [, key = '', newKey = ''] = args
  let to = db
  let replaces = false
  for (let at = 3; at < args.length; at++) {
    const option = args[at]?.toLowerCase()
    if (option === 'replace') replaces = true
    else if (option === 'db' && at + 1 < args.length) to = databaseOf(call, args[++at] ?? '')
    else throw syntaxError()
  }
  if (to === db && newKey === key) throw sameObject()
  const value = db.get(key)
  if (value === undefined || (to.has(newKey) && !replaces)) return ZERO
  const at = db.expiryOf(key)
  to.set(newKey, typeof value === 'string' ? value : value.copy())
  if (at !== undefined) to.expire(newKey, at)
  return ONE
}

function databaseOf({ engine }: Call, text: string): Database {
  const index = parseInteger(text)
  if (index < -(2 ** 31) || index >= 2 ** 31)
    throw new CommandError('ERR value is out of range, value must between -2147483648 and 2147483647')
  const db = engine.databases[index]
  if (db === undefined) throw new CommandError('ERR DB index is out of range')
  return db
}

/** ASYNC and SYNC come to the same here. */
function checkFlush(args: readonly string[]): void {
  const [, option] = args
  if (option !== undefined && (args.length > 2 || !/^a?sync$/i.test(option))) throw syntaxError()
}
