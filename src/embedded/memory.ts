// How much memory the keys take, measured, and whether that is too much.
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Between two measurements, unless a lot is received. */
const MEASURED_EVERY_MS = 100
const MEASURED_EVERY_BYTES = 16 * 1024 * 1024
/** A collection may take a second with a large heap: at most a twentieth of the time goes there. */
const COLLECTION_SHARE = 20
/** An engine without keys takes something, too: as much as Redis says it does. */
const OWN_BYTES = 1024 * 1024
/** Of the heap that Node has: beyond it the process would be ended. */
const MAX_HEAP_SHARE = 0.85

export class Memory {
  peak = 0
  readonly #atStart = taken()
  #measuredAt = 0
  #received = 0
  #isFull = false
  #collectAgainAt = 0
  readonly #collect = collector()

  /** @param limitBytes in use now; 0: that of the heap alone */
  constructor(private readonly limitBytes: () => number) {}

  /** Bytes since the start, with those that are waiting to be collected. */
  get used(): number {
    const used = Math.max(OWN_BYTES, taken() - this.#atStart)
    this.peak = Math.max(this.peak, used)
    return used
  }

  received(bytes: number): void {
    this.#received += bytes
  }

  /** The limit was changed, or all keys were removed. */
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

/** Long strings are outside of the heap. */
function taken(): number {
  const { used_heap_size, external_memory } = getHeapStatistics()
  return used_heap_size + external_memory
}

/** Collects garbage at once. Node has no other way than the flag of V8, which a running process may set. */
function collector(): () => void {
  let collect: (() => void) | undefined
  return () => {
    setFlagsFromString('--expose-gc')
    collect ??= runInNewContext('gc') as () => void
    collect()
  }
}
