// Asking a server whether it is alive over one raw connection: ioredis costs 40 ms and 20 MB, too much for a
// supervisor.
import { connect, type Socket } from 'node:net'
import type { Engine } from '../../engines/engine.js'
import { reachable } from '../prepare/address.js'

/**
 * `pong`: ready. `loading`: reading its snapshot. `alive`: it answered something else (BUSY, NOAUTH ...).
 * `none`: silence, or the answer of some other server.
 */
export type Answer = 'pong' | 'loading' | 'alive' | 'none'

/**
 * The result of SHUTDOWN or SAVE. `silent`: the server ends, as usual; `ignored`: it does not answer, paused
 * or saving;
 * `saved`: it goes on, and its data is on the disk.
 */
export type EndAnswer =
  | { readonly is: 'unsent' | 'silent' | 'ignored' | 'saved' }
  | { readonly is: 'refused'; readonly words: string }

export interface Endpoint {
  readonly host: string
  readonly port: number
  /** Sent as AUTH on each new connection. */
  readonly password: string | undefined
  /** Whether the PID in the server's INFO is that of the right server. */
  readonly isMeant: (pid: number) => boolean | Promise<boolean>
}

/** Keeps one connection to a server, and asks PING over it, one at a time. */
export class Ping {
  #socket: Socket | undefined
  #asking: Promise<Answer> | undefined
  #lastWords = ''

  constructor(readonly target: Endpoint) {}

  /** The server's last answer to a PING, as it was given. */
  get lastWords(): string {
    return this.#lastWords
  }

  /** Never throws: silence, a refused connection and a lost one are all `none`. */
  async ask(timeoutMs: number): Promise<Answer> {
    // One at a time: the answer to one would be taken for the answer to the other.
    while (this.#asking !== undefined) await this.#asking
    const asking = this.#ask(timeoutMs)
    this.#asking = asking
    return asking.finally(() => {
      this.#asking = undefined
    })
  }

  /** Sends SHUTDOWN or SAVE over the connection that PING was answered on, and waits for what comes of it. */
  async end(by: 'SHUTDOWN' | 'SAVE', timeoutMs: number): Promise<EndAnswer> {
    const socket = this.#socket
    if (socket === undefined || this.#asking !== undefined) return { is: 'unsent' }
    this.#socket = undefined
    socket.removeAllListeners()
    // A save takes as long as it takes: whoever waits for it looks at the data folder.
    const words = await reply(socket, command(by), by === 'SAVE' ? 0 : timeoutMs)
    const isOpen = !socket.destroyed
    socket.on('error', () => {}).destroy()
    if (words?.startsWith('-')) return { is: 'refused', words: words.slice(1).trim() }
    if (by === 'SAVE' && words !== undefined) return { is: words === '+OK\r\n' ? 'saved' : 'ignored' }
    // Dragonfly answers OK to SHUTDOWN before it ends, Redis only when it does not.
    return { is: words === undefined && isOpen ? 'ignored' : 'silent' }
  }

  /**
   * Whether it answers a request that does not wait for the end of a CLIENT PAUSE, on a connection of its own.
   * That tells nothing of which server it is.
   */
  async lives(by: Engine['livesBy'], timeoutMs: number): Promise<boolean> {
    const socket = connect({ host: reachable(this.target.host), port: this.target.port, noDelay: true })
    const words = await reply(socket, LIFE_SIGNS[by].request, timeoutMs)
    socket.on('error', () => {}).destroy()
    return words?.startsWith(LIFE_SIGNS[by].answer) === true
  }

  close(): void {
    this.#socket?.destroy()
    this.#socket = undefined
  }

  async #ask(timeoutMs: number): Promise<Answer> {
    const socket =
      this.#socket ?? connect({ host: reachable(this.target.host), port: this.target.port, noDelay: true })
    const answer =
      this.#socket === undefined ? await this.#greet(socket, timeoutMs) : await this.#ping(socket, timeoutMs)
    socket.removeAllListeners().setTimeout(0)
    // The socket may still fail after its last answer; the next PING finds out.
    socket.on('error', () => {}).once('close', () => this.#forget(socket))
    this.#socket = socket
    if (answer === 'none') this.close()
    return answer
  }

  /** The first PING on a connection, and the proof that it leads to the right server. */
  async #greet(socket: Socket, timeoutMs: number): Promise<Answer> {
    const { password, isMeant } = this.target
    if (password !== undefined) await reply(socket, command('AUTH', password), timeoutMs)
    const answer = await this.#ping(socket, timeoutMs)
    if (answer !== 'pong') return answer
    // Another server may have taken the port a moment ago, and would answer as well.
    const info = (await reply(socket, command('INFO', 'server'), timeoutMs)) ?? ''
    const pid = /^process_id:(\d+)/m.exec(info)?.[1]
    return pid === undefined || (await isMeant(Number(pid))) ? answer : 'none'
  }

  async #ping(socket: Socket, timeoutMs: number): Promise<Answer> {
    const words = await reply(socket, command('PING'), timeoutMs)
    if (words !== undefined) this.#lastWords = words.trim()
    return meaning(words)
  }

  #forget(socket: Socket): void {
    if (this.#socket === socket) this.#socket = undefined
  }
}

/** The one reply to a command, as it came; undefined: none in time, or the connection ended. */
function reply(socket: Socket, request: string, timeoutMs: number): Promise<string | undefined> {
  return new Promise(resolve => {
    let text = ''
    const done = (answer: string | undefined) => {
      socket.off('data', read).off('error', lost).off('close', lost).setTimeout(0)
      resolve(answer)
    }
    const lost = () => done(undefined)
    const read = (data: Buffer) => {
      text += data.toString('latin1')
      if (isWhole(text)) done(text)
    }
    socket.on('data', read).once('error', lost).once('close', lost).setTimeout(timeoutMs, lost)
    socket.write(request)
  })
}

/** Whether a reply to one of these commands is complete: it is a line, or a bulk string. */
function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n')
  if (end === -1) return false
  const length = /^[$=](\d+)\r\n/.exec(text)?.[1]
  return length === undefined || text.length >= end + 2 + Number(length) + 2
}

function command(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map(word => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
}

/** ECHO wants a word. Any answer of HTTP will do, be it that there is no such page. */
const LIFE_SIGNS: Readonly<Record<Engine['livesBy'], { readonly request: string; readonly answer: string }>> =
  {
    http: { request: 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n', answer: 'HTTP/' },
    refusal: { request: command('ECHO'), answer: '-' },
  }

function meaning(words: string | undefined): Answer {
  if (words === undefined) return 'none'
  if (words === '+PONG\r\n') return 'pong'
  // A server sends no requests: a connection to a free port may be to itself, and hears its own PING.
  if (words.startsWith('*')) return 'none'
  return words.startsWith('-LOADING') ? 'loading' : 'alive'
}
