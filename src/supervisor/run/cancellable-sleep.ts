// A sleep that can be cut short: what waits for a child must not go on waiting after its end.

export class CancellableSleep {
  readonly #wakes = new Set<() => void>()
  #isOver = false

  get isOver(): boolean {
    return this.#isOver
  }

  /** Resolves after this time, or as soon as `end` is called. Does not keep the process alive. */
  wait(ms: number): Promise<void> {
    if (this.#isOver) return Promise.resolve()
    return new Promise(resolve => {
      const wake = () => {
        clearTimeout(timer)
        this.#wakes.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, ms).unref()
      this.#wakes.add(wake)
    })
  }

  end(): void {
    this.#isOver = true
    for (const wake of this.#wakes) wake()
  }
}
