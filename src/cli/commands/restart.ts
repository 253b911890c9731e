// `skyfly restart`: with the settings of the running server, except for those given now.
import type { Config } from '../../config/config.js'
import { flagsFrom } from '../../config/settings.js'
import { EXIT_CODES, plainError, SkyflyError } from '../../errors.js'
import {
  type Options as AnyOptions,
  type Command,
  JSON_OPTION,
  QUIET_OPTION,
  SERVER_USAGE,
} from '../command.js'
import { whileFetching } from '../fetching.js'
import { workingFolder } from '../io.js'
import { FROM_OUTSIDE, sayingSaving } from '../saving.js'
import { type JsonOption, print, type Session } from '../session.js'

/** Includes the settings that are given now. */
interface Options extends AnyOptions, JsonOption {
  readonly quiet?: boolean
}

export const restart: Command = {
  usage: SERVER_USAGE,
  settings: 'all',
  options: [QUIET_OPTION, JSON_OPTION],
  run,
}

async function run(session: Session, config: Config, options: Options): Promise<void> {
  const { io, serverArgs } = session
  const { restart } = await import('../../operations/restart.js')
  const onSaving = sayingSaving(io, FROM_OUTSIDE)
  const started = await whileFetching(io, options, watching =>
    restart(config, {
      ...watching,
      flags: flagsFrom(options),
      serverArgs,
      cwd: workingFolder(io),
      env: io.env,
      onSaving,
    }),
  )
  for (const warning of started.warnings) io.stderr.write(`warning: ${warning}\n`)
  const { renderStarted } = await import('../text/status.js')
  const text = () => renderStarted(started)
  if (started.lost === null) return print(session, options, { json: started.status, text })
  const error = new SkyflyError('stop-failed', started.lost)
  await print(session, options, { json: { ...started.status, error: plainError(error) }, text })
  const { renderError } = await import('../text/error.js')
  io.stderr.write(renderError(error, { colour: false }))
  session.exitCode = EXIT_CODES['stop-failed']
}
