// Asking a server to save and to end, by whatever way it and the system know.
import { setTimeout as pause } from 'node:timers/promises'
import { hasSignals } from '../../system/signals.js'
import type { Launch } from '../prepare/launch.js'
import type { Child } from '../run/child.js'
import type { Health } from '../run/health.js'
import type { StopWatch } from './stop-watch.js'

export interface ShutDownInput {
  readonly launch: Pick<Launch, 'engine' | 'keepsSnapshot'>
  readonly child: Child
  readonly health: Health
  readonly stopWatch: StopWatch
  /** It served, so it may have something to save. */
  readonly wasReady: boolean
  /** Whether it still is to end, and was not killed meanwhile. */
  readonly isStopping: () => boolean
}

const ASK_AGAIN_MS = 500
/** The log comes by another way than the answer. */
const LOG_LAG_MS = 200

/**
 * SHUTDOWN where the server listens to us, since redis looks at a SIGTERM only ten times a second; else SIGTERM. Of clients
 * that are paused (CLIENT PAUSE) it takes no SHUTDOWN; to one that is saving already, a SIGTERM says nothing new.
 * Where a signal would be the end of it, unsaved, it is asked again until it is killed at the stop timeout.
 * @returns how it was ended, in words, where it had no say in that
 */
export async function shutDown(input: ShutDownInput): Promise<string | undefined> {
  const { launch, child, health, stopWatch, wasReady, isStopping } = input
  const { stopsBy } = launch.engine
  const isNeedless = !wasReady || (stopsBy === 'SAVE' && !launch.keepsSnapshot)
  while (isStopping()) {
    const answer = isNeedless ? undefined : await health.askToEnd(stopsBy)
    if (answer?.is === 'silent') return undefined
    // Redis tried and could not save. Asked again it would only try again.
    if (answer?.is === 'refused' && /Errors trying to SHUTDOWN/i.test(answer.words)) {
      stopWatch.blame(answer.words)
      return undefined
    }
    // Garnet says OK to a checkpoint that failed, and its log may know why.
    if (answer?.is === 'saved' && stopWatch.saved() === undefined) {
      await pause(LOG_LAG_MS)
      stopWatch.blame('it answered SAVE with OK, and wrote no snapshot')
      return undefined
    }
    // A server that has to be asked to save does not save at a signal.
    if (answer === undefined || answer.is === 'saved' || (hasSignals() && stopsBy === 'SHUTDOWN')) {
      child.signal('SIGTERM')
      if (answer?.is === 'saved') return 'ended by skyfly once it had saved'
      return hasSignals() ? undefined : 'ended by skyfly, with nothing to save'
    }
    // It needs a connection, which was used, lost, or busy.
    await Promise.all([health.isAnswering(), pause(ASK_AGAIN_MS)])
  }
  return undefined
}
