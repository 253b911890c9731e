// `skyfly logs`: the log as people or programs want it.
import { once } from 'node:events'
import type { Config } from '../../config/config.js'
import { SkyflyError } from '../../errors.js'
import { type Command, OF_INSTANCE } from '../command.js'
import { isColourful } from '../io.js'
import type { Session } from '../session.js'
import { Interruption } from '../signals.js'

interface Options {
  readonly follow?: boolean
  readonly lines?: string
  readonly since?: string
  readonly level?: string
  readonly grep?: string
  readonly json?: boolean
}

export const logs: Command = {
  ...OF_INSTANCE,
  options: [
    ['-f, --follow', 'go on with what comes, until Ctrl-C or the end of the instance'],
    ['-n, --lines <N>', 'only the last N lines (default 100; with --since, --level or --grep: all)'],
    ['--since <TIME>', 'only what is newer: a time span such as 10m, or a date'],
    ['--level <LEVEL>', 'only this level and above: debug, info, warn, error'],
    ['--grep <RE>', 'only lines that match this regular expression'],
    ['--json', 'print the records of the file as they are'],
  ],
  run,
}

const DEFAULT_LINES = 100

async function run({ io }: Session, config: Config, options: Options): Promise<void> {
  const { since, level, grep, follow } = options
  const [{ endOfWriting, logs }, { renderLogLine }] = await Promise.all([
    import('../../operations/logs.js'),
    import('../text/log-line.js'),
  ])
  const isFiltered = since !== undefined || level !== undefined || grep !== undefined
  const lines =
    options.lines === undefined ? (isFiltered ? undefined : DEFAULT_LINES) : linesOf(options.lines)
  const style = options.json === true ? 'json' : isColourful(io.stdout, io.env) ? 'colour' : 'text'
  // Following ends at Ctrl-C, and also when the reader has left, as `head` does.
  const interruption = new Interruption(() => undefined)
  const readerLeft = new AbortController()
  const signal = AbortSignal.any([interruption.signal, readerLeft.signal])
  const aborted = once(signal, 'abort')
  io.stdout.on('error', () => readerLeft.abort())
  interruption.on()
  try {
    const ended = follow === true ? await endOfWriting(config) : undefined
    const filter = { lines, since, level, grep, follow }
    const request = { ...filter, file: config.files.logFile, signal, running: ended !== undefined, ended }
    for await (const batch of logs(request)) {
      if (signal.aborted) return
      const text = batch.map(match => renderLogLine(match, style)).join('')
      if (!io.stdout.write(text)) await Promise.race([once(io.stdout, 'drain'), aborted])
    }
  } finally {
    interruption.off()
  }
}

function linesOf(text: string): number {
  const lines = Number(text)
  if (Number.isInteger(lines) && lines >= 0) return lines
  throw new SkyflyError('usage', `--lines ${text} is not a whole number`, { hint: 'write -n 100' })
}
