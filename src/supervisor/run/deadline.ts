// The one timer of a run: each time it is set, the time before is forgotten.

/** A longer timer of Node fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

export class Deadline {
  #timer: NodeJS.Timeout | undefined

  constructor(readonly onPassed: () => void) {}

  set(ms: number): void {
    this.clear()
    this.#timer = setTimeout(this.onPassed, Math.min(ms, MAX_TIMER_MS))
  }

  clear(): void {
    clearTimeout(this.#timer)
  }
}
