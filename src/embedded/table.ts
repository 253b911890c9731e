// Every command by its name.
import { ADMIN } from './admin.js'
import type { Row } from './command.js'
import { CONNECTION } from './connection.js'
import { GENERIC } from './generic.js'
import { HASHES } from './hashes.js'
import { LISTS } from './lists.js'
import { PUBSUB } from './pubsub.js'
import { SETS } from './sets.js'
import { SORTED_SETS } from './sorted-sets.js'
import { STRINGS } from './strings.js'
import { TRANSACTIONS } from './transactions.js'

const ROWS: readonly Row[] = [
  ...CONNECTION,
  ...GENERIC,
  ...STRINGS,
  ...LISTS,
  ...HASHES,
  ...SETS,
  ...SORTED_SETS,
  ...PUBSUB,
  ...TRANSACTIONS,
  ...ADMIN,
]

export const COMMANDS: ReadonlyMap<string, Row> = new Map(ROWS.map(row => [row.name, row]))
