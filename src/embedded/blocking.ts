// Clients that wait for an element of a key: first come, first served.

import type { Database } from './keyspace.js'
import type { Client } from './protocol/client.js'
import { CommandError } from './protocol/errors.js'
import { parseLongDouble } from './values/long-double.js'

export interface Wait {
  readonly db: Database
  /** In the order in which the client wants them; twice the same counts once. */
  readonly keys: readonly string[]
  /** 0: for ever. */
  readonly timeoutMs: number
  /** Answers with what a key has now; undefined: nothing that would do, such as another type. */
  readonly serve: (key: string) => string | undefined
  /** When the time is over. */
  readonly onTimeout: string
}

export class Blocking {
  readonly #queues = new Map<Database, Map<string, Queue>>()
  readonly #byClient = new Map<Client, Waiting>()
  /** Keys that got something while somebody waits for them, in that order. */
  #ready = new Set<Queue>()

  get count(): number {
    return this.#byClient.size
  }

  wait(client: Client, wait: Wait): void {
    const isTimed = wait.timeoutMs > 0 && wait.timeoutMs <= MAX_TIMER_MS
    const timer = isTimed ? setTimeout(() => this.timeOut(client), wait.timeoutMs) : undefined
    const waiting = { ...wait, client, timer }
    this.#byClient.set(client, waiting)
    for (const key of wait.keys) this.#queueOf(wait.db, key).waiting.add(waiting)
    client.isBlocked = true
  }

  /** A key was changed: whoever waits for it is served at the end of the command. */
  changed(db: Database, key: string): void {
    if (this.#byClient.size === 0) return
    const queue = this.#queues.get(db)?.get(key)
    // Redis counts a key as ready from when it is of a type that one can wait for; the order of serving is by that.
    if (queue !== undefined && canBeWaitedFor(db, key)) this.#ready.add(queue)
  }

  /**
   * After each command, and each transaction. What gets ready by serving is served after all that was.
   * @param failure the answer to a client that could not be served, such as with more than an answer can hold
   */
  serve(failure: Failure): void {
    while (this.#ready.size > 0) {
      const ready = this.#ready
      this.#ready = new Set()
      for (const queue of ready) this.#serveQueue(queue, failure)
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

  /** Ends it as if the time were over. */
  timeOut(client: Client): boolean {
    return this.end(client, this.#byClient.get(client)?.onTimeout)
  }

  #serveQueue({ db, key, waiting }: Queue, failure: Failure): void {
    for (const one of waiting) {
      if (!db.has(key)) return
      // Killed in this turn of the event loop: its close is not told yet, and an element would be lost.
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

/** The timeout of a command that blocks, written in seconds. @returns ms; 0: for ever @throws CommandError */
export function parseTimeout(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const seconds = parseLongDouble(text)
  if (seconds === undefined) throw new CommandError('ERR timeout is not a float or out of range')
  const ms =
    seconds.mantissa === 'infinity' ? -1n : inMs(seconds.mantissa, seconds.exponent, seconds.isNegative)
  // What does not fit into 64 bits is negative, in Redis.
  if (ms < 0n || ms >= 2n ** 63n) throw new CommandError('ERR timeout is negative')
  return Number(ms)
}

/** The longest that setTimeout can, 24 days: more is for ever. */
const MAX_TIMER_MS = 2 ** 31 - 1

interface Waiting extends Wait {
  readonly client: Client
  readonly timer: NodeJS.Timeout | undefined
}

/** Who waits for a key, in the order in which they came. */
interface Queue {
  readonly db: Database
  readonly key: string
  readonly waiting: Set<Waiting>
}

type Failure = (client: Client, problem: unknown) => string

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

/** Rounded up after a product in long double, which makes -0.001 a 0. */
function inMs(mantissa: bigint, exponent: number, isNegative: boolean): bigint {
  const product = mantissa * 1000n
  const excess = BigInt(Math.max(0, product.toString(2).length - 64))
  const half = excess === 0n ? 0n : 1n << (excess - 1n)
  const floor = product >> excess
  const rest = product - (floor << excess)
  const isUp = rest > half || (rest === half && rest > 0n && floor % 2n === 1n)
  const rounded = (isUp ? floor + 1n : floor) << excess
  if (exponent >= 0) return (isNegative ? -rounded : rounded) << BigInt(exponent)
  // A shift rounds down, so up is down of the negative.
  return -((isNegative ? rounded : -rounded) >> BigInt(-exponent))
}
