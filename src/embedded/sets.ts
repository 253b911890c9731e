// Sets of members.
import type { Row } from './command.js'

export class SetValue extends Set<string> {
  readonly type = 'set'
}

export const SETS: readonly Row[] = []
