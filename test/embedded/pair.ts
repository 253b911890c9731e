// The embedded engine and a real redis-server side by side, asked the same and compared byte for byte.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { EmbeddedConfig } from '../../src/embedded/config.js'
import { Embedded, type EmbeddedLimits, LIMITS } from '../../src/embedded/embedded.js'
import { listen } from '../../src/embedded/listen.js'
import { redisServer, until } from '../project.js'

export type Words = readonly (string | number)[]

/** An answer as it came over the wire, and its parts. */
export interface Answer {
  readonly raw: string
  /** For answers without an order: their elements sorted. */
  readonly sorted: string
}

export const DEFAULTS: EmbeddedConfig = {
  bind: '127.0.0.1',
  port: 0,
  dir: tmpdir(),
  dbfilename: '',
  requirepass: '',
  maxmemory: 0,
  maxclients: 10_000,
  databases: 16,
  logLevel: 'error',
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

/** The embedded engine, in this process. */
export class Own implements AsyncDisposable {
  private constructor(
    readonly engine: Embedded,
    readonly server: Server,
  ) {}

  static async open(
    config: Partial<EmbeddedConfig> = {},
    limits: Partial<EmbeddedLimits> = {},
  ): Promise<Own> {
    const engine = new Embedded({ ...DEFAULTS, ...config }, undefined, { ...LIMITS, ...limits })
    return new Own(engine, await listen(engine))
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.server, 'close')
    this.server.close()
    for (const client of this.engine.clients.values()) client.kill()
    await closed
    this.engine.close()
  }
}

/** redis-server, in a folder of its own. */
export class Real implements AsyncDisposable {
  private constructor(
    readonly child: ChildProcess,
    readonly port: number,
    readonly dir: string,
  ) {}

  static async open(
    args: readonly string[] = [],
    dir = mkdtempSync(join(tmpdir(), 'skyfly-real-')),
  ): Promise<Real> {
    const port = await freePort()
    const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '']
    const child = spawn(redisServer ?? 'redis-server', [...own, ...args], {
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    const real = new Real(child, port, dir)
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`)
      const wire = await Wire.open(port).catch(() => undefined)
      if (wire === undefined) return false
      using asked = wire
      return (await asked.ask('PING')).raw === '+PONG\r\n'
    })
    return real
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = this.child.exitCode === null ? once(this.child, 'exit') : undefined
    this.child.kill('SIGKILL')
    await ended
    rmSync(this.dir, { recursive: true, force: true })
  }
}

/** One connection to each, asked the same. */
export class Pair implements Disposable {
  constructor(
    readonly own: Wire,
    readonly real: Wire,
  ) {}

  static async open(own: { readonly port: number }, real: { readonly port: number }): Promise<Pair> {
    return new Pair(await Wire.open(own.port), await Wire.open(real.port))
  }

  /** Asks both, and expects the same bytes; `unordered`: the same elements. */
  async same(words: Words, { unordered = false } = {}): Promise<string> {
    const [own, real] = await Promise.all([this.own.ask(...words), this.real.ask(...words)])
    const told = `${words.join(' ')} ->`
    if (unordered) expect(`${told} ${own.sorted}`).toBe(`${told} ${real.sorted}`)
    else expect(`${told} ${own.raw}`).toBe(`${told} ${real.raw}`)
    return own.raw
  }

  /** Asks both whatever they answer: for commands with answers that chance decides. */
  async both(words: Words): Promise<readonly [own: Answer, real: Answer]> {
    return Promise.all([this.own.ask(...words), this.real.ask(...words)])
  }

  [Symbol.dispose](): void {
    this.own[Symbol.dispose]()
    this.real[Symbol.dispose]()
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
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
