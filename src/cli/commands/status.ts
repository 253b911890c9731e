// `skyfly status` at the command line.

import type { Config } from '../../config/config.js'
import { EXIT_CODES } from '../../errors.js'
import { status as statusOf } from '../../operations/status.js'
import type { Status } from '../../supervisor/status.js'
import { type Io, workingFolder } from '../io.js'
import type { Session } from '../program.js'

interface Options {
  readonly all?: boolean
  readonly json?: boolean
}

export async function status(session: Session, config: Config, { all, json }: Options): Promise<void> {
  const { io } = session
  const report = all === true ? await statusOfAll(io) : await statusOf(config)
  io.stdout.write(json === true ? `${JSON.stringify(report, null, 2)}\n` : await asText(report, io))
  const isRunning = [report].flat().some(({ state }) => state === 'running')
  if (!isRunning) session.exitCode = EXIT_CODES['not-running']
}

/** One supervisor that hangs does not hide the others: what is wrong with it goes to standard error. */
async function statusOfAll(io: Io): Promise<readonly Status[]> {
  const [{ everyInstance }, { renderError }] = await Promise.all([
    import('./every-instance.js'),
    import('../text/error.js'),
  ])
  const answers = await Promise.allSettled(everyInstance(io).map(statusOf))
  for (const answer of answers)
    if (answer.status === 'rejected') io.stderr.write(renderError(answer.reason, { colour: false }))
  return answers.flatMap(answer => (answer.status === 'fulfilled' ? [answer.value] : []))
}

async function asText(report: Status | readonly Status[], io: Io): Promise<string> {
  const { renderStatus, renderStatuses } = await import('../text/status.js')
  return 'state' in report ? renderStatus(report, workingFolder(io)) : renderStatuses(report)
}
