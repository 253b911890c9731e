// The background process: owns one instance from the config its starter sends until the server is stopped.
import type { Config } from '../config/config.js'
import { EXIT_CODES, SkyflyError } from '../errors.js'
import type { Outcome } from './background.js'
import { Instance } from './instance.js'
import { AlreadyOwned } from './lock.js'

process.title = 'skyfly'
process.once('message', (config: Config) => void supervise(config))

async function supervise(config: Config): Promise<void> {
  try {
    const instance = await Instance.own(config, { env: process.env, endsProcess: true })
    // Nobody sees what this process prints.
    process.once('uncaughtExceptionMonitor', error => instance.note('error', error.stack ?? error.message))
    const stop = () =>
      void instance.stop().catch(() => {
        // It could not save and goes on: its log says so, and there is nobody else to tell.
      })
    // The starter was interrupted before the server was ready: nothing is to be left running.
    process.once('disconnect', stop)
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop)
    void instance.ready().then(
      status => {
        process.off('disconnect', stop)
        tell({ ready: status })
      },
      () => {
        // The same error ends run(), below.
      },
    )
    await instance.run()
  } catch (error) {
    process.exitCode = error instanceof SkyflyError ? EXIT_CODES[error.code] : 1
    tell(outcomeOf(error))
  } finally {
    if (process.connected) process.disconnect()
  }
}

function tell(outcome: Outcome): void {
  // A starter that is gone needs no answer.
  if (process.connected) process.send?.(outcome, undefined, undefined, () => {})
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof AlreadyOwned) return { owned: error.message }
  if (error instanceof SkyflyError) {
    const { code, message, hint, details } = error
    return { failed: { code, message, hint, details } }
  }
  const details = error instanceof Error ? (error.stack ?? '').split('\n').slice(1) : []
  return { failed: { code: 'bug', message: String(error), hint: undefined, details } }
}
