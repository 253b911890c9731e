// `skyfly stop` at the command line: one instance, or all of them.

import type { Config } from '../../config/config.js'
import { timeout } from '../../config/kinds.js'
import { formatBytes } from '../../config/units.js'
import { EXIT_CODES, SkyflyError } from '../../errors.js'
import { stop as stopInstance } from '../../operations/stop.js'
import { stopText } from '../../supervisor/stop/stop-report.js'
import type { Io } from '../io.js'
import type { Session } from '../program.js'
import { renderError } from '../text/error.js'
import { everyInstance } from './every-instance.js'

interface Options {
  readonly all?: boolean
  readonly timeout?: string
  readonly force?: boolean
  readonly json?: boolean
}

export async function stop(session: Session, config: Config, options: Options): Promise<void> {
  const { io } = session
  const timeoutMs = options.timeout === undefined ? undefined : timeoutOf(options.timeout)
  const stopOptions = { timeoutMs, force: options.force, onSaving: sayingSaving(io) }
  if (options.all !== true) {
    const report = await stopInstance(config, stopOptions)
    return void io.stdout.write(
      options.json === true ? `${JSON.stringify(report, null, 2)}\n` : `${stopText(report)}\n`,
    )
  }
  const instances = everyInstance(io)
  const ends = await Promise.allSettled(instances.map(instance => stopInstance(instance, stopOptions)))
  const reports = ends.flatMap(end =>
    end.status === 'fulfilled' && end.value.engine !== null ? [end.value] : [],
  )
  const failures = ends.flatMap(end => (end.status === 'rejected' ? [end.reason] : []))
  if (options.json === true) io.stdout.write(`${JSON.stringify(reports, null, 2)}\n`)
  else
    io.stdout.write(
      reports.length + failures.length === 0
        ? 'nothing is running\n'
        : reports.map(report => `${stopText(report)}\n`).join(''),
    )
  for (const failure of failures) io.stderr.write(renderError(failure, { colour: false }))
  if (failures.length > 0) session.exitCode = EXIT_CODES['stop-failed']
}

const SAYING_MS = 3_000

/** Says now and then that a snapshot is being written. */
export function sayingSaving({ stderr }: Io): (bytes: number) => void {
  let told = Date.now()
  return bytes => {
    if (Date.now() - told < SAYING_MS) return
    told = Date.now()
    stderr.write(
      `saving the snapshot, ${formatBytes(bytes)} so far; \`skyfly stop --force\` ends it without saving\n`,
    )
  }
}

function timeoutOf(text: string): number {
  const ms = timeout.read(text, { folder: '', home: '' })
  if (ms !== undefined) return ms
  throw new SkyflyError('usage', `--timeout ${text} is not valid`, { hint: `give ${timeout.allowed}` })
}
