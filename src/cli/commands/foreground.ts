// `skyfly start` in the foreground: the log on the console, and Ctrl-C.

import type { Config } from '../../config/config.js'
import { openConsole } from '../../logs/write/console.js'
import { startHere } from '../../operations/start.js'
import { Instance } from '../../supervisor/instance.js'
import type { Status } from '../../supervisor/status.js'
import { type Io, isColourful } from '../io.js'
import { whileFetching } from './fetching.js'
import { onInterrupts } from './interrupts.js'

/** How long the end waits for a console that is slow to show the last lines. */
const FLUSH_MS = 1_000

/** Runs the server until it is stopped; undefined then. If the instance runs already, its status. */
export async function runInForeground(
  config: Config,
  io: Io,
  { quiet }: { quiet: boolean | undefined },
): Promise<Status | undefined> {
  const colour = isColourful(io.stdout, io.env)
  const console = openConsole({ fd: 1, stream: io.stdout, colour, logFile: config.files.logFile })
  const owned = await whileFetching(io, { quiet }, watching =>
    startHere(config, { env: io.env, console, endsProcess: true }, watching),
  )
  if (!(owned instanceof Instance)) return owned
  const interrupts = onInterrupts(owned, io)
  try {
    await owned.run()
    await interrupts.stopped()
    return undefined
  } finally {
    interrupts.off()
    await console.flush(FLUSH_MS)
    console.close()
  }
}
