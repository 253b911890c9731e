// A line that the server prints, or that skyfly says itself, becomes a log record.
import type { LogLevel } from '../../config/config.js'
import type { ParsedLine } from '../../engines/engine.js'
import type { LogRecord } from '../record.js'

/** At this moment. */
export function ownRecord(level: LogLevel, msg: string): LogRecord {
  return { time: new Date().toISOString(), level, source: 'skyfly', msg }
}

/** @param parsed what the engine makes of the line; undefined: nothing, so it is kept whole */
export function serverRecord(time: string, line: string, parsed: ParsedLine | undefined): LogRecord {
  if (parsed === undefined) return { time, level: 'info', source: 'server', msg: line }
  const { level, msg, at } = parsed
  return at === undefined
    ? { time, level, source: 'server', msg }
    : { time, level, source: 'server', msg, at }
}
