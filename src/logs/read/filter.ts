// Which lines of a log somebody wants to see.
import type { LogLevel } from '../../config/config.js'
import { parseRecord } from '../record.js'

export interface LogFilter {
  /** Records of this moment and later. */
  readonly since?: Date | undefined
  /** Records of this level and above. */
  readonly level?: LogLevel | undefined
  /** Records whose message matches. */
  readonly grep?: RegExp | undefined
}

/** The filter as a test of one line of a log file; undefined: every line passes. */
export function lineMatcher({ since, level, grep }: LogFilter): ((line: string) => boolean) | undefined {
  if (since === undefined && level === undefined && grep === undefined) return undefined
  // ISO times of the same length sort as text.
  const earliest = since?.toISOString() ?? ''
  const lowest = level === undefined ? 0 : RANKS[level]
  const wanted = grep === undefined ? undefined : stateless(grep)
  const isUnbounded = earliest === '' && lowest === 0
  return line => {
    const record = parseRecord(line)
    // A line that is not a record has neither time nor level, only text.
    if (record === undefined) return isUnbounded && wanted?.test(line) === true
    return (
      record.time >= earliest &&
      RANKS[record.level] >= lowest &&
      (wanted === undefined || wanted.test(record.msg))
    )
  }
}

const RANKS = { debug: 0, info: 1, warn: 2, error: 3 } as const satisfies Record<LogLevel, number>

/**
 * With `g` or `y`, a regular expression would continue where its last match ended, although that was in
 * another line.
 */
function stateless(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
}
