// `skyfly restart` at the command line.
import { restart as restartInstance } from '../../commands/restart.js'
import type { Config } from '../../config/config.js'
import { flagsFrom } from '../../config/settings.js'
import { EXIT_CODES, SkyflyError } from '../../errors.js'
import { workingFolder } from '../io.js'
import type { Session } from '../program.js'
import { renderStarted } from '../render.js'
import { renderError } from '../render-error.js'
import { sayingSaving } from './stop.js'

/** The settings given anew are among them. */
interface Options extends Readonly<Record<string, unknown>> {
  readonly json?: boolean
}

export async function restart(session: Session, config: Config, options: Options): Promise<void> {
  const { io, serverArgs } = session
  const onSaving = sayingSaving(io)
  const started = await restartInstance(config, {
    flags: flagsFrom(options),
    serverArgs,
    cwd: workingFolder(io),
    env: io.env,
    onSaving,
  })
  io.stdout.write(
    options.json === true ? `${JSON.stringify(started.status, null, 2)}\n` : renderStarted(started),
  )
  if (started.lost === null) return
  io.stderr.write(renderError(new SkyflyError('stop-failed', started.lost), { colour: false }))
  session.exitCode = EXIT_CODES['stop-failed']
}
