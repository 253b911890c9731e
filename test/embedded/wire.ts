// A connection that shows answers byte for byte, as they come over the wire.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export type Words = readonly (string | number)[]

/** An answer as it came over the wire, and its parts. */
export interface Answer {
  readonly raw: string
  /** For answers without an order: their elements sorted. */
  readonly sorted: string
}

/** A connection that asks in RESP and reads raw answers. A character is a byte. */
export class Wire implements Disposable {
  #received = ''
  #waiting: (() => void) | undefined
  isClosed = false

  private constructor(readonly socket: Socket) {
    socket.setNoDelay(true)
    socket.on('data', chunk => {
      this.#received += chunk.toString('latin1')
      this.#waiting?.()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.isClosed = true
      this.#waiting?.()
    })
  }

  static async open(port: number): Promise<Wire> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new Wire(socket)
  }

  send(words: Words): void {
    const bulks = words.map(word => `$${String(word).length}\r\n${word}\r\n`)
    this.raw(`*${words.length}\r\n${bulks.join('')}`)
  }

  raw(bytes: string): void {
    this.socket.write(bytes, 'latin1')
  }

  /** The next answer. Rejects when the connection ends before it. */
  async read(): Promise<Answer> {
    for (;;) {
      const end = endOf(this.#received, 0)
      if (end !== undefined) {
        const raw = this.#received.slice(0, end)
        this.#received = this.#received.slice(end)
        return { raw, sorted: sortedOf(raw) }
      }
      if (this.isClosed) throw new Error(`the connection ended after ${JSON.stringify(this.#received)}`)
      await new Promise<void>(resolve => {
        this.#waiting = resolve
      })
    }
  }

  ask(...words: Words): Promise<Answer> {
    this.send(words)
    return this.read()
  }

  [Symbol.dispose](): void {
    this.socket.destroy()
  }
}

/** Where the answer ends that begins there; undefined: not all of it has come. */
function endOf(text: string, start: number): number | undefined {
  const line = text.indexOf('\r\n', start)
  if (line === -1) return undefined
  const mark = text[start]
  const rest = text.slice(start + 1, line)
  if (mark === '$' || mark === '=' || mark === '!') {
    if (rest === '-1') return line + 2
    const end = line + 2 + Number(rest) + 2
    return text.length >= end ? end : undefined
  }
  const count = elementsOf(mark, rest)
  let at: number | undefined = line + 2
  for (let element = 0; element < count && at !== undefined; element++) at = endOf(text, at)
  return at
}

function elementsOf(mark: string | undefined, rest: string): number {
  if (mark === '%' || mark === '|') return Number(rest) * 2
  return mark === '*' || mark === '~' || mark === '>' ? Math.max(0, Number(rest)) : 0
}

/** Elements of the outermost collection in an order of their own; of a map, the pairs. */
function sortedOf(raw: string): string {
  const line = raw.indexOf('\r\n')
  const mark = raw[0]
  const count = elementsOf(mark, raw.slice(1, line))
  if (count === 0) return raw
  const elements: string[] = []
  let at = line + 2
  for (let element = 0; element < count; element++) {
    const end = endOf(raw, at) ?? raw.length
    elements.push(raw.slice(at, end))
    at = end
  }
  const pairs =
    mark === '%' ? elements.flatMap((item, i) => (i % 2 === 0 ? [item + elements[i + 1]] : [])) : elements
  return raw.slice(0, line + 2) + pairs.sort().join('')
}
