// Hashes: fields and their values.

import { CommandError, notFloat, syntaxError, wrongArity } from '../protocol/errors.js'
import { parseBigInt, readBigInt } from '../protocol/integers.js'
import { array, assertRoom, bulk, bulks, EMPTY_ARRAY, integer, OK, ONE, ZERO } from '../protocol/reply.js'
import { HashValue } from '../values/hash.js'
import { addLongDoubles, parseLongDouble } from '../values/long-double.js'
import { parseSampleSize, randomBelow, samplePlaces } from '../values/samples.js'
import type { Call, Row } from './command.js'
import { scanCollection } from './scan.js'

export const HASHES: readonly Row[] = [
  {
    name: 'hset',
    arity: -4,
    flags: ['write', 'denyoom', 'fast'],
    keys: [1, 1, 1],
    run: call => integer(putAll(call)),
  },
  {
    name: 'hmset',
    arity: -4,
    flags: ['write', 'denyoom', 'fast'],
    keys: [1, 1, 1],
    run: call => {
      putAll(call)
      return OK
    },
  },
  {
    name: 'hsetnx',
    arity: 4,
    flags: ['write', 'denyoom', 'fast'],
    keys: [1, 1, 1],
    run: call => {
      const [, key = '', field = '', value = ''] = call.args
      if (call.db.getOf(key, 'hash')?.has(field)) return ZERO
      putOne(call, key, field, value)
      return ONE
    },
  },
  {
    name: 'hget',
    arity: 3,
    flags: ['readonly', 'fast'],
    keys: [1, 1, 1],
    run: ({ db, args, reply }) => {
      const value = db.getOf(args[1] ?? '', 'hash')?.get(args[2] ?? '')
      return value === undefined ? reply.nil : bulk(value)
    },
  },
  {
    name: 'hmget',
    arity: -3,
    flags: ['readonly', 'fast'],
    keys: [1, 1, 1],
    run: ({ db, args, reply }) => {
      const hash = db.getOf(args[1] ?? '', 'hash')
      const values = args.slice(2).map(field => hash?.get(field))
      return array(values.map(value => (value === undefined ? reply.nil : bulk(value))))
    },
  },
  {
    name: 'hgetall',
    arity: 2,
    flags: ['readonly'],
    keys: [1, 1, 1],
    run: ({ db, args, reply }) => {
      const hash = db.getOf(args[1] ?? '', 'hash')
      assertRoom(2 * (hash?.size ?? 0))
      const parts: string[] = []
      for (const [field, value] of hash ?? []) parts.push(bulk(field), bulk(value))
      return reply.map(parts)
    },
  },
  {
    name: 'hkeys',
    arity: 2,
    flags: ['readonly'],
    keys: [1, 1, 1],
    run: ({ db, args }) => bulks([...(db.getOf(args[1] ?? '', 'hash')?.keys() ?? [])]),
  },
  {
    name: 'hvals',
    arity: 2,
    flags: ['readonly'],
    keys: [1, 1, 1],
    run: ({ db, args }) => bulks([...(db.getOf(args[1] ?? '', 'hash')?.values() ?? [])]),
  },
  {
    name: 'hdel',
    arity: -3,
    flags: ['write', 'fast'],
    keys: [1, 1, 1],
    run: ({ db, args }) => {
      const key = args[1] ?? ''
      const hash = db.getOf(key, 'hash')
      if (hash === undefined) return ZERO
      const removed = args.slice(2).filter(field => hash.remove(field)).length
      if (removed > 0) db.changed(key)
      return integer(removed)
    },
  },
  {
    name: 'hlen',
    arity: 2,
    flags: ['readonly', 'fast'],
    keys: [1, 1, 1],
    run: ({ db, args }) => integer(db.getOf(args[1] ?? '', 'hash')?.size ?? 0),
  },
  {
    name: 'hexists',
    arity: 3,
    flags: ['readonly', 'fast'],
    keys: [1, 1, 1],
    run: ({ db, args }) => (db.getOf(args[1] ?? '', 'hash')?.has(args[2] ?? '') ? ONE : ZERO),
  },
  {
    name: 'hstrlen',
    arity: 3,
    flags: ['readonly', 'fast'],
    keys: [1, 1, 1],
    run: ({ db, args }) => integer(db.getOf(args[1] ?? '', 'hash')?.get(args[2] ?? '')?.length ?? 0),
  },
  {
    name: 'hincrby',
    arity: 4,
    flags: ['write', 'denyoom', 'fast'],
    keys: [1, 1, 1],
    run: call => {
      const [, key = '', field = '', amountText = ''] = call.args
      const amount = parseBigInt(amountText)
      const old = readBigInt(call.db.getOf(key, 'hash')?.get(field) ?? '0')
      if (old === undefined) throw new CommandError('ERR hash value is not an integer')
      const sum = old + amount
      if (BigInt.asIntN(64, sum) !== sum) throw new CommandError('ERR increment or decrement would overflow')
      putOne(call, key, field, String(sum))
      return integer(sum)
    },
  },
  {
    name: 'hincrbyfloat',
    arity: 4,
    flags: ['write', 'denyoom', 'fast'],
    keys: [1, 1, 1],
    run: call => {
      const [, key = '', field = '', amountText = ''] = call.args
      const amount = parseLongDouble(amountText)
      if (amount === undefined) throw notFloat()
      if (amount.mantissa === 'infinity') throw new CommandError('ERR value is NaN or Infinity')
      const old = parseLongDouble(call.db.getOf(key, 'hash')?.get(field) ?? '0')
      if (old === undefined) throw new CommandError('ERR hash value is not a float')
      const sum = addLongDoubles(old, amount)
      if (sum === undefined) throw new CommandError('ERR increment would produce NaN or Infinity')
      putOne(call, key, field, sum)
      return bulk(sum)
    },
  },
  { name: 'hrandfield', arity: -2, flags: ['readonly'], keys: [1, 1, 1], run: randomFields },
  {
    name: 'hscan',
    arity: -3,
    flags: ['readonly'],
    keys: [1, 1, 1],
    run: call =>
      scanCollection(
        call,
        key => call.db.getOf(key, 'hash'),
        hash => hash.keys(),
        (hash, field) => {
          const value = hash.get(field)
          return value === undefined ? [] : [bulk(field), bulk(value)]
        },
      ),
  },
]

/** @returns how many fields are new */
function putAll({ db, args }: Call): number {
  const [name = '', key = ''] = args
  if (args.length % 2 === 1) throw wrongArity(name)
  const known = db.getOf(key, 'hash')
  const hash = known ?? new HashValue()
  let added = 0
  try {
    for (let at = 2; at < args.length; at += 2) if (hash.put(args[at] ?? '', args[at + 1] ?? '')) added++
  } finally {
    // The fields that came before one that failed stay.
    if (known !== undefined) db.changed(key)
  }
  if (known === undefined) db.set(key, hash)
  return added
}

function putOne({ db }: Call, key: string, field: string, value: string): void {
  const known = db.getOf(key, 'hash')
  const hash = known ?? new HashValue()
  hash.put(field, value)
  if (known === undefined) db.set(key, hash)
  else db.changed(key)
}

function randomFields({ db, args, reply }: Call): string {
  const [, key = '', countText, option] = args
  if (countText === undefined) {
    const hash = db.getOf(key, 'hash')
    return hash === undefined ? reply.nil : bulk(hash.fieldAt(randomBelow(hash.size)))
  }
  const count = parseSampleSize(countText)
  if (args.length > 4 || (option !== undefined && option.toLowerCase() !== 'withvalues')) throw syntaxError()
  const withValues = option !== undefined
  // Twice the count would not fit into 64 bits.
  if (withValues && BigInt.asIntN(63, count) !== count) throw new CommandError('ERR value is out of range')
  const hash = db.getOf(key, 'hash')
  if (hash === undefined) return EMPTY_ARRAY
  // If all fields are chosen, they come in order.
  const chosen =
    count >= hash.size
      ? [...hash.keys()]
      : samplePlaces(Number(count), hash.size).map(place => hash.fieldAt(place))
  if (!withValues) return array(chosen.map(bulk))
  const pairs = chosen.map(field => [bulk(field), bulk(hash.get(field) ?? '')])
  return array(reply.version === 3 ? pairs.map(array) : pairs.flat())
}
