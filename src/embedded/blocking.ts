// Clients that wait for an element of a key: first come, first served.

import type { Database } from './keyspace.js'

/** What the queues need to know of a client. */
export interface BlockedClient {
  readonly socket: { readonly destroyed: boolean }
  readonly lastCommand: string
  isBlocked: boolean
  /** Answers the command that waited. */
  unblock(answer: string): void
}

export interface Wait {
  readonly db: Database
  /** In the order in which the client prefers them; a key that is named twice counts once. */
  readonly keys: readonly string[]
  /** 0 means for ever. */
  readonly timeoutMs: number
  /**
   * Takes from a key and returns the answer; undefined if the key has nothing to take, or is of another type.
   */
  readonly serve: (key: string) => string | undefined
  /** The answer when the time is up. */
  readonly onTimeout: string
}

export class Blocking {
  readonly #queues = new Map<Database, Map<string, Queue>>()
  readonly #byClient = new Map<BlockedClient, Waiting>()
  /** Queues whose key received something, in the order in which that happened. */
  #ready = new Set<Queue>()

  get count(): number {
    return this.#byClient.size
  }

  wait(client: BlockedClient, wait: Wait): void {
    const isTimed = wait.timeoutMs > 0 && wait.timeoutMs <= MAX_TIMER_MS
    const timer = isTimed ? setTimeout(() => this.timeOut(client), wait.timeoutMs) : undefined
    const waiting = { ...wait, client, timer }
    this.#byClient.set(client, waiting)
    for (const key of wait.keys) this.#queueOf(wait.db, key).waiting.add(waiting)
    client.isBlocked = true
  }

  /** Called when a key was changed: whoever waits for it is served at the end of the command. */
  changed(db: Database, key: string): void {
    if (this.#byClient.size === 0) return
    const queue = this.#queues.get(db)?.get(key)
    // Redis counts a key as ready from the moment its type is one that can be waited for, and serves in that
    // order.
    if (queue !== undefined && canBeWaitedFor(db, key)) this.#ready.add(queue)
  }

  /**
   * Called after each command and each transaction. Keys that become ready by serving are served afterwards.
   * @param failure makes the answer for a client that could not be served, say because its answer would be
   * too large
   */
  serve(failure: Failure): void {
    while (this.#ready.size > 0) {
      const ready = this.#ready
      this.#ready = new Set()
      for (const queue of ready) this.#serveQueue(queue, failure)
    }
  }

  /** Stops waiting. @param answer undefined if the client is gone */
  end(client: BlockedClient, answer: string | undefined): boolean {
    const waiting = this.#byClient.get(client)
    if (waiting === undefined) return false
    clearTimeout(waiting.timer)
    this.#byClient.delete(client)
    for (const key of waiting.keys) this.#leave(waiting, key)
    client.isBlocked = false
    if (answer !== undefined) client.unblock(answer)
    return true
  }

  /** Stops waiting as if the time were up. */
  timeOut(client: BlockedClient): boolean {
    return this.end(client, this.#byClient.get(client)?.onTimeout)
  }

  #serveQueue({ db, key, waiting }: Queue, failure: Failure): void {
    for (const one of waiting) {
      if (!db.has(key)) return
      // It was killed in this turn of the event loop, and its close event is yet to come: an element would be
      // lost.
      if (one.client.socket.destroyed) {
        this.end(one.client, undefined)
        continue
      }
      const answer = served(one, key, failure)
      if (answer !== undefined) this.end(one.client, answer)
    }
  }

  #queueOf(db: Database, key: string): Queue {
    const queues = this.#queues.get(db) ?? new Map<string, Queue>()
    this.#queues.set(db, queues)
    const queue = queues.get(key) ?? { db, key, waiting: new Set() }
    queues.set(key, queue)
    return queue
  }

  #leave(waiting: Waiting, key: string): void {
    const queues = this.#queues.get(waiting.db)
    const queue = queues?.get(key)
    queue?.waiting.delete(waiting)
    if (queue?.waiting.size === 0) queues?.delete(key)
  }
}

/** The longest delay of setTimeout, 24 days. Whatever is longer waits for ever. */
const MAX_TIMER_MS = 2 ** 31 - 1

interface Waiting extends Wait {
  readonly client: BlockedClient
  readonly timer: NodeJS.Timeout | undefined
}

/** The clients that wait for a key, in the order in which they came. */
interface Queue {
  readonly db: Database
  readonly key: string
  readonly waiting: Set<Waiting>
}

type Failure = (client: BlockedClient, problem: unknown) => string

function served(one: Waiting, key: string, failure: Failure): string | undefined {
  try {
    return one.serve(key)
  } catch (problem) {
    return failure(one.client, problem)
  }
}

function canBeWaitedFor(db: Database, key: string): boolean {
  const value = db.get(key)
  return typeof value === 'object' && (value.type === 'list' || value.type === 'zset')
}
