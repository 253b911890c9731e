// `skyfly start` in the foreground: the log on the console, and what Ctrl-C means to the server.
import type { Config } from '../config/config.js'
import { openConsole } from '../logs/write/console.js'
import { startHere } from '../operations/start.js'
import { Instance } from '../supervisor/instance.js'
import type { Status } from '../supervisor/status.js'
import { leaveLostTerminal } from '../system/lost-terminal.js'
import { onOwnerSignals } from '../system/signals.js'
import { printable } from '../system/terminal-text.js'
import { whileFetching } from './fetching.js'
import { type Io, isColourful } from './io.js'
import { sayingSaving } from './saving.js'
import { onEndSignals } from './signals.js'

/** How long to wait at the end for a console that is slow to show the last lines. */
const FLUSH_MS = 1_000

/**
 * Runs the server until it is stopped.
 * @returns the status of an instance that was running already, else undefined
 */
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
  const interrupts = stopOnSignals(owned, io)
  leaveLostTerminal()
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

interface Interrupts {
  /** Waits for the stop that a signal asked for, if one did. @throws why that stop failed */
  stopped(): Promise<void>
  off(): void
}

/** The first signal stops gracefully; a second Ctrl-C kills. */
function stopOnSignals(instance: Instance, io: Io): Interrupts {
  let stop: Promise<unknown> | undefined
  let onSaving: ((bytes: number) => void) | undefined
  const saying = (bytes: number) => onSaving?.(bytes)
  const end = (force: boolean) => {
    onSaving = sayingSaving(io, { everyMs: 1_000, instead: 'Ctrl-C again' })
    stop = instance.stop({ force })
    // stopped() throws the error. A refusal leaves the server running, so it is shown at once and Ctrl-C can
    // try again.
    stop.catch((error: Error) => {
      if (instance.status.state !== 'running') return
      stop = undefined
      io.stderr.write(
        `skyfly: ${printable(error.message)}\nhint: mend that and press Ctrl-C again; pressed twice it ends without saving\n`,
      )
    })
  }
  const off = onEndSignals((signal, { isSame }) => {
    if (stop === undefined) end(false)
    else if (signal === 'SIGINT' && !isSame) end(true)
  })
  const offOthers = onOwnerSignals(() => stop ?? end(false))
  instance.on('saving', saying)
  return {
    stopped: async () => void (await stop),
    off: () => {
      off()
      offOthers()
      instance.off('saving', saying)
    },
  }
}
