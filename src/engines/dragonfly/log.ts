// The log lines of Dragonfly: `I20261120 07:42:20.896796  9105 init.cc:144] text`.
import type { LogLevel } from '../../config/config.js'
import type { ParsedLine } from '../engine.js'

const ESCAPE = 0x1b
const COLOURS = /\x1b\[[\d;]*m/g
/** A refused command line, and what a crash prints: stack, signal, program counter. */
const UNPREFIXED_ERROR = /^(?:ERROR: |\*\*\* |PC: @|\s+@ +(?:0x|\())/

/** Reads a line. It may run a million times a second, so the first character is looked at first. */
export function parseGlogLine(line: string): ParsedLine | undefined {
  switch (line.charCodeAt(0)) {
    case 0x49: // I
      return prefixed(line, 'info')
    case 0x57: // W
      return prefixed(line, 'warn')
    case 0x45: // E
      return prefixed(line, 'error') ?? unprefixed(line)
    case 0x46: // F
      return prefixed(line, 'error')
    case ESCAPE:
      // --colorlogtostderr adds colours even on a pipe.
      return parseGlogLine(line.replace(COLOURS, ''))
    default:
      return unprefixed(line)
  }
}

const SPACE = 0x20
const COLON = 0x3a
const DOT = 0x2e

/** Reads by columns, which takes half the time of a pattern. */
function prefixed(line: string, level: LogLevel): ParsedLine | undefined {
  // The year is left out with --log_year_in_prefix=false.
  const date = line.charCodeAt(9) === SPACE ? 8 : 4
  const code = (column: number) => line.charCodeAt(date + column)
  if (code(1) !== SPACE || code(4) !== COLON || code(7) !== COLON || code(10) !== DOT || code(17) !== SPACE)
    return undefined
  const end = line.indexOf('] ', date + 18)
  if (end === -1) return undefined
  const position = line.lastIndexOf(' ', end) + 1
  const msg = line.slice(end + 2)
  return { level: level === 'warn' && isUsual(msg) ? 'info' : level, msg, at: line.slice(position, end) }
}

/** Warnings of every healthy first start: nothing to load, and a lower limit of open files than it wants. */
const isUsual = (msg: string) =>
  msg === 'Load snapshot: No snapshot found' || msg.startsWith("Couldn't increase the open files limit")

function unprefixed(line: string): ParsedLine | undefined {
  if (!UNPREFIXED_ERROR.test(line)) return undefined
  return { level: 'error', msg: line.startsWith('ERROR: ') ? line.slice('ERROR: '.length) : line }
}
