// All commands by name.
import { ADMIN } from './admin.js'
import { CLIENT } from './client-commands.js'
import { findRow, type Row } from './command.js'
import { commandInfo } from './command-info.js'
import { CONNECTION } from './connection.js'
import { COUNTERS } from './counters.js'
import { EXPIRY } from './expiry.js'
import { GENERIC } from './generic.js'
import { HASHES } from './hashes.js'
import { LCS } from './lcs.js'
import { LIST_BLOCKING } from './list-blocking.js'
import { LIST_MOVES } from './list-moves.js'
import { LIST_POSITION } from './list-position.js'
import { LISTS } from './lists.js'
import { PUBSUB } from './pubsub.js'
import { SET_ALGEBRA } from './set-algebra.js'
import { SETS } from './sets.js'
import { SORTED_SET_ALGEBRA } from './sorted-set-algebra.js'
import { SORTED_SET_BLOCKING } from './sorted-set-blocking.js'
import { SORTED_SET_POPS } from './sorted-set-pops.js'
import { SORTED_SET_RANGES } from './sorted-set-ranges.js'
import { SORTED_SETS } from './sorted-sets.js'
import { STRINGS } from './strings.js'
import { transactions } from './transactions.js'

const ROWS: readonly Row[] = [
  ...CONNECTION,
  CLIENT,
  commandInfo(() => COMMANDS),
  ...GENERIC,
  ...EXPIRY,
  ...STRINGS,
  ...COUNTERS,
  ...LCS,
  ...LISTS,
  ...LIST_POSITION,
  ...LIST_MOVES,
  ...LIST_BLOCKING,
  ...HASHES,
  ...SETS,
  ...SET_ALGEBRA,
  ...SORTED_SETS,
  ...SORTED_SET_RANGES,
  ...SORTED_SET_ALGEBRA,
  ...SORTED_SET_POPS,
  ...SORTED_SET_BLOCKING,
  ...PUBSUB,
  ...transactions(findCommand),
  ...ADMIN,
]

export const COMMANDS: ReadonlyMap<string, Row> = new Map(ROWS.map(row => [row.name, row]))

/** Finds the row of a request. */
export function findCommand(args: readonly string[]): Row | undefined {
  return findRow(COMMANDS, args)
}
