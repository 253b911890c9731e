// The log lines of Garnet: `04::15::30 info: GarnetServer[0] text`, and a banner in colours before them.
import type { LogLevel } from '../../config/config.js'
import type { ParsedLine } from '../engine.js'

const LEVELS: Readonly<Record<string, LogLevel>> = {
  trce: 'debug',
  dbug: 'debug',
  info: 'info',
  warn: 'warn',
  fail: 'error',
  crit: 'error',
}

const ESCAPE = 0x1b
const COLOURS = /\x1b\[[\d;]*m/g
/** Its hours go to 12 and begin again, so skyfly takes its own time. */
const PREFIX = /^\d\d::\d\d::\d\d ([a-z]{4}): ([\w.]+)\[\d+\] ?/
/** What it prints about itself, without a level. */
const STAR = '* '
/** A start that failed, a refused command line, and how .NET reports a crash. */
const UNPREFIXED_ERROR =
  /^(?:Unable to initialize server|ERROR\(S\):|Encountered error|Unhandled exception|Fatal error|You must install|\s+Option '|\s+at [\w.]+[.(`])/

/** Reads a line of Garnet. This may run often, so it looks at the first character before any pattern. */
export function parseGarnetLine(line: string): ParsedLine | undefined {
  const first = line.charCodeAt(0)
  if (first >= 0x30 && first <= 0x39) return prefixed(line)
  if (line.startsWith(STAR)) return { level: 'info', msg: line.slice(STAR.length) }
  if (UNPREFIXED_ERROR.test(line)) return { level: 'error', msg: line.trim() }
  // The banner is coloured even on a pipe, and begins with blanks.
  if (first === ESCAPE || line.includes('\x1b[')) return { level: 'info', msg: line.replace(COLOURS, '') }
  return undefined
}

function prefixed(line: string): ParsedLine | undefined {
  const [prefix, word = '', at = ''] = PREFIX.exec(line) ?? []
  const level = LEVELS[word]
  return prefix === undefined || level === undefined
    ? undefined
    : { level, msg: line.slice(prefix.length), at }
}
