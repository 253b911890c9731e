// Numbers in strings: INCR and its kin, with 64-bit integers and with long doubles.

import { CommandError, notFloat } from '../protocol/errors.js'
import { MAX_INTEGER, MIN_INTEGER, parseBigInt } from '../protocol/integers.js'
import { bulk, integer } from '../protocol/reply.js'
import { addLongDoubles, type LongDouble, parseLongDouble } from '../values/long-double.js'
import type { Call, Row } from './command.js'
import { KEEP_EXPIRY } from './strings.js'

const COMMON = { flags: ['write', 'denyoom', 'fast'], keys: [1, 1, 1] } as const

export const COUNTERS: readonly Row[] = [
  { ...COMMON, name: 'incr', arity: 2, run: call => add(call, 1n) },
  { ...COMMON, name: 'decr', arity: 2, run: call => add(call, -1n) },
  { ...COMMON, name: 'incrby', arity: 3, run: call => add(call, parseBigInt(call.args[2] ?? '')) },
  {
    ...COMMON,
    name: 'decrby',
    arity: 3,
    run: call => {
      const by = parseBigInt(call.args[2] ?? '')
      if (by === MIN_INTEGER) throw new CommandError('ERR decrement would overflow')
      return add(call, -by)
    },
  },
  { ...COMMON, name: 'incrbyfloat', arity: 3, run: addFloat },
]

function add({ db, args }: Call, by: bigint): string {
  const key = args[1] ?? ''
  const sum = parseBigInt(db.getString(key) ?? '0') + by
  if (sum < MIN_INTEGER || sum > MAX_INTEGER)
    throw new CommandError('ERR increment or decrement would overflow')
  db.set(key, sum.toString(), KEEP_EXPIRY)
  return integer(sum)
}

function addFloat({ db, args: [, key = '', by = ''] }: Call): string {
  const sum = addLongDoubles(parseFloatOf(db.getString(key) ?? '0'), parseFloatOf(by))
  if (sum === undefined) throw new CommandError('ERR increment would produce NaN or Infinity')
  db.set(key, sum, KEEP_EXPIRY)
  return bulk(sum)
}

function parseFloatOf(text: string): LongDouble {
  const value = parseLongDouble(text)
  if (value === undefined) throw notFloat()
  return value
}
