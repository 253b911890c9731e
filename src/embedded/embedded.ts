// The engine as a whole: its databases, clients, channels, settings and limits.
import type { Socket } from 'node:net'
import { Blocking } from './blocking.js'
import { Client } from './client.js'
import type { Row } from './command.js'
import { Database } from './keyspace.js'
import type { Limits } from './parser.js'

/** What CONFIG GET tells and CONFIG SET may change. */
export interface EmbeddedConfig {
  readonly bind: string
  readonly port: number
  /** The folder of the snapshot, absolute. */
  readonly dir: string
  /** Empty: nothing is saved. */
  readonly dbfilename: string
  /** Empty: none. */
  requirepass: string
  /** In bytes; 0: no limit of our own. */
  maxmemory: number
  maxclients: number
  readonly databases: number
  logLevel: 'debug' | 'info' | 'warn' | 'error'
}

export const LIMITS: Limits = { maxBulkBytes: 256 * 1024 * 1024, maxRequestBytes: 384 * 1024 * 1024 }

export class Embedded {
  readonly startedAt = Date.now()
  readonly databases: readonly Database[]
  readonly clients = new Map<number, Client>()
  readonly monitors = new Set<Client>()
  readonly blocking = new Blocking()
  /** Subscribers of each channel, and of each pattern. */
  readonly channels = new Map<string, Set<Client>>()
  readonly patterns = new Map<string, Set<Client>>()
  readonly limits = LIMITS
  /** Changes since the last snapshot. */
  dirty = 0
  lastSaveAt = Date.now()
  stats = { commands: 0, connections: 0, expired: 0 }
  #lastId = 0
  /** CLIENT PAUSE: until when, and whether only for writes. */
  pause: { readonly until: number; readonly writesOnly: boolean } | undefined

  constructor(readonly config: EmbeddedConfig) {
    this.databases = Array.from(
      { length: config.databases },
      (_, index) => new Database(index, (db, key) => this.#changed(db, key)),
    )
  }

  get firstDatabase(): Database {
    const [first] = this.databases
    if (first === undefined) throw new Error('there is no database')
    return first
  }

  accept(socket: Socket): void {
    if (this.clients.size >= this.config.maxclients) {
      socket.on('error', () => {})
      socket.end('-ERR max number of clients reached\r\n')
      return
    }
    this.#lastId += 1
    this.stats.connections++
    this.clients.set(this.#lastId, new Client(this.#lastId, socket, this, this.firstDatabase))
  }

  /** A connection ended. */
  left(client: Client): void {
    this.clients.delete(client.id)
    this.monitors.delete(client)
    this.blocking.end(client, undefined)
    for (const channel of client.channels) forget(this.channels, channel, client)
    for (const pattern of client.patterns) forget(this.patterns, pattern, client)
  }

  /** Whether maxmemory is used up. */
  isFull(): boolean {
    return false
  }

  isPaused(_client: Client): boolean {
    return false
  }

  /** Shows a command to those who watch all of them. */
  monitor(_client: Client, _row: Row, _args: readonly string[]): void {}

  #changed(db: Database, key: string): void {
    this.dirty++
    this.blocking.changed(db, key)
  }
}

/** Takes a client out of one of the sets. */
export function forget(sets: Map<string, Set<Client>>, name: string, client: Client): void {
  const clients = sets.get(name)
  clients?.delete(client)
  if (clients?.size === 0) sets.delete(name)
}
