// What a command is: its row in the table, and the call that it gets.

import type { Client } from '../client.js'
import type { Embedded } from '../embedded.js'
import type { Database } from '../keyspace.js'
import { CommandError } from '../protocol/errors.js'
import type { Replies } from '../protocol/reply.js'

/** One call of a command. */
export interface Call {
  /** The words of the request as they came, the name first. Each character is a byte. */
  readonly args: readonly string[]
  readonly client: Client
  readonly engine: Embedded
  /** The database that the client has selected. */
  readonly db: Database
  /** The encoding that the client has chosen. */
  readonly reply: Replies
  /** In ms since 1970; the same for all commands of a transaction. */
  readonly now: number
  /** The command runs within EXEC, so it must not block. */
  readonly isQueued: boolean
}

/**
 * The flags that COMMAND INFO shows. This engine acts on these:
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
  /** How many words a request has, including the name; if negative, at least so many. */
  readonly arity: number
  readonly flags: readonly Flag[]
  /**
   * Positions of the keys: first, last (negative: from the end), step; all 0 if they have no fixed positions.
   */
  readonly keys: readonly [first: number, last: number, step: number]
  /** Returns the encoded answer; undefined if it comes later or never. Throws CommandError. */
  readonly run: (call: Call) => string | undefined
  /** By their second word in lower case; their rows have names such as `client|id`. */
  readonly subcommands?: ReadonlyMap<string, Row>
}

/** Rows such as `client|id` by their second word. */
function subcommands(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map(row => [row.name.slice(row.name.indexOf('|') + 1), row]))
}

/** A command that needs a second word. */
export function container(name: string, rows: readonly Row[]): Row {
  const run = () => {
    throw new CommandError(`ERR '${name}' needs a subcommand`)
  }
  return { name, arity: -2, flags: [], keys: [0, 0, 0], run, subcommands: subcommands(rows) }
}

/** Finds the row of a command or of its subcommand. */
export function findRow(commands: ReadonlyMap<string, Row>, args: readonly string[]): Row | undefined {
  const [name = '', second] = args
  const row = commands.get(name) ?? commands.get(name.toLowerCase())
  if (row?.subcommands === undefined || second === undefined) return row
  return row.subcommands.get(second.toLowerCase())
}

export function hasRightArity({ arity }: Row, args: readonly string[]): boolean {
  return arity > 0 ? args.length === arity : args.length >= -arity
}
