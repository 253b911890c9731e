// When keys expire: EXPIRE, TTL and their kin.

import { CommandError } from '../protocol/errors.js'
import { MAX_INTEGER, MIN_INTEGER, parseBigInt } from '../protocol/integers.js'
import { integer, ONE, ZERO } from '../protocol/reply.js'
import type { Call, Row } from './command.js'

const WRITE = { flags: ['write', 'fast'], keys: [1, 1, 1] } as const
const READ = { flags: ['readonly', 'fast'], keys: [1, 1, 1] } as const

export const EXPIRY: readonly Row[] = [
  { ...WRITE, name: 'expire', arity: -3, run: call => expire(call, 'expire', 1000n, call.now) },
  { ...WRITE, name: 'pexpire', arity: -3, run: call => expire(call, 'pexpire', 1n, call.now) },
  { ...WRITE, name: 'expireat', arity: -3, run: call => expire(call, 'expireat', 1000n, 0) },
  { ...WRITE, name: 'pexpireat', arity: -3, run: call => expire(call, 'pexpireat', 1n, 0) },
  { ...READ, name: 'ttl', arity: 2, run: call => answerExpiry(call, at => inSeconds(left(at, call.now))) },
  { ...READ, name: 'pttl', arity: 2, run: call => answerExpiry(call, at => left(at, call.now)) },
  { ...READ, name: 'expiretime', arity: 2, run: call => answerExpiry(call, inSeconds) },
  { ...READ, name: 'pexpiretime', arity: 2, run: call => answerExpiry(call, at => at) },
  {
    ...WRITE,
    name: 'persist',
    arity: 2,
    run: ({ db, args: [, key = ''] }) => {
      if (!db.has(key) || db.expiryOf(key) === undefined) return ZERO
      db.expire(key, undefined)
      return ONE
    },
  },
]

export function invalidExpireTime(name: string): CommandError {
  return new CommandError(`ERR invalid expire time in '${name}' command`)
}

/** @param base the time that the amount is added to, in ms since 1970 */
function expire({ db, args, now }: Call, name: string, unitMs: bigint, base: number): string {
  const [, key = '', amount = ''] = args
  const options = parseOptions(args.slice(3))
  const ms = parseBigInt(amount) * unitMs
  if (ms < MIN_INTEGER || ms > MAX_INTEGER - BigInt(base)) throw invalidExpireTime(name)
  const at = Number(ms) + base
  if (!db.has(key)) return ZERO
  const old = db.expiryOf(key)
  if (options.has('nx') && old !== undefined) return ZERO
  if (options.has('xx') && old === undefined) return ZERO
  if (options.has('gt') && (old === undefined || at <= old)) return ZERO
  if (options.has('lt') && old !== undefined && at >= old) return ZERO
  if (at <= now) db.delete(key)
  else db.expire(key, at)
  return ONE
}

const OPTIONS: ReadonlySet<string> = new Set(['nx', 'xx', 'gt', 'lt'])

function parseOptions(args: readonly string[]): ReadonlySet<string> {
  const options = new Set<string>()
  for (const arg of args) {
    const option = arg.toLowerCase()
    if (!OPTIONS.has(option)) throw new CommandError(`ERR Unsupported option ${onOneLine(arg)}`)
    options.add(option)
  }
  if (options.has('nx') && options.size > 1)
    throw new CommandError('ERR NX and XX, GT or LT options at the same time are not compatible')
  if (options.has('gt') && options.has('lt'))
    throw new CommandError('ERR GT and LT options at the same time are not compatible')
  return options
}

/** A word as Redis shows it in an error: up to its NUL, on one line, and not all of a huge one. */
function onOneLine(text: string): string {
  return text
    .slice(0, 1024)
    .replace(/\0[\s\S]*/, '')
    .replace(/[\r\n]+$/, '')
    .replace(/[\r\n]/g, ' ')
}

function answerExpiry({ db, args: [, key = ''] }: Call, shown: (at: number) => number): string {
  if (!db.has(key)) return integer(-2)
  const at = db.expiryOf(key)
  return integer(at === undefined ? -1 : shown(at))
}

function left(at: number, now: number): number {
  return Math.max(0, at - now)
}

function inSeconds(ms: number): number {
  return Math.floor((ms + 500) / 1000)
}
