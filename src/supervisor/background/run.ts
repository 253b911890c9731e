// Owning an instance in the background, from the order of a starter until the server is stopped.
import { asSkyflyError, EXIT_CODES, fromPlain, plainError } from '../../errors.js'
import { endSignals, serverWrapper } from '../../system/platform.js'
import { Instance } from '../instance.js'
import { AlreadyOwned } from '../owner-lock.js'
import type { StartOrder, StartOutcome } from './start.js'

/** Never rejects: what goes wrong is told to the starter, or is in the log. */
export async function runOrdered({ config, search, ownVariables }: StartOrder): Promise<void> {
  // Asked for the first time it tries setpriv, which takes 4 ms.
  void serverWrapper()
  try {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !ownVariables.includes(name)),
    )
    const instance = await Instance.own(config, {
      env,
      endsProcess: true,
      search: 'failure' in search ? { failure: fromPlain(search.failure) } : search,
    })
    // Nobody sees what this process prints.
    process.once('uncaughtExceptionMonitor', error => instance.note('error', error.stack ?? error.message))
    const stop = () =>
      void instance.stop().catch(() => {
        // It could not save and goes on: its log says so, and there is nobody else to tell.
      })
    for (const signal of endSignals()) process.on(signal, stop)
    void tellReady(instance, stop)
    await instance.run()
  } catch (error) {
    process.exitCode = error instanceof AlreadyOwned ? 0 : EXIT_CODES[asSkyflyError(error).code]
    await tell(error instanceof AlreadyOwned ? { owned: error.message } : { failed: plainError(error) })
  } finally {
    if (process.connected) process.disconnect()
  }
}

/** If the starter is interrupted before the server is ready, nothing is to be left running. */
async function tellReady(instance: Instance, stop: () => void): Promise<void> {
  process.once('disconnect', stop)
  if (!process.connected) stop()
  try {
    const status = await instance.ready()
    process.off('disconnect', stop)
    await tell({ ready: { status, warnings: instance.warnings } })
  } catch {
    // The same error ends run(), and is told there.
  }
}

/** Resolves when it is on its way. A starter that is gone needs no answer. */
async function tell(outcome: StartOutcome): Promise<void> {
  if (process.connected)
    await new Promise<void>(resolve => process.send?.(outcome, undefined, undefined, () => resolve()))
}
