// The life of one connection: requests are taken as they come, and held back while they cannot be done.
import type { Client } from './client.js'
import type { Embedded } from './embedded.js'
import { execute } from './execute.js'
import { ProtocolError } from './protocol/parser.js'
import { error } from './protocol/reply.js'

/** The most bytes of requests that cannot be carried out yet; beyond it nothing is read from the socket. */
const MAX_WAITING_BYTES = 1024 * 1024
/** How many requests of one client are taken before the others get their turn. */
const MAX_REQUESTS_PER_TURN = 1_000

export class Connection {
  /** A request that waits for the end of CLIENT PAUSE. */
  #postponed: string[] | undefined
  #isScheduled = false
  /** The other side has sent everything that it will send. */
  #isHalfClosed = false

  private constructor(
    private readonly engine: Embedded,
    private readonly client: Client,
  ) {}

  /** Serves a client until its connection ends. */
  static serve(engine: Embedded, client: Client): void {
    const connection = new Connection(engine, client)
    client.onWork = () => connection.#workSoon()
    const { socket } = client
    socket.setNoDelay(true)
    socket.on('data', chunk => connection.#heard(chunk))
    socket.on('drain', () => connection.#work())
    socket.on('end', () => connection.#halfClosed())
    // The reason is of no interest: the close event follows.
    socket.on('error', () => {})
    socket.on('close', () => {
      client.closed()
      engine.removeClient(client)
    })
  }

  #heard(chunk: Buffer): void {
    const { client } = this
    if (client.isEnding) return
    client.lastHeardAt = Date.now()
    client.requests.push(chunk)
    this.engine.memory.received(chunk.length)
    this.#work()
  }

  #halfClosed(): void {
    this.#isHalfClosed = true
    // Nobody waits for the answer any more: an element of a list would be lost.
    if (this.client.isBlocked) this.client.kill()
    else this.#work()
  }

  #work(): void {
    const { client } = this
    let isHeld = true
    try {
      isHeld = this.#takeRequests()
    } catch (problem) {
      if (!(problem instanceof ProtocolError)) throw problem
      client.send(error(`ERR Protocol error: ${problem.message}`))
      client.end()
    }
    client.flush()
    this.#pauseReading(isHeld)
    if (!isHeld && this.#isHalfClosed) client.close()
  }

  /**
   * Stops reading from a client that is held back, but not from one that is blocked: nobody would notice that
   * it left, and it would be given an element.
   */
  #pauseReading(isHeld: boolean): void {
    const { client, engine } = this
    const { socket } = client
    const { bytes } = client.requests
    if (client.isBlocked && bytes > engine.limits.maxBlockedBytes)
      client.cutOff('sends too much behind a command that waits')
    else if (isHeld && !client.isBlocked && bytes > MAX_WAITING_BYTES) socket.pause()
    else if (socket.isPaused()) socket.resume()
  }

  /** @returns whether there may be requests left that cannot be done now */
  #takeRequests(): boolean {
    const { client, engine } = this
    for (let done = 0; this.#isReady(); done++) {
      if (done >= MAX_REQUESTS_PER_TURN) {
        this.#workSoon()
        return true
      }
      const words = this.#postponed ?? client.requests.next(!client.needsAuth)
      if (words === undefined) return false
      this.#postponed = undefined
      if (words.length === 0) continue
      if (!execute(engine, client, words)) {
        this.#postponed = words
        engine.pauses.postpone(client)
        return true
      }
      if (!client.isBlocked && client.mute !== undefined) client.unmute()
    }
    return true
  }

  #isReady(): boolean {
    const { client } = this
    return !client.isBlocked && !client.isEnding && !client.isFull && !this.engine.saving.isShutDown
  }

  /** Later in this turn of the event loop. */
  #workSoon(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      if (!this.client.isGone) this.#work()
    })
  }
}
