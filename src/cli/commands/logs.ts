// `skyfly logs` at the command line.
import { once } from 'node:events'
import type { Config } from '../../config/config.js'
import { SkyflyError } from '../../errors.js'
import type { LogMatch } from '../../logs/read/read.js'
import { jsonLine, textLine } from '../../logs/record.js'
import { endOfWriting, logs as readLogs } from '../../operations/logs.js'
import { isColourful } from '../io.js'
import type { Session } from '../program.js'

interface Options {
  readonly follow?: boolean
  readonly lines?: string
  readonly since?: string
  readonly level?: string
  readonly grep?: string
  readonly json?: boolean
}

const DEFAULT_LINES = 100

export async function logs({ io }: Session, config: Config, options: Options): Promise<void> {
  const { since, level, grep, follow } = options
  const end = new AbortController()
  // Ctrl-C is how following ends, and a reader that left, as `head` does, wants no more either.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort())
  io.stdout.on('error', () => end.abort())
  const isFiltered = since !== undefined || level !== undefined || grep !== undefined
  const lines =
    options.lines === undefined ? (isFiltered ? undefined : DEFAULT_LINES) : linesOf(options.lines)
  const ended = follow === true ? await endOfWriting(config) : undefined
  const request = {
    file: config.files.logFile,
    lines,
    since,
    level,
    grep,
    follow,
    signal: end.signal,
    running: ended !== undefined,
    ended,
  }
  const colour = isColourful(io.stdout, io.env)
  const aborted = once(end.signal, 'abort')
  for await (const batch of readLogs(request)) {
    if (end.signal.aborted) return
    const text = batch
      .map(match => `${options.json === true ? asJson(match) : asText(match, colour)}\n`)
      .join('')
    if (!io.stdout.write(text)) await Promise.race([once(io.stdout, 'drain'), aborted])
  }
}

/** The line as it stands in the file; a line of a text log has to be made into a record first. */
function asJson({ line, record }: LogMatch): string {
  if (line.startsWith('{')) return line
  return record === undefined ? JSON.stringify({ msg: line }) : jsonLine(record)
}

function asText({ line, record }: LogMatch, colour: boolean): string {
  return record === undefined ? line : textLine(record, colour)
}

function linesOf(text: string): number {
  const lines = Number(text)
  if (Number.isInteger(lines) && lines >= 0) return lines
  throw new SkyflyError('usage', `--lines ${text} is not a whole number`, { hint: 'write -n 100' })
}
