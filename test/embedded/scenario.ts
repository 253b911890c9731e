// Several clients of one server, step by step: who asks, who waits, who is answered.
import { until } from '../project.js'
import { Wire } from './wire.js'

/**
 * What several clients do, one line a step: a client, a mark, a request; `#a` is the number of client a.
 *   a  LLEN k     asks, and waits for the answer
 *   a+ BLPOP k 0  asks, and is blocked
 *   a> PING       only sends
 *   a?            reads an answer to what it sent
 *   a-            ends its connection while it is blocked
 *   a!            its connection is ended by the server
 *   =             how many are blocked
 */
export type Scenario = readonly string[]

/** Its transcript: each step with what came of it. */
export async function play(scenario: Scenario, port: number, protocol: 2 | 3): Promise<string[]> {
  await using clients = new Clients(port, protocol)
  const control = await clients.wireOf('control')
  await control.ask('FLUSHALL')
  const transcript: string[] = []
  for (const step of scenario) {
    const [, name = '', mark = '', request = ''] = /^(\w*)([^\w\s]?)\s?(.*)$/.exec(step) ?? []
    const before = await blockedOf(control)
    if (name === '') {
      transcript.push(`${step} ${before}`)
      continue
    }
    const wire = await clients.wireOf(name)
    if (mark === '-') wire.socket.destroy()
    else if (mark !== '?' && mark !== '!') wire.send(request.split(' ').map(word => clients.numbered(word)))
    if (mark === '+') await until(async () => (await blockedOf(control)) === before + 1)
    if (mark === '-') await until(async () => (await blockedOf(control)) === before - 1)
    if (mark === '!') await until(() => wire.isClosed)
    transcript.push(mark === '' || mark === '?' ? `${step} -> ${(await wire.read()).raw}` : step)
  }
  return transcript
}

class Clients implements AsyncDisposable {
  readonly #wires = new Map<string, Wire>()
  readonly #ids = new Map<string, string>()

  constructor(
    readonly port: number,
    readonly protocol: 2 | 3,
  ) {}

  async wireOf(name: string): Promise<Wire> {
    const known = this.#wires.get(name)
    if (known !== undefined) return known
    const wire = await Wire.open(this.port)
    this.#wires.set(name, wire)
    await wire.ask('HELLO', this.protocol)
    this.#ids.set(name, (await wire.ask('CLIENT', 'ID')).raw.slice(1).trim())
    return wire
  }

  /** `#a` is the number of client a. */
  numbered(word: string): string {
    return word.startsWith('#') ? (this.#ids.get(word.slice(1)) ?? '') : word
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const wire of this.#wires.values()) wire[Symbol.dispose]()
    // A client that the server still takes for blocked would count in the next scenario.
    using last = await Wire.open(this.port)
    await until(async () => (await blockedOf(last)) === 0)
  }
}

export async function blockedOf(wire: Wire): Promise<number> {
  const { raw } = await wire.ask('INFO', 'clients')
  return Number(/blocked_clients:(\d+)/.exec(raw)?.[1])
}
