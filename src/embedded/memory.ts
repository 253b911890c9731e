// Measures how much memory the keys take, and decides whether that is too much.
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** How often memory is measured, unless a lot is received. */
const MEASURED_EVERY_MS = 100
const MEASURED_EVERY_BYTES = 16 * 1024 * 1024
/** Collecting garbage in a large heap can take a second; at most a twentieth of the time is spent on it. */
const COLLECTION_SHARE = 20
/** An engine without keys is said to use this much, as Redis does. */
const OWN_BYTES = 1024 * 1024
/** The share of Node's heap that may be used: a full heap ends the process. */
const MAX_HEAP_SHARE = 0.85

export class Memory {
  peak = 0
  readonly #atStart = taken()
  #measuredAt = 0
  #received = 0
  #isFull = false
  #collectAgainAt = 0
  readonly #collect = collector()

  /** @param limitBytes the limit at this moment; 0 if only the heap limits the keys */
  constructor(private readonly limitBytes: () => number) {}

  /** Bytes taken since the start, including those that wait to be collected. */
  get used(): number {
    const used = Math.max(OWN_BYTES, taken() - this.#atStart)
    this.peak = Math.max(this.peak, used)
    return used
  }

  received(bytes: number): void {
    this.#received += bytes
  }

  /** Forgets the last measurement: the limit was changed, or all keys were removed. */
  measureAgain(): void {
    this.#measuredAt = 0
    this.#collectAgainAt = 0
  }

  isFull(): boolean {
    const now = performance.now()
    if (
      this.#measuredAt !== 0 &&
      now - this.#measuredAt < MEASURED_EVERY_MS &&
      this.#received < MEASURED_EVERY_BYTES
    )
      return this.#isFull
    this.#measuredAt = now
    this.#received = 0
    this.#isFull = this.#isOver()
    if (this.#isFull && now >= this.#collectAgainAt) {
      this.#collect()
      const end = performance.now()
      this.#collectAgainAt = end + (end - now) * COLLECTION_SHARE
      this.#isFull = this.#isOver()
    }
    return this.#isFull
  }

  #isOver(): boolean {
    const limit = this.limitBytes()
    if (limit > 0 && this.used > limit) return true
    const { used_heap_size, heap_size_limit } = getHeapStatistics()
    return used_heap_size > heap_size_limit * MAX_HEAP_SHARE
  }
}

/** Long strings are kept outside of the heap. */
function taken(): number {
  const { used_heap_size, external_memory } = getHeapStatistics()
  return used_heap_size + external_memory
}

/** Collects garbage at once. Node offers no other way than a flag of V8, which can be set while it runs. */
function collector(): () => void {
  let collect: (() => void) | undefined
  return () => {
    setFlagsFromString('--expose-gc')
    collect ??= runInNewContext('gc') as () => void
    collect()
  }
}
