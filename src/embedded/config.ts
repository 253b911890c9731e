// The settings of a running server.
import type { LogLevel } from './log.js'

/** What CONFIG GET tells and CONFIG SET may change. */
export interface EmbeddedConfig {
  readonly bind: string
  readonly port: number
  /** The folder of the snapshot, absolute. */
  readonly dir: string
  /** If empty, nothing is saved. */
  readonly dbfilename: string
  /** Whether a snapshot is written when the server stops. @default true */
  savesAtStop?: boolean
  /** If empty, clients need no password. */
  requirepass: string
  /** In bytes; 0 means no limit but Node's heap. */
  maxmemory: number
  maxclients: number
  readonly databases: number
  logLevel: LogLevel
}

/** Converts text of this machine to what clients are sent, where a character is a byte. */
export const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
