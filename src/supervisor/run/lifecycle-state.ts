// Where a run of a server is in its lifecycle, what can happen to it, and the steps from one state to the next. Pure.
import { afterFailure, type Policy } from './restart-policy.js'

export type State = 'idle' | 'starting' | 'running' | 'backoff' | 'stopping' | 'stopped' | 'failed'

/** Why a run ended in `failed`. */
export type Failure = 'exited' | 'not-ready' | 'crash-loop' | 'unhealthy' | 'unkillable'

export interface LifecycleState {
  readonly state: State
  /** Number of the newest child; 0 before the first. Events of older ones are dropped. */
  readonly child: number
  /** When the present child became ready; undefined: it is not. Milliseconds of the caller's clock. */
  readonly readyAt: number | undefined
  /** Whether any child of this run was ever ready: a first start that fails is not tried again. */
  readonly everReady: boolean
  /** Children spawned after a failure. */
  readonly restarts: number
  /** Times of the unforgiven failures within the window, oldest first. */
  readonly failures: readonly number[]
  /** Starts lost to "address in use" in a row. */
  readonly portRetries: number
  /** What follows once a stopping child is gone. */
  readonly goal: 'stopped' | 'restart' | Failure
  /** The stopping child was sent a kill. */
  readonly killed: boolean
  readonly failure: Failure | undefined
}

/** `at`: milliseconds of the caller's clock. `child`: number of the child it is about. */
export type Event =
  | { readonly type: 'start' }
  | { readonly type: 'ready'; readonly child: number; readonly at: number }
  /**
   * `mayRetryPort`: another program has its port, and another try may help. `jitter`: 0 to 1, spreads the
   * pauses.
   */
  | {
      readonly type: 'exit'
      readonly child: number
      readonly at: number
      readonly clean: boolean
      readonly mayRetryPort: boolean
      readonly jitter: number
    }
  | { readonly type: 'timeout'; readonly at: number }
  /** It is loading or saving, so the timer starts again. */
  | { readonly type: 'progress'; readonly child: number }
  | { readonly type: 'unhealthy'; readonly child: number }
  /** It was asked to stop, could not save, and went on serving. */
  | { readonly type: 'refused'; readonly child: number }
  | { readonly type: 'stop' }
  | { readonly type: 'kill' }

export type Effect =
  | { readonly do: 'spawn'; readonly child: number }
  | { readonly do: 'ask' }
  | { readonly do: 'kill' }
  /** Sets the one timer, replacing its last time. */
  | { readonly do: 'arm'; readonly ms: number }
  | { readonly do: 'disarm' }

export const NOT_STARTED: LifecycleState = {
  state: 'idle',
  child: 0,
  readyAt: undefined,
  everReady: false,
  restarts: 0,
  failures: [],
  portRetries: 0,
  goal: 'stopped',
  killed: false,
  failure: undefined,
}

/** The next state, and what to do for it, in order. */
export type Step = readonly [LifecycleState, ...Effect[]]

export type Of<T extends Event['type']> = Extract<Event, { type: T }>
type Cell<T extends Event['type']> = (now: LifecycleState, event: Of<T>, policy: Policy) => Step
export type Row = { readonly [T in Event['type']]?: Cell<T> }

export function spawn(now: LifecycleState, policy: Policy): Step {
  const child = now.child + 1
  return [
    { ...now, state: 'starting', child, readyAt: undefined, killed: false },
    { do: 'spawn', child },
    { do: 'arm', ms: policy.startTimeoutMs },
  ]
}

export function kill(now: LifecycleState, policy: Policy): Step {
  return [
    { ...now, state: 'stopping', killed: true },
    { do: 'kill' },
    { do: 'arm', ms: policy.killTimeoutMs },
  ]
}

export function end(now: LifecycleState, failure?: Failure): LifecycleState {
  return { ...now, state: failure === undefined ? 'stopped' : 'failed', readyAt: undefined, failure }
}

/** The next start after a failure, at once or after a pause, or the end of the run. */
export function crashed(now: LifecycleState, { at, jitter }: Of<'exit'>, policy: Policy): Step {
  const { failures, delayMs } = afterFailure({ ...now, at, jitter }, policy)
  const dead: LifecycleState = { ...now, failures, readyAt: undefined, portRetries: 0 }
  if (delayMs === undefined) return [end(dead, 'crash-loop'), { do: 'disarm' }]
  const next: LifecycleState = { ...dead, restarts: now.restarts + 1 }
  if (delayMs === 0) return spawn(next, policy)
  return [
    { ...next, state: 'backoff' },
    { do: 'arm', ms: delayMs },
  ]
}
