// The lifecycle of one run of a server as a table: what follows from each event in each state. Pure.
import type { RestartPolicy } from '../../config/config.js'

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

export interface Policy {
  readonly restart: RestartPolicy
  readonly startTimeoutMs: number
  readonly stopTimeoutMs: number
  /** How long a killed child may take to disappear. */
  readonly killTimeoutMs: number
  /** A child that was ready this long wipes out the failures before it. */
  readonly forgiveMs: number
  /** More failures than this within the window end the run. */
  readonly maxFailures: number
  readonly windowMs: number
  /** Delay before the second restart in a row; doubles up to the maximum. The first restart is at once. */
  readonly delayMs: number
  readonly maxDelayMs: number
  readonly portRetries: number
  readonly portDelayMs: number
}

/** The part of a policy that is the same for every instance. docs/architecture.md explains the figures. */
export const STANDARD_POLICY = {
  killTimeoutMs: 5_000,
  forgiveMs: 10_000,
  maxFailures: 5,
  windowMs: 60_000,
  delayMs: 500,
  maxDelayMs: 30_000,
  portRetries: 8,
  portDelayMs: 5,
} as const

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

/** The next state and what has to be done for it. An event that means nothing in a state changes nothing. */
export function step(now: LifecycleState, event: Event, policy: Policy): Step {
  if ('child' in event && event.child !== now.child) return [now]
  const row: Row = TABLE[now.state]
  // The cell is looked up by the event's own type, so it takes that event.
  const cell = row[event.type] as ((now: LifecycleState, event: Event, policy: Policy) => Step) | undefined
  return cell === undefined ? [now] : cell(now, event, policy)
}

/** The next state, and what to do for it, in order. */
type Step = readonly [LifecycleState, ...Effect[]]

type Of<T extends Event['type']> = Extract<Event, { type: T }>
type Cell<T extends Event['type']> = (now: LifecycleState, event: Of<T>, policy: Policy) => Step
type Row = { readonly [T in Event['type']]?: Cell<T> }

// An event that a row does not name is ignored there on purpose.
const TABLE = {
  idle: {
    start: (now, _, policy) => spawn(now, policy),
    stop: now => [end(now)],
    kill: now => [end(now)],
  },
  starting: {
    ready: (now, { at }) => [
      { ...now, state: 'running', readyAt: at, everReady: true, portRetries: 0 },
      { do: 'disarm' },
    ],
    progress: (now, _, policy) => [now, { do: 'arm', ms: policy.startTimeoutMs }],
    exit: (now, event, policy) => {
      if (event.mayRetryPort && now.portRetries < policy.portRetries) return retryPort(now, policy)
      return now.everReady ? crashed(now, event, policy) : [end(now, 'exited'), { do: 'disarm' }]
    },
    timeout: (now, _, policy) => ask(now, policy, now.everReady ? 'restart' : 'not-ready'),
    stop: (now, _, policy) => ask(now, policy, 'stopped'),
    kill: (now, _, policy) => kill({ ...now, goal: 'stopped' }, policy),
  },
  running: {
    exit: (now, event, policy) => {
      if (policy.restart === 'always' || (policy.restart === 'on-failure' && !event.clean))
        return crashed(now, event, policy)
      return [end(now, event.clean ? undefined : 'exited')]
    },
    unhealthy: (now, _, policy) => ask(now, policy, policy.restart === 'no' ? 'unhealthy' : 'restart'),
    stop: (now, _, policy) => ask(now, policy, 'stopped'),
    kill: (now, _, policy) => kill({ ...now, goal: 'stopped' }, policy),
  },
  backoff: {
    timeout: (now, _, policy) => spawn(now, policy),
    stop: now => [end(now), { do: 'disarm' }],
    kill: now => [end(now), { do: 'disarm' }],
  },
  stopping: {
    exit: (now, event, policy) => {
      if (now.goal === 'restart') return crashed(now, event, policy)
      return [end(now, now.goal === 'stopped' ? undefined : now.goal), { do: 'disarm' }]
    },
    progress: (now, _, policy) => (now.killed ? [now] : [now, { do: 'arm', ms: policy.stopTimeoutMs }]),
    refused: now =>
      now.killed || now.readyAt === undefined ? [now] : [{ ...now, state: 'running' }, { do: 'disarm' }],
    timeout: (now, _, policy) => (now.killed ? [end(now, 'unkillable')] : kill(now, policy)),
    stop: (now, _, policy) => [
      { ...now, goal: 'stopped' },
      ...(now.killed ? [] : [{ do: 'arm', ms: policy.stopTimeoutMs } as const]),
    ],
    kill: (now, _, policy) => (now.killed ? [now] : kill({ ...now, goal: 'stopped' }, policy)),
  },
  stopped: {},
  failed: {},
} as const satisfies Record<State, Row>

function spawn(now: LifecycleState, policy: Policy): Step {
  const child = now.child + 1
  return [
    { ...now, state: 'starting', child, readyAt: undefined, killed: false },
    { do: 'spawn', child },
    { do: 'arm', ms: policy.startTimeoutMs },
  ]
}

function ask(
  now: LifecycleState,
  policy: Policy,
  goal: LifecycleState['goal'],
): readonly [LifecycleState, ...Effect[]] {
  return [{ ...now, state: 'stopping', goal }, { do: 'ask' }, { do: 'arm', ms: policy.stopTimeoutMs }]
}

function kill(now: LifecycleState, policy: Policy): Step {
  return [
    { ...now, state: 'stopping', killed: true },
    { do: 'kill' },
    { do: 'arm', ms: policy.killTimeoutMs },
  ]
}

function end(now: LifecycleState, failure?: Failure): LifecycleState {
  return { ...now, state: failure === undefined ? 'stopped' : 'failed', readyAt: undefined, failure }
}

/**
 * io_uring keeps a dead server's port for 4 to 10 ms, so "address in use" right after a crash is no failure.
 */
function retryPort(now: LifecycleState, policy: Policy): Step {
  const ms = policy.portDelayMs * 2 ** now.portRetries
  return [
    { ...now, state: 'backoff', portRetries: now.portRetries + 1 },
    { do: 'arm', ms },
  ]
}

function crashed(now: LifecycleState, { at, jitter }: Of<'exit'>, policy: Policy): Step {
  const forgiven = now.readyAt !== undefined && at - now.readyAt >= policy.forgiveMs
  const failures = [...(forgiven ? [] : now.failures.filter(time => at - time < policy.windowMs)), at]
  const dead: LifecycleState = { ...now, failures, readyAt: undefined, portRetries: 0 }
  if (failures.length > policy.maxFailures) return [end(dead, 'crash-loop'), { do: 'disarm' }]
  const next: LifecycleState = { ...dead, restarts: now.restarts + 1 }
  if (failures.length === 1) return spawn(next, policy)
  const delay = Math.min(policy.maxDelayMs, policy.delayMs * 2 ** (failures.length - 2))
  return [
    { ...next, state: 'backoff' },
    { do: 'arm', ms: Math.round(delay * (0.5 + jitter / 2)) },
  ]
}
