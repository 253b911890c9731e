// `skyfly status` at the command line.
import { status as statusOf } from '../../commands/status.js'
import type { Config } from '../../config/config.js'
import { EXIT_CODES } from '../../errors.js'
import { workingFolder } from '../io.js'
import type { Session } from '../program.js'
import { renderStatus, renderStatuses } from '../render.js'

interface Options {
  readonly all?: boolean
  readonly json?: boolean
}

export async function status(session: Session, config: Config, options: Options): Promise<void> {
  const { io } = session
  if (options.all === true) {
    const { everyInstance } = await import('../every-instance.js')
    const answers = await Promise.allSettled(everyInstance(io).map(statusOf))
    const statuses = answers.flatMap(answer => (answer.status === 'fulfilled' ? [answer.value] : []))
    const { renderError } = await import('../render-error.js')
    // One supervisor that hangs does not hide the others.
    for (const answer of answers)
      if (answer.status === 'rejected') io.stderr.write(renderError(answer.reason, { colour: false }))
    io.stdout.write(
      options.json === true ? `${JSON.stringify(statuses, null, 2)}\n` : renderStatuses(statuses),
    )
    if (!statuses.some(({ state }) => state === 'running')) session.exitCode = EXIT_CODES['not-running']
    return
  }
  const found = await statusOf(config)
  io.stdout.write(
    options.json === true ? `${JSON.stringify(found, null, 2)}\n` : renderStatus(found, workingFolder(io)),
  )
  if (found.state !== 'running') session.exitCode = EXIT_CODES['not-running']
}
