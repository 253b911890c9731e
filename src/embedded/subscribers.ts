// Who subscribes to which channel, or to which pattern of channels.
import type { Client } from './client.js'

export class Subscribers {
  readonly #byName = new Map<string, Set<Client>>()

  /** The number of names that anybody subscribes to. */
  get size(): number {
    return this.#byName.size
  }

  /** The names that anybody subscribes to. */
  names(): string[] {
    return [...this.#byName.keys()]
  }

  /** The clients that subscribe to a name. */
  of(name: string): ReadonlySet<Client> {
    return this.#byName.get(name) ?? NOBODY
  }

  add(name: string, client: Client): void {
    const clients = this.#byName.get(name)
    if (clients === undefined) this.#byName.set(name, new Set([client]))
    else clients.add(client)
  }

  remove(name: string, client: Client): void {
    const clients = this.#byName.get(name)
    clients?.delete(client)
    if (clients?.size === 0) this.#byName.delete(name)
  }

  [Symbol.iterator](): IterableIterator<[name: string, clients: ReadonlySet<Client>]> {
    return this.#byName.entries()
  }
}

const NOBODY: ReadonlySet<Client> = new Set()
