// The value of a list key: a deque that knows its two ends by name.
import { Deque } from './deque.js'

export type End = 'left' | 'right'

interface Search {
  readonly isBackwards: boolean
  /** The search ends when it has found this many. */
  readonly most: number
  /** How many elements to look at; 0 for all. */
  readonly maxLength?: number
}

export class ListValue extends Deque {
  readonly type = 'list'

  push(end: End, value: string): void {
    if (end === 'left') this.pushFront(value)
    else this.pushBack(value)
  }

  /** Undefined if the list is empty. */
  pop(end: End): string | undefined {
    return end === 'left' ? this.popFront() : this.popBack()
  }

  /** Removes up to count elements. @param show makes the answer first, since it may turn out too large */
  popMany(end: End, count: number, show: (popped: readonly string[]) => string): string {
    const length = Math.min(count, this.size)
    const popped = Array.from({ length }, (_, at) => this.at(end === 'left' ? at : this.size - 1 - at))
    const answer = show(popped)
    for (const _ of popped) this.pop(end)
    return answer
  }

  /** The indices of the elements that equal a value, in the order in which they are found. */
  find(value: string, { isBackwards, most, maxLength = 0 }: Search): number[] {
    const found: number[] = []
    const { size } = this
    const looked = maxLength === 0 ? size : Math.min(size, maxLength)
    for (let step = 0; step < looked && found.length < most; step++) {
      const index = isBackwards ? size - 1 - step : step
      if (this.at(index) === value) found.push(index)
    }
    return found
  }

  copy(): ListValue {
    const copy = new ListValue()
    copy.assign(this)
    return copy
  }
}
