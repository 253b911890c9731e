// Lines of a log as `skyfly logs` prints them.
import type { LogMatch } from '../../logs/read/read.js'
import { jsonLine, textLine } from '../../logs/record.js'
import { printable } from '../../system/terminal-text.js'

export type LogLineStyle = 'json' | 'text' | 'colour'

export function renderLogLine({ line, record }: LogMatch, style: LogLineStyle): string {
  if (style !== 'json')
    return `${record === undefined ? printable(line) : textLine(record, style === 'colour')}\n`
  // A line of a text log has to be made into a record first.
  if (line.startsWith('{')) return `${line}\n`
  return `${record === undefined ? JSON.stringify({ msg: line }) : jsonLine(record)}\n`
}
