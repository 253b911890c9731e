// What Ctrl-C and the signals of a closing terminal mean to a server in the foreground.
import { formatBytes } from '../../config/units.js'
import type { Instance } from '../../supervisor/instance.js'
import { endSignals } from '../../system/platform.js'
import type { Io } from '../io.js'

export interface Interrupts {
  /** Throws what the stop that a signal asked for came to, if it failed. */
  stopped(): Promise<void>
  off(): void
}

/** npm and npx pass Ctrl-C on to a child that the terminal has told already: within this time it is the same one. */
export const SAME_PRESS_MS = 500
const PATIENCE_MS = 1_000

/** The first signal stops gracefully; a second Ctrl-C kills. */
export function onInterrupts(instance: Instance, { stderr }: Io): Interrupts {
  let stop: Promise<unknown> | undefined
  let pressedAt = 0
  let told = 0
  const tellSaving = (bytes: number) => {
    if (Date.now() - told < PATIENCE_MS) return
    told = Date.now()
    stderr.write(`saving the snapshot, ${formatBytes(bytes)} so far; Ctrl-C again ends it without saving\n`)
  }
  const end = (force: boolean) => {
    told = Date.now()
    stop = instance.stop({ force })
    // Thrown by stopped(); a refusal leaves the server running, so it is told at once, and another Ctrl-C tries again.
    stop.catch((error: Error) => {
      if (instance.status.state !== 'running') return
      stop = undefined
      stderr.write(
        `skyfly: ${error.message}\nhint: mend that and press Ctrl-C again; pressed twice it ends without saving\n`,
      )
    })
  }
  const onSignal = (signal: NodeJS.Signals) => {
    const isAgain = stop !== undefined
    const isSamePress = Date.now() - pressedAt < SAME_PRESS_MS
    pressedAt = Date.now()
    if (!isAgain) end(false)
    else if (signal === 'SIGINT' && !isSamePress) end(true)
  }
  const signals = endSignals()
  for (const signal of signals) process.on(signal, onSignal)
  instance.on('saving', tellSaving)
  return {
    stopped: async () => void (await stop),
    off: () => {
      for (const signal of signals) process.off(signal, onSignal)
      instance.off('saving', tellSaving)
    },
  }
}
