// One connection: what it sends, what it is answered, and what it has selected, subscribed and queued.
import type { Socket } from 'node:net'
import type { Embedded } from './embedded.js'
import { execute } from './execute.js'
import type { Database } from './keyspace.js'
import { Parser, ProtocolError } from './parser.js'
import { error, REPLIES, type Replies } from './reply.js'

/** Of answers that nobody reads: a client that is slower is cut off. */
const MAX_UNREAD_BYTES = 256 * 1024 * 1024
/** Of messages of channels and MONITOR, which nobody asked for one by one; as Redis has it. */
const MAX_UNREAD_PUSH_BYTES = 32 * 1024 * 1024
/** Requests of one client before others get their turn. */
const MAX_REQUESTS_PER_TURN = 1_000

export class Client {
  readonly since = Date.now()
  readonly channels = new Set<string>()
  readonly patterns = new Set<string>()
  /** Of a transaction; undefined: none is open. */
  queue: string[][] | undefined
  /** A command that could not be queued, so EXEC is to fail. */
  queueBroken = false
  readonly watched = new Map<Database, Set<string>>()
  watchBroken = false
  name = ''
  lastCommand = ''
  isAuthenticated: boolean
  isMonitor = false
  isBlocked = false
  replies: Replies = REPLIES[2]
  /** It wants no answers: CLIENT REPLY OFF, or SKIP for the next one. */
  mute: 'off' | 'skip' | 'skip next' | undefined
  #out = ''
  #isEnding = false
  #isGone = false
  #isScheduled = false
  readonly #parser: Parser

  constructor(
    readonly id: number,
    readonly socket: Socket,
    readonly engine: Embedded,
    public db: Database,
  ) {
    this.isAuthenticated = engine.config.requirepass === ''
    this.#parser = new Parser(engine.limits)
    socket.setNoDelay(true)
    socket.on('data', chunk => {
      this.#parser.push(chunk)
      this.#work()
    })
    socket.on('drain', () => this.#work())
    // What a connection ends by is told by its close.
    socket.on('error', () => {})
    socket.on('close', () => this.#leave())
  }

  get address(): string {
    return `${this.socket.remoteAddress ?? '?'}:${this.socket.remotePort ?? 0}`
  }

  get isSubscribed(): boolean {
    return this.channels.size + this.patterns.size > 0
  }

  /** Sends what was not asked for; a client that does not read it is cut off. */
  push(answer: string): void {
    if (this.#isGone) return
    this.#send(answer)
    if (this.socket.writableLength + this.#out.length > MAX_UNREAD_PUSH_BYTES) this.kill()
    else this.#flushSoon()
  }

  /** The answer of a command that waited. */
  unblock(answer: string): void {
    this.#send(answer)
    this.#flushSoon()
  }

  /** Ends the connection once everything is sent. */
  end(): void {
    this.#isEnding = true
  }

  /** Ends it at once. */
  kill(): void {
    this.#isEnding = true
    this.socket.destroy()
  }

  unwatchAll(): void {
    for (const [db, keys] of this.watched) for (const key of keys) db.unwatch(key, this)
    this.watched.clear()
    this.watchBroken = false
  }

  #work(): void {
    let done = 0
    try {
      while (!this.isBlocked && !this.#isEnding && !this.#isFull()) {
        if (this.engine.isPaused(this)) return
        const words = this.#parser.next(this.isAuthenticated)
        if (words === undefined) break
        if (words.length === 0) continue
        const answer = execute(this, words)
        if (answer !== undefined) this.#answer(answer)
        if (++done >= MAX_REQUESTS_PER_TURN) {
          this.#flushSoon()
          break
        }
      }
    } catch (problem) {
      if (!(problem instanceof ProtocolError)) throw problem
      this.#send(error(`ERR Protocol error: ${problem.message}`))
      this.end()
    }
    this.#flush()
  }

  /** Goes on after a pause, or after it was blocked. */
  resume(): void {
    this.#flushSoon()
  }

  #answer(answer: string): void {
    if (this.mute === undefined) this.#send(answer)
    else if (this.mute === 'skip next') this.mute = 'skip'
    else if (this.mute === 'skip') this.mute = undefined
  }

  #send(answer: string): void {
    this.#out += answer
  }

  #isFull(): boolean {
    return this.socket.writableLength > 1024 * 1024
  }

  #flush(): void {
    if (this.#out !== '' && !this.#isGone) {
      this.socket.write(this.#out, 'latin1')
      this.#out = ''
      if (this.socket.writableLength > MAX_UNREAD_BYTES) this.kill()
    }
    if (this.#isEnding && !this.#isGone) this.socket.end()
  }

  /** Later in this turn of the event loop, and then what it has sent meanwhile. */
  #flushSoon(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      if (!this.#isGone) this.#work()
    })
  }

  #leave(): void {
    this.#isGone = true
    this.unwatchAll()
    this.engine.left(this)
  }
}
