// Asking a server whether it lives, over one raw connection: ioredis costs 40 ms and 20 MB, and a supervisor has neither.
import { connect, type Socket } from 'node:net'
import { reachable } from './address.js'

/** `pong`: ready. `loading`: reading its snapshot. `alive`: it answered something else (BUSY, NOAUTH ...). */
export type Answer = 'pong' | 'loading' | 'alive' | 'none'

export interface Target {
  readonly host: string
  readonly port: number
  /** Sent as AUTH on each new connection. */
  readonly password: string | undefined
}

/** Keeps one connection to a server, and asks PING over it, one at a time. */
export class Ping {
  #socket: Socket | undefined
  #isAsking = false

  constructor(readonly target: Target) {}

  /**
   * Sends SHUTDOWN over the connection that PING was answered on. False: there is none, or the server answered, which
   * means that it will not; true: the connection ended, and so does the server.
   */
  async shutdown(timeoutMs: number): Promise<boolean> {
    const socket = this.#socket
    if (socket === undefined || this.#isAsking) return false
    this.#socket = undefined
    return new Promise(resolve => {
      const done = (isEnding: boolean) => {
        socket.removeAllListeners().destroy()
        resolve(isEnding)
      }
      // Dragonfly answers OK before it ends, Redis only when it does not.
      socket.on('data', (data: Buffer) => !data.toString('latin1').startsWith('+OK') && done(false))
      socket.once('error', () => done(true)).once('close', () => done(true))
      socket.setTimeout(timeoutMs, () => done(false))
      socket.write(command('SHUTDOWN'))
    })
  }

  /** Never throws: silence, a refused connection and a lost one are all `none`. */
  async ask(timeoutMs: number): Promise<Answer> {
    this.#isAsking = true
    const fresh = this.#socket === undefined
    const socket =
      this.#socket ?? connect({ host: reachable(this.target.host), port: this.target.port, noDelay: true })
    this.#socket = socket
    const auth = fresh && this.target.password !== undefined ? command('AUTH', this.target.password) : ''
    const answer = await new Promise<Answer>(resolve => {
      let text = ''
      const lost = () => resolve('none')
      const read = (data: Buffer) => {
        text += data.toString('latin1')
        const lines = text.split('\r\n')
        const wanted = lines[auth === '' ? 0 : 1]
        if (wanted !== undefined && lines.length > (auth === '' ? 1 : 2)) resolve(meaning(wanted))
      }
      socket.on('data', read).once('error', lost).once('close', lost).setTimeout(timeoutMs, lost)
      socket.write(auth + command('PING'))
    })
    socket.removeAllListeners().setTimeout(0)
    // The socket may still fail after its last answer; the next PING finds out.
    socket.on('error', () => {}).once('close', () => this.#forget(socket))
    if (answer === 'none') this.close()
    this.#isAsking = false
    return answer
  }

  close(): void {
    this.#socket?.destroy()
    this.#socket = undefined
  }

  #forget(socket: Socket): void {
    if (this.#socket === socket) this.#socket = undefined
  }
}

function command(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map(word => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
}

function meaning(line: string): Answer {
  if (line === '+PONG') return 'pong'
  return line.startsWith('-LOADING') ? 'loading' : 'alive'
}
