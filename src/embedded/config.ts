// The settings of a running server.
import type { LogLevel } from './log.js'

/** What CONFIG GET tells and CONFIG SET may change. */
export interface EmbeddedConfig {
  readonly bind: string
  readonly port: number
  /** The folder of the snapshot, absolute. */
  readonly dir: string
  /** Empty: nothing is saved. */
  readonly dbfilename: string
  /** Whether a snapshot is written when the server stops. @default true */
  savesAtStop?: boolean
  /** Empty: none. */
  requirepass: string
  /** In bytes; 0: no limit of our own. */
  maxmemory: number
  maxclients: number
  readonly databases: number
  logLevel: LogLevel
}

/** Text of this machine in the form that clients are sent: a character is a byte. */
export const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
