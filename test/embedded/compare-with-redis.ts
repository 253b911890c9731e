// The embedded engine and a real redis-server side by side, asked the same and compared byte for byte.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { EmbeddedConfig } from '../../src/embedded/config.js'
import { Embedded, type EmbeddedLimits, LIMITS } from '../../src/embedded/embedded.js'
import { listen } from '../../src/embedded/listen.js'
import { redisServer, until } from '../project.js'
import { type Answer, Wire, type Words } from './wire.js'

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

/** The embedded engine, in this process. */
export class EmbeddedServer implements AsyncDisposable {
  private constructor(
    readonly engine: Embedded,
    readonly server: Server,
  ) {}

  static async open(
    config: Partial<EmbeddedConfig> = {},
    limits: Partial<EmbeddedLimits> = {},
  ): Promise<EmbeddedServer> {
    const engine = new Embedded({ ...DEFAULTS, ...config }, undefined, { ...LIMITS, ...limits })
    return new EmbeddedServer(engine, await listen(engine))
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
export class RedisServer implements AsyncDisposable {
  private constructor(
    readonly child: ChildProcess,
    readonly port: number,
    readonly dir: string,
  ) {}

  static async open(
    args: readonly string[] = [],
    dir = mkdtempSync(join(tmpdir(), 'skyfly-real-')),
  ): Promise<RedisServer> {
    const port = await freePort()
    const embedded = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '']
    const child = spawn(redisServer ?? 'redis-server', [...embedded, ...args], {
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    const redis = new RedisServer(child, port, dir)
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`)
      const wire = await Wire.open(port).catch(() => undefined)
      if (wire === undefined) return false
      using asked = wire
      return (await asked.ask('PING')).raw === '+PONG\r\n'
    })
    return redis
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = this.child.exitCode === null ? once(this.child, 'exit') : undefined
    this.child.kill('SIGKILL')
    await ended
    rmSync(this.dir, { recursive: true, force: true })
  }
}

/** A connection to each server, asked the same. */
export class ConnectionPair implements Disposable {
  constructor(
    readonly embedded: Wire,
    readonly redis: Wire,
  ) {}

  static async open(
    embedded: { readonly port: number },
    redis: { readonly port: number },
  ): Promise<ConnectionPair> {
    return new ConnectionPair(await Wire.open(embedded.port), await Wire.open(redis.port))
  }

  /** Asks both, and expects the same bytes; `unordered`: the same elements. */
  async same(words: Words, { unordered = false } = {}): Promise<string> {
    const [embedded, redis] = await Promise.all([this.embedded.ask(...words), this.redis.ask(...words)])
    const told = `${words.join(' ')} ->`
    if (unordered) expect(`${told} ${embedded.sorted}`).toBe(`${told} ${redis.sorted}`)
    else expect(`${told} ${embedded.raw}`).toBe(`${told} ${redis.raw}`)
    return embedded.raw
  }

  /** Asks both whatever they answer: for commands with answers that chance decides. */
  async both(words: Words): Promise<readonly [embedded: Answer, redis: Answer]> {
    return Promise.all([this.embedded.ask(...words), this.redis.ask(...words)])
  }

  [Symbol.dispose](): void {
    this.embedded[Symbol.dispose]()
    this.redis[Symbol.dispose]()
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}
