// A client: what it has selected, subscribed to and queued, and the answers that are on their way to it.
import type { Socket } from 'node:net'
import type { EmbeddedConfig } from './config.js'
import type { Host } from './host.js'
import type { Database } from './keyspace.js'
import { type Limits, Parser } from './protocol/parser.js'
import { REPLIES, type Replies } from './protocol/reply.js'

/** The most unread messages of channels and of MONITOR, as in Redis: a client that is slower is cut off. */
const MAX_UNREAD_PUSH_BYTES = 32 * 1024 * 1024
/** The most unread answers: no more requests are taken from the client until it reads them. */
const MAX_UNREAD_BYTES = 1024 * 1024
/** Answers are joined up to here, as V8 has no strings longer than 512 MB. */
const MAX_JOINED_BYTES = 128 * 1024 * 1024

/** What a client needs from its engine. */
interface ClientContext {
  readonly config: EmbeddedConfig
  readonly host: Host
  readonly limits: Limits
}

export class Client {
  readonly since = Date.now()
  lastHeardAt = this.since
  readonly channels = new Set<string>()
  readonly patterns = new Set<string>()
  /** The requests of a transaction; undefined: none is open. */
  queue: string[][] | undefined
  /** A command was refused while the transaction was queued, so EXEC must fail. */
  queueBroken = false
  readonly watched = new Map<Database, Set<string>>()
  /** A watched key was changed, so EXEC does nothing. */
  watchBroken = false
  name = ''
  lastCommand = ''
  isAuthenticated: boolean
  isMonitor = false
  isBlocked = false
  /** Set by CLIENT NO-EVICT; only CLIENT LIST shows it. */
  isNoEvict = false
  replies: Replies = REPLIES[2]
  /** Which answers the client does not want: all of them after CLIENT REPLY OFF, one after SKIP. */
  mute: 'off' | 'skip' | 'skip next' | undefined
  /** Kept here, because a socket forgets its addresses when it closes. */
  readonly address: string
  readonly localAddress: string
  /** What it has sent and nobody has taken yet. */
  readonly requests: Parser
  /** Set by the connection: called when the client may have something to do. */
  onWork: () => void = () => {}
  #out = ''
  #isEnding = false
  #isGone = false

  constructor(
    readonly id: number,
    readonly socket: Socket,
    private readonly context: ClientContext,
    public db: Database,
  ) {
    this.address = joined(socket.remoteAddress, socket.remotePort)
    this.localAddress = joined(socket.localAddress, socket.localPort)
    this.isAuthenticated = context.config.requirepass === ''
    this.requests = new Parser(context.limits)
  }

  get needsAuth(): boolean {
    return !this.isAuthenticated && this.context.config.requirepass !== ''
  }

  get isSubscribed(): boolean {
    return this.channels.size + this.patterns.size > 0
  }

  /** For CLIENT LIST: how many bytes of requests and of answers are waiting. */
  get waitingBytes(): { readonly requests: number; readonly answers: number } {
    return { requests: this.requests.bytes, answers: this.#unread }
  }

  /** The connection ends as soon as everything is sent. */
  get isEnding(): boolean {
    return this.#isEnding
  }

  /** The connection has ended. */
  get isGone(): boolean {
    return this.#isGone
  }

  /** It reads too slowly to be asked for more requests. */
  get isFull(): boolean {
    if (this.#out.length > MAX_UNREAD_BYTES) this.#write()
    return this.socket.writableLength > MAX_UNREAD_BYTES
  }

  /** Sends what the client asked for, unless it wants no answers. */
  answer(answer: string): void {
    if (this.mute === undefined || this.mute === 'skip next') this.send(answer)
  }

  /** Sends what the client did not ask for; one that does not read it is cut off. */
  push(message: string): void {
    if (this.#isGone) return
    this.send(message)
    if (this.#unread > MAX_UNREAD_PUSH_BYTES) this.cutOff('reads too slowly')
    else this.onWork()
  }

  /** Sends, even if the client wants no answers. */
  send(text: string): void {
    if (this.#out.length + text.length > MAX_JOINED_BYTES) this.#write()
    this.#out += text
  }

  /** Hands everything over to the socket. */
  flush(): void {
    this.#write()
    if (this.#isEnding) this.close()
  }

  /** Answers a command that waited. */
  unblock(answer: string): void {
    this.isBlocked = false
    this.answer(answer)
    this.unmute()
    this.onWork()
  }

  /** Goes on after CLIENT PAUSE. */
  resume(): void {
    this.onWork()
  }

  /** After each command: SKIP mutes the one that follows it, and no more. */
  unmute(): void {
    if (this.mute === 'skip next') this.mute = 'skip'
    else if (this.mute === 'skip') this.mute = undefined
  }

  /** Ends the connection once everything is sent. */
  end(): void {
    this.#isEnding = true
  }

  /** Ends the connection and gives the socket time to send what it has. */
  close(): void {
    this.#isEnding = true
    if (!this.#isGone) this.socket.destroySoon()
  }

  /** Ends the connection at once. */
  kill(): void {
    this.#isEnding = true
    this.socket.destroy()
  }

  /** Ends the connection at once, and says why in the log. */
  cutOff(why: string): void {
    this.context.host.log('warn', `Client id=${this.id} addr=${this.address} ${why}, it is cut off`)
    this.kill()
  }

  /** The socket is closed. */
  closed(): void {
    this.#isGone = true
    this.discard()
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

  get #unread(): number {
    return this.socket.writableLength + this.#out.length
  }

  #write(): void {
    if (this.#out === '') return
    if (!this.#isGone && this.socket.writable) this.socket.write(this.#out, 'latin1')
    this.#out = ''
  }
}

function joined(address = '?', port = 0): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
