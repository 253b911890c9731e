// Lists, and the clients that wait for their elements.
import type { Row } from './command.js'

export class ListValue {
  readonly type = 'list'
  readonly items: string[] = []

  get size(): number {
    return this.items.length
  }
}

export const LISTS: readonly Row[] = []
