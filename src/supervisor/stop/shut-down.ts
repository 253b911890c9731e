// Making a server save and end, by the way that stop-plan.ts chooses.
import { setTimeout as pause } from 'node:timers/promises'
import { hasSignals } from '../../system/signals.js'
import type { Launch } from '../prepare/launch.js'
import type { Child } from '../run/child.js'
import type { Health } from '../run/health.js'
import { stopPlan } from './stop-plan.js'
import type { StopWatch } from './stop-watch.js'

export interface ShutDownInput {
  readonly launch: Pick<Launch, 'engine' | 'keepsSnapshot'>
  readonly child: Child
  readonly health: Health
  readonly stopWatch: StopWatch
  /** The process that answers is not the one that was spawned. */
  readonly isWrapped: boolean
  /** It served, so it may have something to save. */
  readonly wasReady: boolean
  /** Whether it still is to end, and was not killed meanwhile. */
  readonly isStopping: () => boolean
}

const ASK_AGAIN_MS = 500
/** The log comes by another way than the answer. */
const LOG_LAG_MS = 200

/**
 * Carries out the plan of a stop. Asks again, if that is the plan, until the server is killed at the stop
 * timeout.
 * @returns how it was ended, in words, if it was not asked
 */
export async function shutDown(input: ShutDownInput): Promise<string | undefined> {
  const { launch, child, health, stopWatch, wasReady, isStopping } = input
  const { engine, keepsSnapshot } = launch
  const { stopsBy } = engine
  const plan = stopPlan({
    stopsBy,
    hasSignals: hasSignals(),
    wasReady,
    keepsSnapshot,
    isWrapped: input.isWrapped,
    knowsPassword: true,
  })
  if (plan.by === 'SIGTERM') {
    child.signal('SIGTERM')
    return hasSignals() ? undefined : 'ended by skyfly, with nothing to save'
  }
  while (isStopping()) {
    const answer = await health.askToEnd(plan.by)
    if (answer.is === 'silent') return undefined
    // Redis tried and could not save. If asked again it would only try again.
    if (answer.is === 'refused' && /Errors trying to SHUTDOWN/i.test(answer.words)) {
      stopWatch.blame(answer.words)
      return undefined
    }
    if (answer.is === 'saved') {
      if (stopWatch.saved() !== undefined) {
        child.signal('SIGTERM')
        return 'ended by skyfly once it had saved'
      }
      // Garnet says OK to a checkpoint that failed, and its log may know why.
      await pause(LOG_LAG_MS)
      stopWatch.blame('it answered SAVE with OK, and wrote no snapshot')
      return undefined
    }
    // To a server that is saving already, a SIGTERM says nothing new.
    if (plan.unanswered === 'SIGTERM') {
      child.signal('SIGTERM')
      return undefined
    }
    // The next try needs a connection: the last one was used up, lost, or busy.
    await Promise.all([health.isAnswering(), pause(ASK_AGAIN_MS)])
  }
  return undefined
}
