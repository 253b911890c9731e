// `skyfly status`: one instance, or all of them.
import type { Config } from '../../config/config.js'
import { EXIT_CODES, plainError } from '../../errors.js'
import type { Status } from '../../supervisor/status.js'
import { ALL_OPTION, type Command, JSON_OPTION, OF_INSTANCE } from '../command.js'
import { columnsOf, type Io, workingFolder } from '../io.js'
import { type JsonOption, print, type Session } from '../session.js'

interface Options extends JsonOption {
  readonly all?: boolean
}

export const status: Command = { ...OF_INSTANCE, options: [ALL_OPTION, JSON_OPTION], run }

async function run(session: Session, config: Config, options: Options): Promise<void> {
  const { io } = session
  const { status } = await import('../../operations/status.js')
  const { report, json } =
    options.all === true ? await statusOfAll(io, status) : reportOf(await status(config))
  await print(session, options, { json, text: () => textOf(report, io) })
  const isRunning = [report].flat().some(({ state }) => state === 'running')
  if (!isRunning) session.exitCode = EXIT_CODES['not-running']
}

interface Reported {
  readonly report: Status | readonly Status[]
  /** Has the errors as well. */
  readonly json: unknown
}

const reportOf = (report: Status): Reported => ({ report, json: report })

/** A supervisor that hangs does not hide the other instances: its error goes to standard error. */
async function statusOfAll(io: Io, statusOf: (config: Config) => Promise<Status>): Promise<Reported> {
  const [{ everyInstance }, { renderError }] = await Promise.all([
    import('../every-instance.js'),
    import('../text/error.js'),
  ])
  const answers = await Promise.allSettled(everyInstance(io).map(statusOf))
  const failures = answers.flatMap(answer => (answer.status === 'rejected' ? [answer.reason] : []))
  for (const failure of failures) io.stderr.write(renderError(failure, { colour: false }))
  const report = answers.flatMap(answer => (answer.status === 'fulfilled' ? [answer.value] : []))
  return { report, json: [...report, ...failures.map(failure => ({ error: plainError(failure) }))] }
}

async function textOf(report: Status | readonly Status[], io: Io): Promise<string> {
  const { renderStatus, renderStatuses } = await import('../text/status.js')
  return 'state' in report
    ? renderStatus(report, workingFolder(io))
    : renderStatuses(report, columnsOf(io.stdout))
}
