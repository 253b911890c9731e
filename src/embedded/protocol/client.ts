// One connection: what it sends, what it is answered, and what it has selected, subscribed and queued.
import type { Socket } from 'node:net'
import type { Embedded } from '../embedded.js'
import { execute } from '../execute.js'
import type { Database } from '../keyspace.js'
import { Parser, ProtocolError } from './parser.js'
import { error, REPLIES, type Replies } from './reply.js'

/** Of messages of channels and MONITOR that nobody reads, as in Redis: a slower client is cut off. */
const MAX_UNREAD_PUSH_BYTES = 32 * 1024 * 1024
/** Of answers that nobody reads: no more requests are taken from this client until it does. */
const MAX_UNREAD_BYTES = 1024 * 1024
/** Of requests that cannot be done yet: no more is read from the socket. */
const MAX_WAITING_BYTES = 1024 * 1024
/** Requests of one client before others get their turn. */
const MAX_REQUESTS_PER_TURN = 1_000
/** V8 has no longer strings than 512 MB. */
const MAX_JOINED_BYTES = 128 * 1024 * 1024

export class Client {
  readonly since = Date.now()
  lastHeardAt = this.since
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
  /** CLIENT NO-EVICT, which CLIENT LIST shows. */
  isNoEvict = false
  replies: Replies = REPLIES[2]
  /** It wants no answers: CLIENT REPLY OFF, or SKIP for the next one. */
  mute: 'off' | 'skip' | 'skip next' | undefined
  /** Kept, because a socket forgets them when it closes. */
  readonly address: string
  readonly localAddress: string
  /** Waits for the end of a pause. */
  #postponed: string[] | undefined
  #out = ''
  #isEnding = false
  #isGone = false
  #isScheduled = false
  /** The other side has sent all that it will. */
  #isHalfClosed = false
  readonly #parser: Parser

  constructor(
    readonly id: number,
    readonly socket: Socket,
    readonly engine: Embedded,
    public db: Database,
  ) {
    this.address = joined(socket.remoteAddress, socket.remotePort)
    this.localAddress = joined(socket.localAddress, socket.localPort)
    this.isAuthenticated = engine.config.requirepass === ''
    this.#parser = new Parser(engine.limits)
    socket.setNoDelay(true)
    socket.on('data', chunk => this.#heard(chunk))
    socket.on('drain', () => this.#work())
    socket.on('end', () => {
      this.#isHalfClosed = true
      // Nobody waits for the answer any more: an element would be lost.
      if (this.isBlocked) this.kill()
      else this.#work()
    })
    // What a connection ends by is told by its close.
    socket.on('error', () => {})
    socket.on('close', () => this.#leave())
  }

  get needsAuth(): boolean {
    return !this.isAuthenticated && this.engine.config.requirepass !== ''
  }

  get isSubscribed(): boolean {
    return this.channels.size + this.patterns.size > 0
  }

  /** For CLIENT LIST: what is there of requests and answers. */
  get waitingBytes(): { readonly requests: number; readonly answers: number } {
    return { requests: this.#parser.bytes, answers: this.socket.writableLength + this.#out.length }
  }

  get isEnding(): boolean {
    return this.#isEnding
  }

  /** Sends what was asked for, unless it wants no answers. */
  answer(answer: string): void {
    if (this.mute === undefined || this.mute === 'skip next') this.#send(answer)
  }

  /** Sends what was not asked for; a client that does not read it is cut off. */
  push(message: string): void {
    if (this.#isGone) return
    this.#send(message)
    if (this.socket.writableLength + this.#out.length <= MAX_UNREAD_PUSH_BYTES) {
      this.#workSoon()
      return
    }
    this.#cutOff('reads too slowly')
  }

  /** The answer of a command that waited. */
  unblock(answer: string): void {
    this.isBlocked = false
    this.answer(answer)
    this.#unmute()
    this.#workSoon()
  }

  /** Goes on after a pause. */
  resume(): void {
    this.#workSoon()
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

  /** Ends a transaction without doing it. */
  discard(): void {
    this.queue = undefined
    this.queueBroken = false
    this.unwatchAll()
  }

  unwatchAll(): void {
    for (const [db, keys] of this.watched) for (const key of keys) db.unwatch(key, this)
    this.watched.clear()
    this.watchBroken = false
  }

  #heard(chunk: Buffer): void {
    if (this.#isEnding) return
    this.lastHeardAt = Date.now()
    this.#parser.push(chunk)
    this.engine.memory.received(chunk.length)
    this.#work()
  }

  #work(): void {
    let isHeld = true
    try {
      isHeld = this.#takeRequests()
    } catch (problem) {
      if (!(problem instanceof ProtocolError)) throw problem
      this.#send(error(`ERR Protocol error: ${problem.message}`))
      this.end()
    }
    this.#flush()
    this.#pauseReading(isHeld)
    if (!isHeld && this.#isHalfClosed) this.#close()
  }

  /** Not while a command blocks: it would not be seen that the client leaves, and it would be given an element. */
  #pauseReading(isHeld: boolean): void {
    const { bytes } = this.#parser
    if (this.isBlocked && bytes > this.engine.limits.maxBlockedBytes)
      this.#cutOff('sends too much behind a command that waits')
    else if (isHeld && !this.isBlocked && bytes > MAX_WAITING_BYTES) this.socket.pause()
    else if (this.socket.isPaused()) this.socket.resume()
  }

  #cutOff(why: string): void {
    this.engine.host.log('warn', `Client id=${this.id} addr=${this.address} ${why}, it is cut off`)
    this.kill()
  }

  /** Whether there may be requests left that cannot be done now. */
  #takeRequests(): boolean {
    for (let done = 0; this.#isReady(); done++) {
      if (done >= MAX_REQUESTS_PER_TURN) {
        this.#workSoon()
        return true
      }
      const words = this.#postponed ?? this.#parser.next(!this.needsAuth)
      if (words === undefined) return false
      this.#postponed = undefined
      if (words.length === 0) continue
      if (!execute(this, words)) {
        this.#postponed = words
        this.engine.pauses.postpone(this)
        return true
      }
      if (!this.isBlocked && this.mute !== undefined) this.#unmute()
    }
    return true
  }

  #isReady(): boolean {
    return !this.isBlocked && !this.#isEnding && !this.#isFull() && !this.engine.saving.isShutDown
  }

  /** After each command. */
  #unmute(): void {
    if (this.mute === 'skip next') this.mute = 'skip'
    else if (this.mute === 'skip') this.mute = undefined
  }

  #send(answer: string): void {
    if (this.#out.length + answer.length > MAX_JOINED_BYTES) this.#write()
    this.#out += answer
  }

  #isFull(): boolean {
    if (this.#out.length > MAX_UNREAD_BYTES) this.#write()
    return this.socket.writableLength > MAX_UNREAD_BYTES
  }

  #write(): void {
    if (this.#out === '') return
    if (!this.#isGone && this.socket.writable) this.socket.write(this.#out, 'latin1')
    this.#out = ''
  }

  #flush(): void {
    this.#write()
    if (this.#isEnding) this.#close()
  }

  #close(): void {
    this.#isEnding = true
    if (!this.#isGone) this.socket.destroySoon()
  }

  /** Later in this turn of the event loop. */
  #workSoon(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      if (!this.#isGone) this.#work()
    })
  }

  #leave(): void {
    this.#isGone = true
    this.discard()
    this.engine.left(this)
  }
}

function joined(address = '?', port = 0): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
