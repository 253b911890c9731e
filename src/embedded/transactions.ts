// MULTI, EXEC, DISCARD and WATCH.
import type { Row } from './command.js'

export const TRANSACTIONS: readonly Row[] = []
