// `skyfly status` at the command line.
import { status as statusOf } from '../../commands/status.js'
import type { Config } from '../../config/config.js'
import { EXIT_CODES } from '../../errors.js'
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
    const statuses = await Promise.all(everyInstance(io).map(statusOf))
    io.stdout.write(
      options.json === true ? `${JSON.stringify(statuses, null, 2)}\n` : renderStatuses(statuses),
    )
    if (!statuses.some(({ state }) => state === 'running')) session.exitCode = EXIT_CODES['not-running']
    return
  }
  const found = await statusOf(config)
  io.stdout.write(
    options.json === true ? `${JSON.stringify(found, null, 2)}\n` : renderStatus(found, io.cwd()),
  )
  if (found.state !== 'running') session.exitCode = EXIT_CODES['not-running']
}
