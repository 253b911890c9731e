// Owning an instance in the background, from the order of a starter until the server is stopped.
import { asSkyflyError, EXIT_CODES, fromPlain, plainError } from '../../errors.js'
import { endSignals, onOwnerSignals } from '../../system/signals.js'
import { serverWrapper } from '../../system/spawning.js'
import { listenToTrace } from '../../system/trace.js'
import { Instance } from '../instance.js'
import { AlreadyOwned } from '../owner-lock.js'
import type { StartOrder, StartOutcome, Traced } from './start.js'

/** Never rejects: what goes wrong is reported to the starter, or is in the log. */
export async function runOrdered(order: StartOrder): Promise<void> {
  // The first call tries setpriv, which takes 4 ms, so make it early.
  void serverWrapper()
  const { config, search, ownVariables } = order
  let instance: Instance | undefined
  if (order.isTraced) await passTraceOn(text => instance?.note('debug', text))
  try {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !ownVariables.includes(name)),
    )
    const own = await Instance.own(config, {
      env,
      endsProcess: true,
      search: 'failure' in search ? { failure: fromPlain(search.failure) } : search,
    })
    instance = own
    // Nobody sees what this process prints, so a crash has to go to the log.
    process.once('uncaughtExceptionMonitor', error => own.note('error', error.stack ?? error.message))
    const stop = () =>
      void own.stop().catch(() => {
        // The server could not save and runs on: the log says so, and there is nobody else to tell.
      })
    for (const signal of endSignals()) process.on(signal, stop)
    onOwnerSignals(stop)
    void tellReady(own, stop)
    await own.run()
    // After "ready" nobody listens any more.
    await own.ready().catch(error => tell({ failed: plainError(error) }))
  } catch (error) {
    process.exitCode = error instanceof AlreadyOwned ? 0 : EXIT_CODES[asSkyflyError(error).code]
    await tell(error instanceof AlreadyOwned ? { owned: error.message } : { failed: plainError(error) })
  } finally {
    if (process.connected) process.disconnect()
  }
}

/** Sends the trace to the starter as long as it listens, and afterwards to the log. */
async function passTraceOn(note: (text: string) => void): Promise<void> {
  const { secretsRemover } = await import('../../system/trace-secrets.js')
  const withoutSecrets = secretsRemover(process.env)
  listenToTrace((topic, raw) => {
    const text = withoutSecrets(raw)
    const line: Traced = { traced: { topic, text } }
    if (process.connected) process.send?.(line)
    else note(`${topic}: ${text}`)
  })
}

/** If the starter is interrupted before the server is ready, nothing must be left running. */
async function tellReady(instance: Instance, stop: () => void): Promise<void> {
  process.once('disconnect', stop)
  if (!process.connected) stop()
  try {
    const status = await instance.ready()
    process.off('disconnect', stop)
    await tell({ ready: { status, warnings: instance.warnings } })
  } catch {
    // The same error ends run(), and is reported there.
  }
}

/** Resolves when the message is sent. A starter that is gone needs no answer. */
async function tell(outcome: StartOutcome): Promise<void> {
  if (process.connected)
    await new Promise<void>(resolve => process.send?.(outcome, undefined, undefined, () => resolve()))
}
