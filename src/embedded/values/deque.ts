// A sequence with two ends that are equally fast at any length: a ring whose number of slots is a power of
// two.

const MIN_SLOTS = 8

export class Deque implements Iterable<string> {
  #slots: string[] = emptySlots(MIN_SLOTS)
  /** The slot of the first element. */
  #head = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  /** @param index 0 to size - 1 */
  at(index: number): string {
    return this.#slots[this.#slot(index)] ?? ''
  }

  replace(index: number, value: string): void {
    this.#slots[this.#slot(index)] = value
  }

  pushBack(value: string): void {
    if (this.#size === this.#slots.length) this.#resize(this.#size * 2)
    this.#slots[this.#slot(this.#size++)] = value
  }

  pushFront(value: string): void {
    if (this.#size === this.#slots.length) this.#resize(this.#size * 2)
    this.#head = this.#slot(-1)
    this.#slots[this.#head] = value
    this.#size++
  }

  /** Undefined if the deque is empty. */
  popFront(): string | undefined {
    if (this.#size === 0) return undefined
    const value = this.#take(0)
    this.#head = this.#slot(1)
    this.#size--
    this.#shrink()
    return value
  }

  popBack(): string | undefined {
    if (this.#size === 0) return undefined
    const value = this.#take(this.#size - 1)
    this.#size--
    this.#shrink()
    return value
  }

  /** Inserts before the element at the index, by moving the shorter side. */
  insert(index: number, value: string): void {
    if (index < this.#size / 2) {
      this.pushFront(value)
      for (let i = 0; i < index; i++) this.replace(i, this.at(i + 1))
    } else {
      this.pushBack(value)
      for (let i = this.#size - 1; i > index; i--) this.replace(i, this.at(i - 1))
    }
    this.replace(index, value)
  }

  /** @param indices in ascending order */
  remove(indices: readonly number[]): void {
    let removed = 0
    for (let i = indices[0] ?? this.#size; i < this.#size; i++) {
      if (i === indices[removed]) removed++
      else this.replace(i - removed, this.at(i))
    }
    for (let i = 0; i < removed; i++) this.popBack()
  }

  /** Keeps the elements from start up to, but not including, end. */
  keep(start: number, end: number): void {
    while (this.#size > end) this.popBack()
    for (let i = 0; i < start; i++) this.popFront()
  }

  /** Becomes a copy of another deque. */
  assign(other: Deque): void {
    this.#slots = other.#slots.slice()
    this.#head = other.#head
    this.#size = other.#size
  }

  *[Symbol.iterator](): Generator<string> {
    for (let i = 0; i < this.#size; i++) yield this.at(i)
  }

  #slot(index: number): number {
    return (this.#head + index) & (this.#slots.length - 1)
  }

  /** Empties a slot, so that its value can be collected. */
  #take(index: number): string {
    const slot = this.#slot(index)
    const value = this.#slots[slot] ?? ''
    this.#slots[slot] = ''
    return value
  }

  /**
   * Halves the slots when three quarters are free, so that it does not alternate between growing and
   * shrinking.
   */
  #shrink(): void {
    if (this.#slots.length > MIN_SLOTS && this.#size <= this.#slots.length / 4)
      this.#resize(this.#slots.length / 2)
  }

  #resize(count: number): void {
    const end = Math.min(this.#head + this.#size, this.#slots.length)
    const slots = this.#slots.slice(this.#head, end)
    const wrapped = this.#size - slots.length
    for (let i = 0; i < wrapped; i++) slots.push(this.#slots[i] ?? '')
    // With push, because an array that is created this long becomes slow from 32 million elements on.
    while (slots.length < count) slots.push('')
    this.#slots = slots
    this.#head = 0
  }
}

function emptySlots(count: number): string[] {
  return new Array<string>(count).fill('')
}
