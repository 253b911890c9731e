// The log lines of Redis and Valkey: `5820:M 20 Nov 2026 08:31:31.190 * text`.
import type { LogLevel } from '../../config/config.js'
import type { ParsedLine } from '../engine.js'

const LEVELS: Readonly<Record<string, LogLevel>> = { '.': 'debug', '-': 'debug', '*': 'info', '#': 'warn' }

const PREFIX = /^\d+:[A-Z] \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d\.\d{3} ([.\-*#]) /
/** Written by the signal handler, which may not format a date. */
const SIGNAL_PREFIX = /^\d+:signal-handler \(\d+\) /
/** A refused configuration, and what a crash prints. */
const UNPREFIXED_ERROR = /^(?:\*\*\* |=== |--- |------ )/

/** Reads a line. It may run a million times a second, so the first character decides before any pattern. */
export function parseRedisLine(line: string): ParsedLine | undefined {
  const first = line.charCodeAt(0)
  if (first < 0x30 || first > 0x39)
    return UNPREFIXED_ERROR.test(line) ? { level: 'error', msg: line } : undefined
  const found = PREFIX.exec(line)
  if (found !== null) return { level: LEVELS[found[1] ?? '*'] ?? 'info', msg: line.slice(found[0].length) }
  const signal = SIGNAL_PREFIX.exec(line)
  return signal === null ? undefined : { level: 'info', msg: line.slice(signal[0].length) }
}
