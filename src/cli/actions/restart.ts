// `skyfly restart` at the command line.
import { restart as restartInstance } from '../../commands/restart.js'
import type { Config } from '../../config/config.js'
import type { Flags } from '../../config/settings.js'
import type { Session } from '../program.js'
import { renderStarted } from '../render.js'
import { sayingSaving } from './stop.js'

interface Options {
  readonly json?: boolean
}

export async function restart(
  session: Session,
  config: Config,
  flags: Flags,
  { json }: Options,
): Promise<void> {
  const { io, serverArgs } = session
  const onSaving = sayingSaving(io)
  const started = await restartInstance(config, { flags, serverArgs, cwd: io.cwd(), env: io.env, onSaving })
  io.stdout.write(json === true ? `${JSON.stringify(started.status, null, 2)}\n` : renderStarted(started))
}
