// `skyfly start`: in the foreground, or handed to the background.
import type { Config } from '../../config/config.js'
import { type Command, JSON_OPTION, QUIET_OPTION, SERVER_USAGE } from '../command.js'
import { whileFetching } from '../fetching.js'
import type { Io } from '../io.js'
import { type JsonOption, print, type Session } from '../session.js'

interface Options extends JsonOption {
  readonly detach?: boolean
  readonly quiet?: boolean
}

export const start: Command = {
  usage: SERVER_USAGE,
  settings: 'all',
  options: [
    ['-d, --detach', 'start it in the background; return when it is ready'],
    QUIET_OPTION,
    JSON_OPTION,
  ],
  run,
}

async function run(session: Session, config: Config, options: Options): Promise<void> {
  const { io } = session
  const started = await (options.detach === true ? inBackground : inForeground)(config, io, options)
  if (started === undefined) return
  for (const warning of started.warnings) io.stderr.write(`warning: ${warning}\n`)
  const { renderStarted } = await import('../text/status.js')
  await print(session, options, { json: started.status, text: () => renderStarted(started) })
}

async function inBackground(config: Config, io: Io, { quiet }: Options) {
  const { startDetached } = await import('../../operations/start.js')
  return whileFetching(io, { quiet }, watching => startDetached(config, io.env, watching))
}

/** Undefined if it ran and has been stopped. */
async function inForeground(config: Config, io: Io, { quiet }: Options) {
  const { runInForeground } = await import('../foreground.js')
  const status = await runInForeground(config, io, { quiet })
  return status && { status, warnings: [], already: true, tookMs: 0 }
}
