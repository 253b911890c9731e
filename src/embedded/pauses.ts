// CLIENT PAUSE: which commands wait, until when, and who waits.

import type { Row } from './commands/command.js'
import { findRow } from './execute.js'
import type { Client } from './protocol/client.js'

/** The longest that setTimeout can. */
const MAX_TIMER_MS = 2 ** 31 - 1

export class Pauses {
  #until = 0
  #writesOnly = true
  #timer: NodeJS.Timeout | undefined
  /** In the order in which they came. */
  readonly #postponed = new Set<Client>()

  get isOn(): boolean {
    return this.#timer !== undefined
  }

  /** The longer and the stricter of two pauses holds. */
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

  holds(client: Client, row: Row): boolean {
    // Redis holds SHUTDOWN, too; but a server that does not end is killed, and its data is lost.
    if (this.#timer === undefined || client.isMonitor || row.name === 'shutdown') return false
    if (!this.#writesOnly || isWrite(row)) return true
    return row.name === 'exec' && client.queue?.some(args => isWrite(findRow(args))) === true
  }

  postpone(client: Client): void {
    this.#postponed.add(client)
  }

  left(client: Client): void {
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

/** Published messages go to replicas, too, so Redis counts them. */
function isWrite(row: Row | undefined): boolean {
  return row?.flags.includes('write') === true || row?.name === 'publish'
}
