// `skyfly stop`: one instance, or all of them.
import type { Config } from '../../config/config.js'
import { timeout } from '../../config/kinds.js'
import { EXIT_CODES, plainError, SkyflyError } from '../../errors.js'
import type { StopRequest } from '../../operations/stop.js'
import { ALL_OPTION, type Command, JSON_OPTION, OF_INSTANCE } from '../command.js'
import { FROM_OUTSIDE, sayingSaving } from '../saving.js'
import { type JsonOption, print, type Session } from '../session.js'

interface Options extends JsonOption {
  readonly all?: boolean
  readonly timeout?: string
  readonly force?: boolean
}

export const stop: Command = {
  ...OF_INSTANCE,
  options: [
    ALL_OPTION,
    ['--timeout <TIME>', 'time to stop in before a kill; saving does not count'],
    ['--force', 'kill it at once, without saving'],
    JSON_OPTION,
  ],
  run,
}

async function run(session: Session, config: Config, options: Options): Promise<void> {
  const timeoutMs = options.timeout === undefined ? undefined : timeoutOf(options.timeout)
  const how = { timeoutMs, force: options.force, onSaving: sayingSaving(session.io, FROM_OUTSIDE) }
  if (options.all === true) return stopAll(session, options, how)
  const [{ stop }, { stopText }] = await Promise.all([
    import('../../operations/stop.js'),
    import('../../supervisor/stop/stop-report.js'),
  ])
  const report = await stop(config, how)
  await print(session, options, { json: report, text: () => `${stopText(report)}\n` })
}

/** Failures go to standard error and do not keep the other instances from being stopped. */
async function stopAll(session: Session, options: Options, how: StopRequest): Promise<void> {
  const { io } = session
  const [{ everyInstance }, { stop }, { stopText }, { renderError }] = await Promise.all([
    import('../every-instance.js'),
    import('../../operations/stop.js'),
    import('../../supervisor/stop/stop-report.js'),
    import('../text/error.js'),
  ])
  const ends = await Promise.allSettled(everyInstance(io).map(config => stop(config, how)))
  const reports = ends.flatMap(end =>
    end.status === 'fulfilled' && end.value.engine !== null ? [end.value] : [],
  )
  const failures = ends.flatMap(end => (end.status === 'rejected' ? [end.reason] : []))
  const text = () =>
    reports.length + failures.length === 0
      ? 'nothing is running\n'
      : reports.map(report => `${stopText(report)}\n`).join('')
  const json = [...reports, ...failures.map(failure => ({ error: plainError(failure) }))]
  await print(session, options, { json, text })
  for (const failure of failures) io.stderr.write(renderError(failure, { colour: false }))
  if (failures.length > 0) session.exitCode = EXIT_CODES['stop-failed']
}

function timeoutOf(text: string): number {
  const ms = timeout.read(text, { folder: '', home: '' })
  if (ms !== undefined) return ms
  throw new SkyflyError('usage', `--timeout ${text} is not valid`, { hint: `give ${timeout.allowed}` })
}
