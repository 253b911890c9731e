// What Ctrl-C and the signals of a closing terminal mean to a command.
import { endSignals } from '../system/signals.js'

/**
 * npm and npx pass Ctrl-C on to a child that the terminal has told already: a second signal within this time
 * is the same press.
 */
const SAME_PRESS_MS = 500

/** Calls back at every signal that asks this process to end. @returns the way to stop that */
export function onEndSignals(
  callback: (signal: NodeJS.Signals, press: { readonly isSame: boolean }) => void,
): () => void {
  let pressedAt = Number.NEGATIVE_INFINITY
  const onSignal = (signal: NodeJS.Signals) => {
    const isSame = performance.now() - pressedAt < SAME_PRESS_MS
    pressedAt = performance.now()
    callback(signal, { isSame })
  }
  const signals = endSignals()
  for (const signal of signals) process.on(signal, onSignal)
  return () => {
    for (const signal of signals) process.off(signal, onSignal)
  }
}

/**
 * The first signal aborts what the command does, so that it can clean up; a second one ends the process at
 * once.
 */
export class Interruption {
  readonly #abort = new AbortController()
  #stopListening = () => {}

  /** @param reason what the work under way is aborted with */
  constructor(readonly reason: (signal: NodeJS.Signals) => unknown) {}

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  on(): void {
    this.off()
    this.#stopListening = onEndSignals((signal, { isSame }) => {
      if (!this.signal.aborted) this.#abort.abort(this.reason(signal))
      else if (!isSame) {
        this.off()
        process.kill(process.pid, signal)
      }
    })
  }

  /** From now on a signal means again what it means to any program. It may be called more than once. */
  off(): void {
    this.#stopListening()
  }
}
