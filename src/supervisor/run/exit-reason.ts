// How a server process ended, in words: pure.
import { describeExit } from '../../engines/exit.js'
import type { ChildExit } from './child.js'
import type { LifecycleState } from './lifecycle-state.js'

export interface ExitFacts {
  readonly exit: ChildExit
  /** The state at the moment of the exit. */
  readonly lifecycle: LifecycleState
  readonly wasReady: boolean
  /** How skyfly ended it without asking it, or why it could not be started. */
  readonly endedAs: string | undefined
  /** The explanation in the server's last lines, if there is one. */
  readonly explained: string | undefined
  readonly platform: NodeJS.Platform
}

export function exitReason(facts: ExitFacts): string {
  const { exit, wasReady, platform } = facts
  const reason = doneBySkyfly(facts) ?? describeExit(exit, { wasReady, platform })
  return wasReady ? reason : (facts.explained ?? reason)
}

function doneBySkyfly({ lifecycle, endedAs }: ExitFacts): string | undefined {
  const { state, goal, readyAt, killed } = lifecycle
  if (endedAs !== undefined && !killed) return endedAs
  if (state !== 'stopping') return undefined
  if (readyAt !== undefined && (goal === 'restart' || goal === 'unhealthy'))
    return 'no longer answered and was stopped'
  return killed ? 'killed by skyfly' : undefined
}
