// The log lines of Dragonfly: `I20261120 07:42:20.896796  9105 init.cc:144] text`.
import type { Level, ParsedLine } from './engine.js'

const LEVELS: Readonly<Record<string, Level>> = { I: 'info', W: 'warn', E: 'error', F: 'error' }

const ESCAPE = 0x1b
const COLOURS = /\x1b\[[\d;]*m/g
/** The year is left out with --log_year_in_prefix=false. */
const PREFIX = /^([IWEF])\d{4}(?:\d{4})? \d\d:\d\d:\d\d\.\d{6} +\d+ ([^\]\s]+)\] /
/** A refused command line, and what a crash prints: stack, signal, program counter. */
const UNPREFIXED_ERROR = /^(?:ERROR: |\*\*\* |PC: @|\s+@ +(?:0x|\())/

/** Reads a line of Dragonfly. It runs a million times a second, so the first character is looked at before any pattern. */
export function parseGlogLine(line: string): ParsedLine | undefined {
  switch (line.charCodeAt(0)) {
    case 0x49: // I
    case 0x57: // W
    case 0x46: // F
      return prefixed(line)
    case 0x45: // E
      return prefixed(line) ?? unprefixed(line)
    case ESCAPE:
      // --colorlogtostderr colours on a pipe, too.
      return parseGlogLine(line.replace(COLOURS, ''))
    default:
      return unprefixed(line)
  }
}

function prefixed(line: string): ParsedLine | undefined {
  const found = PREFIX.exec(line)
  if (found === null) return undefined
  const [prefix, letter = 'I', at = ''] = found
  return { level: LEVELS[letter] ?? 'info', msg: line.slice(prefix.length), at }
}

function unprefixed(line: string): ParsedLine | undefined {
  if (!UNPREFIXED_ERROR.test(line)) return undefined
  return { level: 'error', msg: line.startsWith('ERROR: ') ? line.slice('ERROR: '.length) : line }
}
