// What a command is: its row in the table, the call that it gets, and the errors in the words of Redis.
import type { Client } from './client.js'
import type { Embedded } from './embedded.js'
import type { Database } from './keyspace.js'
import type { Replies } from './reply.js'

/** One call of a command. */
export interface Call {
  /** The words of the request, the name first, as they came; a character is a byte. */
  readonly args: readonly string[]
  readonly client: Client
  readonly engine: Embedded
  /** The one that the client has selected. */
  readonly db: Database
  /** Of the client's protocol. */
  readonly reply: Replies
  /** By the clock of the day, in ms; the same for all of a transaction. */
  readonly now: number
  /** Part of EXEC: nothing blocks. */
  readonly isQueued: boolean
}

/**
 * - write, readonly: changes keys, or only reads them
 * - denyoom: refused when the memory is full
 * - blocking: may answer later
 * - noauth: before AUTH
 * - pubsub: by a RESP2 client that has subscribed
 * - nomulti: not in a transaction
 */
export type Flag =
  | 'write'
  | 'readonly'
  | 'denyoom'
  | 'admin'
  | 'fast'
  | 'blocking'
  | 'noauth'
  | 'pubsub'
  | 'nomulti'
  | 'noscript'
  | 'loading'
  | 'stale'

export interface Row {
  /** In lower case. */
  readonly name: string
  /** Words of a request, the name counted; negative: at least. */
  readonly arity: number
  readonly flags: readonly Flag[]
  /** Positions of the keys: first, last (negative: from the end), step; all 0: none, or not at fixed places. */
  readonly keys: readonly [first: number, last: number, step: number]
  /** The answer, encoded; undefined: it comes later, or never. Throws CommandError. */
  readonly run: (call: Call) => string | undefined
}

/** An answer that begins with `-`. */
export class CommandError extends Error {
  /** @param message with its code: `ERR no such key` */
  constructor(message: string) {
    super(message)
  }
}

const fail = (message: string) => (): CommandError => new CommandError(message)

export const wrongType = fail('WRONGTYPE Operation against a key holding the wrong kind of value')
export const syntaxError = fail('ERR syntax error')
export const notInteger = fail('ERR value is not an integer or out of range')
export const notFloat = fail('ERR value is not a valid float')
export const noSuchKey = fail('ERR no such key')
export const outOfRange = fail('ERR index out of range')

export function wrongArity(name: string): CommandError {
  return new CommandError(`ERR wrong number of arguments for '${name.toLowerCase()}' command`)
}

const INTEGER = /^(?:0|-?[1-9]\d{0,18})$/
const MIN_INTEGER = -(2n ** 63n)
const MAX_INTEGER = 2n ** 63n - 1n

/** A 64-bit integer, written as Redis wants it: no spaces, no plus, no leading zero. @throws CommandError */
export function parseBigInt(text: string): bigint {
  if (!INTEGER.test(text)) throw notInteger()
  const value = BigInt(text)
  if (value < MIN_INTEGER || value > MAX_INTEGER) throw notInteger()
  return value
}

/** The same, where a number beyond 2^53 need not be exact. @throws CommandError */
export function parseInteger(text: string): number {
  if (text.length < 16 && INTEGER.test(text)) return Number(text)
  return Number(parseBigInt(text))
}
