// The one timer of a run: setting it again replaces the last time.

/** Node fires a longer timer at once. */
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
