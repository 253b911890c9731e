// Clients that wait for an element of a key: first come, first served.
import type { Client } from './client.js'
import type { Database } from './keyspace.js'

export interface Wait {
  readonly db: Database
  /** In the order in which the client wants them. */
  readonly keys: readonly string[]
  /** 0: for ever. */
  readonly timeoutMs: number
  /** Answers with what a key has now; undefined: nothing that would do. */
  readonly serve: (key: string) => string | undefined
  /** When the time is over. */
  readonly onTimeout: string
}

interface Waiting extends Wait {
  readonly client: Client
  readonly timer: NodeJS.Timeout | undefined
}

export class Blocking {
  /** By database and key, in the order in which they came. */
  readonly #queues = new Map<Database, Map<string, Set<Waiting>>>()
  readonly #byClient = new Map<Client, Waiting>()
  /** Keys that were changed while somebody waits for them. */
  #ready: { readonly db: Database; readonly key: string }[] = []

  get count(): number {
    return this.#byClient.size
  }

  wait(client: Client, wait: Wait): void {
    const timer =
      wait.timeoutMs === 0
        ? undefined
        : setTimeout(() => this.end(client, wait.onTimeout), Math.min(wait.timeoutMs, 2 ** 31 - 1))
    const waiting = { ...wait, client, timer }
    this.#byClient.set(client, waiting)
    for (const key of wait.keys) this.#queueOf(wait.db, key).add(waiting)
    client.isBlocked = true
  }

  /** A key was changed: whoever waits for it is served at the end of the command. */
  changed(db: Database, key: string): void {
    if (this.#queues.get(db)?.has(key)) this.#ready.push({ db, key })
  }

  /** After each command, and each transaction. */
  serve(): void {
    while (this.#ready.length > 0) {
      const ready = this.#ready
      this.#ready = []
      for (const { db, key } of ready) this.#serveKey(db, key)
    }
  }

  /** Ends the waiting of a client. @param answer undefined: it is gone */
  end(client: Client, answer: string | undefined): boolean {
    const waiting = this.#byClient.get(client)
    if (waiting === undefined) return false
    clearTimeout(waiting.timer)
    this.#byClient.delete(client)
    for (const key of waiting.keys) this.#leave(waiting, key)
    client.isBlocked = false
    if (answer !== undefined) client.unblock(answer)
    return true
  }

  #serveKey(db: Database, key: string): void {
    for (const waiting of [...(this.#queues.get(db)?.get(key) ?? [])]) {
      if (!db.has(key)) return
      const answer = this.#byClient.get(waiting.client) === waiting ? waiting.serve(key) : undefined
      if (answer !== undefined) this.end(waiting.client, answer)
    }
  }

  #queueOf(db: Database, key: string): Set<Waiting> {
    const queues = this.#queues.get(db) ?? new Map<string, Set<Waiting>>()
    this.#queues.set(db, queues)
    const queue = queues.get(key) ?? new Set<Waiting>()
    queues.set(key, queue)
    return queue
  }

  #leave(waiting: Waiting, key: string): void {
    const queues = this.#queues.get(waiting.db)
    const queue = queues?.get(key)
    queue?.delete(waiting)
    if (queue?.size === 0) queues?.delete(key)
  }
}
