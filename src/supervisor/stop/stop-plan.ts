// How a server is made to end: by a signal, or by SHUTDOWN or SAVE over a connection. Pure; the one place
// that decides it.
import type { Engine } from '../../engines/engine.js'

export interface StopSituation {
  readonly stopsBy: Engine['stopsBy']
  /**
   * Whether a signal lets a program of this system end in its own time: on Windows every signal is a kill.
   */
  readonly hasSignals: boolean
  /** A server that never served has nothing to save. */
  readonly wasReady: boolean
  /** Whether its data is to be on the disk after the stop. */
  readonly keepsSnapshot: boolean
  /** Whether the server runs behind another program, such as a shell, which would take the signal for itself. */
  readonly isWrapped: boolean
  /** Nobody knows that of an orphan: only its supervisor did. */
  readonly knowsPassword: boolean
}

export type StopPlan =
  | { readonly by: 'SIGTERM' }
  /**
   * `unanswered`: what to do when it does not take the command, since its clients are paused or it is saving
   * already.
   */
  | { readonly by: 'SHUTDOWN'; readonly unanswered: 'SIGTERM' | 'ask again' }
  /** It does not save at a signal, so that is sent once the snapshot is on the disk. */
  | { readonly by: 'SAVE'; readonly unanswered: 'ask again' }

export function stopPlan(situation: StopSituation): StopPlan {
  const { stopsBy, hasSignals, wasReady, keepsSnapshot, isWrapped, knowsPassword } = situation
  if (!wasReady) return { by: 'SIGTERM' }
  if (stopsBy === 'SAVE') return keepsSnapshot ? { by: 'SAVE', unanswered: 'ask again' } : { by: 'SIGTERM' }
  if (!hasSignals) return { by: 'SHUTDOWN', unanswered: 'ask again' }
  if (stopsBy === 'SIGTERM' && !isWrapped) return { by: 'SIGTERM' }
  // Redis looks at a SIGTERM only ten times a second, so SHUTDOWN is faster.
  return knowsPassword ? { by: 'SHUTDOWN', unanswered: 'SIGTERM' } : { by: 'SIGTERM' }
}
