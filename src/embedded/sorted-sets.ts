// Sorted sets: members in the order of their scores.
import type { Row } from './command.js'

export class SortedSetValue {
  readonly type = 'zset'

  get size(): number {
    return 0
  }
}

export const SORTED_SETS: readonly Row[] = []
