// CLIENT PAUSE: which commands wait, until when, and the clients that wait.

/** The longest delay of setTimeout. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** A client that waits for the end of the pause. */
interface PausedClient {
  resume(): void
}

export class Pauses {
  #until = 0
  #writesOnly = true
  #timer: NodeJS.Timeout | undefined
  /** In the order in which they came. */
  readonly #postponed = new Set<PausedClient>()

  get isOn(): boolean {
    return this.#timer !== undefined
  }

  /** Whether only commands that write have to wait. */
  get isForWritesOnly(): boolean {
    return this.#writesOnly
  }

  /** Of two pauses the longer and the stricter one holds. */
  pause(until: number, writesOnly: boolean): void {
    this.#writesOnly &&= writesOnly
    this.#until = Math.max(this.#until, until)
    this.#wait()
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#until = 0
    this.#writesOnly = true
    const postponed = [...this.#postponed]
    this.#postponed.clear()
    for (const client of postponed) client.resume()
  }

  postpone(client: PausedClient): void {
    this.#postponed.add(client)
  }

  forget(client: PausedClient): void {
    this.#postponed.delete(client)
  }

  #wait(): void {
    clearTimeout(this.#timer)
    const ms = this.#until - Date.now()
    this.#timer = setTimeout(
      () => (ms > MAX_TIMER_MS ? this.#wait() : this.end()),
      Math.min(ms, MAX_TIMER_MS),
    )
  }
}
