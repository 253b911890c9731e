// What a command is: its row in the table, the call that it gets, and the errors in the words of Redis.

import type { Embedded } from '../embedded.js'
import type { Database } from '../keyspace.js'
import type { Client } from '../protocol/client.js'
import type { Replies } from '../protocol/reply.js'

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
 * As COMMAND INFO tells them; those that this engine acts on:
 * - write, readonly: changes keys, or only reads them
 * - denyoom: refused when the memory is full
 * - blocking: may answer later
 * - admin: not shown by MONITOR
 * - noauth: before AUTH
 * - nomulti: not in a transaction
 */
export type Flag =
  | 'write'
  | 'readonly'
  | 'denyoom'
  | 'admin'
  | 'pubsub'
  | 'noscript'
  | 'blocking'
  | 'loading'
  | 'stale'
  | 'skip_slowlog'
  | 'fast'
  | 'noauth'
  | 'no_async_loading'
  | 'nomulti'
  | 'allow_busy'

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
  /** By their second word in lower case; their names are such as `client|id`. */
  readonly subcommands?: ReadonlyMap<string, Row>
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

/** The rows of `client|id` and its like, by their second word. */
function subcommands(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map(row => [row.name.slice(row.name.indexOf('|') + 1), row]))
}

/** A command that is nothing without a second word. */
export function container(name: string, rows: readonly Row[]): Row {
  const run = () => {
    throw new CommandError(`ERR '${name}' needs a subcommand`)
  }
  return { name, arity: -2, flags: [], keys: [0, 0, 0], run, subcommands: subcommands(rows) }
}

/** A subcommand with too many words, in the words of its container. */
export function wrongSubcommand(container: string, word: string): CommandError {
  const text = shown(word).slice(0, 128)
  return new CommandError(
    `ERR unknown subcommand or wrong number of arguments for '${text}'. Try ${container} HELP.`,
  )
}

/** What Redis shows of a word in an error: its format ends at a zero byte. */
export function shown(word: string): string {
  const end = word.indexOf('\0')
  return end === -1 ? word : word.slice(0, end)
}

const INTEGER = /^(?:0|-?[1-9]\d{0,18})$/
export const MIN_INTEGER = -(2n ** 63n)
export const MAX_INTEGER = 2n ** 63n - 1n

/** A 64-bit integer, written as Redis wants it: no spaces, no plus, no leading zero. Undefined: it is none. */
export function readBigInt(text: string): bigint | undefined {
  if (!INTEGER.test(text)) return undefined
  const value = BigInt(text)
  return value < MIN_INTEGER || value > MAX_INTEGER ? undefined : value
}

/** The same. @throws CommandError */
export function parseBigInt(text: string): bigint {
  const value = readBigInt(text)
  if (value === undefined) throw notInteger()
  return value
}

/** The same, where a number beyond 2^53 need not be exact. @throws CommandError */
export function parseInteger(text: string): number {
  if (text.length < 16 && INTEGER.test(text)) return Number(text)
  return Number(parseBigInt(text))
}

/** An integer that is not below a minimum. @param message with its code, whatever is wrong @throws CommandError */
export function parseAtLeast(minimum: number, text: string, message: string): number {
  const value = readBigInt(text)
  if (value === undefined || value < minimum) throw new CommandError(message)
  return Number(value)
}
