// `skyfly start` at the command line: in the foreground with the log and Ctrl-C, or handed to the background.
import { type Started, startDetached, startHere } from '../../commands/start.js'
import type { Config } from '../../config/config.js'
import { openConsole } from '../../logs/console.js'
import { Instance } from '../../supervisor/instance.js'
import { onInterrupts } from '../interrupts.js'
import { isColourful } from '../io.js'
import type { Session } from '../program.js'
import { renderStarted } from '../render.js'

interface Options {
  readonly detach?: boolean
  readonly json?: boolean
}

export async function start(session: Session, config: Config, options: Options): Promise<void> {
  const { io } = session
  if (options.detach === true) return print(session, await startDetached(config, io.env), options)
  const console = openConsole({
    fd: 1,
    stream: io.stdout,
    colour: isColourful(io.stdout, io.env),
    logFile: config.files.logFile,
  })
  const owned = await startHere(config, { env: io.env, console, endsProcess: true })
  if (!(owned instanceof Instance))
    return print(session, { status: owned, already: true, tookMs: 0 }, options)
  const interrupts = onInterrupts(owned, io)
  try {
    await owned.run()
    await interrupts.stopped()
  } finally {
    interrupts.off()
    await console.flush(FLUSH_MS)
    console.close()
  }
}

/** How long the end waits for a console that is slow to show the last lines. */
const FLUSH_MS = 1_000

function print({ io }: Session, started: Started, { json }: Options): void {
  io.stdout.write(json === true ? `${JSON.stringify(started.status, null, 2)}\n` : renderStarted(started))
}
