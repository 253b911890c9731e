// `skyfly restart` at the command line.

import type { Config } from '../../config/config.js'
import { flagsFrom } from '../../config/settings.js'
import { EXIT_CODES, SkyflyError } from '../../errors.js'
import { restart as restartInstance } from '../../operations/restart.js'
import { workingFolder } from '../io.js'
import type { Session } from '../program.js'
import { renderError } from '../text/error.js'
import { renderStarted } from '../text/status.js'
import { whileFetching } from './fetching.js'
import { sayingSaving } from './stop.js'

/** The settings given anew are among them. */
interface Options extends Readonly<Record<string, unknown>> {
  readonly json?: boolean
  readonly quiet?: boolean
}

export async function restart(session: Session, config: Config, options: Options): Promise<void> {
  const { io, serverArgs } = session
  const onSaving = sayingSaving(io)
  const started = await whileFetching(io, options, watching =>
    restartInstance(config, {
      ...watching,
      flags: flagsFrom(options),
      serverArgs,
      cwd: workingFolder(io),
      env: io.env,
      onSaving,
    }),
  )
  for (const warning of started.warnings) io.stderr.write(`warning: ${warning}\n`)
  io.stdout.write(
    options.json === true ? `${JSON.stringify(started.status, null, 2)}\n` : renderStarted(started),
  )
  if (started.lost === null) return
  io.stderr.write(renderError(new SkyflyError('stop-failed', started.lost), { colour: false }))
  session.exitCode = EXIT_CODES['stop-failed']
}
