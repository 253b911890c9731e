// What one line of the log is: the record, its JSON line, and its text for people.
import type { Level } from '../engines/engine.js'

/** One line of the log. `source` is `server` for what the server printed, `skyfly` for what skyfly did. */
export interface LogRecord {
  /** ISO 8601 with milliseconds, UTC: when skyfly received the line. */
  readonly time: string
  readonly level: Level
  readonly source: 'server' | 'skyfly'
  readonly msg: string
  /** Source position in the server's code, where the line tells one. */
  readonly at?: string
}
