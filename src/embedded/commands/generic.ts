// Commands for keys of any type: names, types, copies, iteration.

import type { Database, Value } from '../keyspace.js'
import { CommandError, noSuchKey, syntaxError } from '../protocol/errors.js'
import { parseInteger } from '../protocol/integers.js'
import { array, bulk, bulks, integer, OK, ONE, simple, ZERO } from '../protocol/reply.js'
import { matches } from '../values/glob.js'
import { randomBelow, samplePlaces } from '../values/samples.js'
import type { Call, Row } from './command.js'
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
      // This refuses the key's own name, too: it is taken.
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
  // `has` comes first, so that an expired key is not counted.
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

/** How many keys are drawn in one go from a larger database: a map can only be walked from its start. */
const DRAWN_KEYS = 1_000
const draws = new WeakMap<Database, string[]>()

/** Undefined if the database is empty. */
function randomKey(db: Database): string | undefined {
  while (db.size > DRAWN_KEYS) {
    const drawn = draws.get(db) ?? draw(db)
    const [key] = drawn.splice(randomBelow(drawn.length), 1)
    if (drawn.length === 0) draws.delete(db)
    else draws.set(db, drawn)
    if (key !== undefined && db.has(key)) return key
  }
  draws.delete(db)
  const keys = [...db.keys()]
  return keys[randomBelow(keys.length)]
}

function draw(db: Database): string[] {
  const places = new Set(samplePlaces(DRAWN_KEYS, db.size))
  const drawn: string[] = []
  let place = 0
  for (const key of db.keys()) if (places.has(place++)) drawn.push(key)
  return drawn
}

/** Moves a key with its expiry, and replaces what was there. */
function move(from: Database, key: string, to: Database, newKey: string): void {
  const value = from.get(key)
  if (value === undefined) return
  const at = from.expiryOf(key)
  // Set before delete: if setting fails, nothing is lost.
  to.set(newKey, value)
  from.delete(key)
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

/** ASYNC and SYNC are the same here. */
function checkFlush(args: readonly string[]): void {
  const [, option] = args
  if (option !== undefined && (args.length > 2 || !/^a?sync$/i.test(option))) throw syntaxError()
}
