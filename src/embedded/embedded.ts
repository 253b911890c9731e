// The state of the engine: its databases, clients, channels, settings and limits.
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { Blocking } from './blocking.js'
import { Client } from './client.js'
import type { EmbeddedConfig } from './config.js'
import { type Host, NO_HOST } from './host.js'
import { Database } from './keyspace.js'
import { Memory } from './memory.js'
import { Pauses } from './pauses.js'
import type { Limits } from './protocol/parser.js'
import { Saving } from './rdb/saving.js'
import { Subscribers } from './subscribers.js'

export interface EmbeddedLimits extends Limits {
  /** The most bytes of a transaction's answers that wait for the client: Node cannot send 2 GB at once. */
  readonly maxAnswerBytes: number
  /**
   * The most bytes of requests behind a command that blocks. They are read, or nobody would notice that the
   * client left.
   */
  readonly maxBlockedBytes: number
}

export const LIMITS: EmbeddedLimits = {
  maxBulkBytes: 256 * 1024 * 1024,
  maxRequestBytes: 384 * 1024 * 1024,
  maxAnswerBytes: 1024 * 1024 * 1024,
  maxBlockedBytes: 64 * 1024 * 1024,
}

/**
 * How often expired keys that nobody asks for are removed, how many are looked at in one go, and for how
 * long.
 */
const SWEEP_EVERY_MS = 100
const SWEEP_KEYS = 20_000
const SWEEP_MAX_MS = 25

export class Embedded {
  readonly startedAt = Date.now()
  readonly runId = randomBytes(20).toString('hex')
  readonly config: EmbeddedConfig
  readonly databases: readonly Database[]
  readonly clients = new Map<number, Client>()
  readonly monitors = new Set<Client>()
  readonly blocking = new Blocking()
  readonly pauses = new Pauses()
  readonly memory: Memory
  readonly saving: Saving
  readonly channels = new Subscribers()
  readonly patterns = new Subscribers()
  /** Changes since the last snapshot. */
  dirty = 0
  lastSaveAt = Date.now()
  stats = { commands: 0, connections: 0, rejected: 0, expired: 0 }
  /** The port that was taken, even if the configured one is 0. */
  port: number
  #lastId = 0
  readonly #sweeping: NodeJS.Timeout

  constructor(
    config: EmbeddedConfig,
    readonly host: Host = NO_HOST,
    readonly limits: EmbeddedLimits = LIMITS,
  ) {
    this.config = { ...config }
    this.port = config.port
    this.databases = Array.from(
      { length: config.databases },
      (_, index) => new Database(index, (db, key) => this.#changed(db, key)),
    )
    this.memory = new Memory(() => this.config.maxmemory)
    this.saving = new Saving(this)
    // The timer does not keep a process alive that has nothing else to do.
    this.#sweeping = setInterval(() => this.#sweep(), SWEEP_EVERY_MS).unref()
  }

  /** Stops its timers, for a process that goes on without the engine. */
  close(): void {
    clearInterval(this.#sweeping)
    this.saving.dropSpare()
  }

  get firstDatabase(): Database {
    const [first] = this.databases
    if (first === undefined) throw new Error('there is no database')
    return first
  }

  /** Registers a new connection. @returns undefined if it was refused and ends */
  accept(socket: Socket): Client | undefined {
    if (this.saving.isShutDown) {
      socket.destroy()
      return undefined
    }
    if (this.clients.size >= this.config.maxclients) {
      this.stats.rejected++
      socket.on('error', () => {})
      socket.write('-ERR max number of clients reached\r\n')
      socket.destroySoon()
      return undefined
    }
    this.#lastId += 1
    this.stats.connections++
    const client = new Client(this.#lastId, socket, this, this.firstDatabase)
    this.clients.set(client.id, client)
    this.host.log('debug', `Accepted ${client.address}`)
    return client
  }

  /** Forgets a client whose connection has ended. */
  removeClient(client: Client): void {
    this.clients.delete(client.id)
    this.monitors.delete(client)
    this.pauses.forget(client)
    this.blocking.end(client, undefined)
    for (const channel of client.channels) this.channels.remove(channel, client)
    for (const pattern of client.patterns) this.patterns.remove(pattern, client)
    this.host.log('debug', `Client closed connection id=${client.id} addr=${client.address}`)
  }

  #changed(db: Database, key: string): void {
    this.dirty++
    this.blocking.changed(db, key)
  }

  /** As in Redis, a database with many expired keys is swept again at once, but not for long. */
  #sweep(): void {
    if (this.pauses.isOn) return
    const start = performance.now()
    for (const db of this.databases) {
      while (db.expiring > 0) {
        const expired = db.sweep(SWEEP_KEYS)
        this.stats.expired += expired
        if (expired < SWEEP_KEYS / 4 || performance.now() - start > SWEEP_MAX_MS) break
      }
    }
  }
}
