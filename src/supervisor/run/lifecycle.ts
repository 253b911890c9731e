// The life of one supervised server as a table: what follows from each event in each state. Pure.
import type { RestartPolicy } from '../../config/config.js'

export type State = 'idle' | 'starting' | 'running' | 'backoff' | 'stopping' | 'stopped' | 'failed'

/** Why a life ended in `failed`. */
export type Failure = 'exited' | 'not-ready' | 'crash-loop' | 'unhealthy' | 'unkillable'

export interface LifecycleState {
  readonly state: State
  /** Number of the newest child; 0 before the first. Events of older ones are dropped. */
  readonly child: number
  /** When the present child became ready; undefined: it is not. Milliseconds of the caller's clock. */
  readonly readyAt: number | undefined
  /** Whether any child of this life was ever ready: a first start that fails is not tried again. */
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
  /** `mayRetryPort`: it lost its port to somebody, which another try may mend. `jitter`: 0 to 1, spreads the pauses. */
  | {
      readonly type: 'exit'
      readonly child: number
      readonly at: number
      readonly clean: boolean
      readonly mayRetryPort: boolean
      readonly jitter: number
    }
  | { readonly type: 'timeout'; readonly at: number }
  /** It is loading or saving: the clock starts again. */
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
  /** Sets the one timer, in place of the one before. */
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
  /** More failures than this within the window end the life. */
  readonly maxFailures: number
  readonly windowMs: number
  /** Delay before the second restart in a row; doubles up to the maximum. The first one is at once. */
  readonly delayMs: number
  readonly maxDelayMs: number
  readonly portRetries: number
  readonly portDelayMs: number
}

/** The fixed part of every policy; the figures are those of docs/architecture.md. */
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

/** The next life and what has to be done for it. An event that means nothing in a state changes nothing. */
export function step(life: LifecycleState, event: Event, policy: Policy): Step {
  if ('child' in event && event.child !== life.child) return [life]
  const row: Row = TABLE[life.state]
  // The cell is looked up by the event's own type, so it takes that event.
  const cell = row[event.type] as ((life: LifecycleState, event: Event, policy: Policy) => Step) | undefined
  return cell === undefined ? [life] : cell(life, event, policy)
}

/** The next life, and what to do for it, in order. */
type Step = readonly [LifecycleState, ...Effect[]]

type Of<T extends Event['type']> = Extract<Event, { type: T }>
type Cell<T extends Event['type']> = (life: LifecycleState, event: Of<T>, policy: Policy) => Step
type Row = { readonly [T in Event['type']]?: Cell<T> }

// An event that a row does not name is ignored there on purpose.
const TABLE = {
  idle: {
    start: (life, _, policy) => spawn(life, policy),
    stop: life => [end(life)],
    kill: life => [end(life)],
  },
  starting: {
    ready: (life, { at }) => [
      { ...life, state: 'running', readyAt: at, everReady: true, portRetries: 0 },
      { do: 'disarm' },
    ],
    progress: (life, _, policy) => [life, { do: 'arm', ms: policy.startTimeoutMs }],
    exit: (life, event, policy) => {
      if (event.mayRetryPort && life.portRetries < policy.portRetries) return retryPort(life, policy)
      return life.everReady ? crashed(life, event, policy) : [end(life, 'exited'), { do: 'disarm' }]
    },
    timeout: (life, _, policy) => ask(life, policy, life.everReady ? 'restart' : 'not-ready'),
    stop: (life, _, policy) => ask(life, policy, 'stopped'),
    kill: (life, _, policy) => kill({ ...life, goal: 'stopped' }, policy),
  },
  running: {
    exit: (life, event, policy) => {
      if (policy.restart === 'always' || (policy.restart === 'on-failure' && !event.clean))
        return crashed(life, event, policy)
      return [end(life, event.clean ? undefined : 'exited')]
    },
    unhealthy: (life, _, policy) => ask(life, policy, policy.restart === 'no' ? 'unhealthy' : 'restart'),
    stop: (life, _, policy) => ask(life, policy, 'stopped'),
    kill: (life, _, policy) => kill({ ...life, goal: 'stopped' }, policy),
  },
  backoff: {
    timeout: (life, _, policy) => spawn(life, policy),
    stop: life => [end(life), { do: 'disarm' }],
    kill: life => [end(life), { do: 'disarm' }],
  },
  stopping: {
    exit: (life, event, policy) => {
      if (life.goal === 'restart') return crashed(life, event, policy)
      return [end(life, life.goal === 'stopped' ? undefined : life.goal), { do: 'disarm' }]
    },
    progress: (life, _, policy) => (life.killed ? [life] : [life, { do: 'arm', ms: policy.stopTimeoutMs }]),
    refused: life =>
      life.killed || life.readyAt === undefined ? [life] : [{ ...life, state: 'running' }, { do: 'disarm' }],
    timeout: (life, _, policy) => (life.killed ? [end(life, 'unkillable')] : kill(life, policy)),
    stop: (life, _, policy) => [
      { ...life, goal: 'stopped' },
      ...(life.killed ? [] : [{ do: 'arm', ms: policy.stopTimeoutMs } as const]),
    ],
    kill: (life, _, policy) => (life.killed ? [life] : kill({ ...life, goal: 'stopped' }, policy)),
  },
  stopped: {},
  failed: {},
} as const satisfies Record<State, Row>

function spawn(life: LifecycleState, policy: Policy): Step {
  const child = life.child + 1
  return [
    { ...life, state: 'starting', child, readyAt: undefined, killed: false },
    { do: 'spawn', child },
    { do: 'arm', ms: policy.startTimeoutMs },
  ]
}

function ask(
  life: LifecycleState,
  policy: Policy,
  goal: LifecycleState['goal'],
): readonly [LifecycleState, ...Effect[]] {
  return [{ ...life, state: 'stopping', goal }, { do: 'ask' }, { do: 'arm', ms: policy.stopTimeoutMs }]
}

function kill(life: LifecycleState, policy: Policy): Step {
  return [
    { ...life, state: 'stopping', killed: true },
    { do: 'kill' },
    { do: 'arm', ms: policy.killTimeoutMs },
  ]
}

function end(life: LifecycleState, failure?: Failure): LifecycleState {
  return { ...life, state: failure === undefined ? 'stopped' : 'failed', readyAt: undefined, failure }
}

/** io_uring keeps a dead server's port for 4 to 10 ms, so "address in use" right after a crash is no failure. */
function retryPort(life: LifecycleState, policy: Policy): Step {
  const ms = policy.portDelayMs * 2 ** life.portRetries
  return [
    { ...life, state: 'backoff', portRetries: life.portRetries + 1 },
    { do: 'arm', ms },
  ]
}

function crashed(life: LifecycleState, { at, jitter }: Of<'exit'>, policy: Policy): Step {
  const forgiven = life.readyAt !== undefined && at - life.readyAt >= policy.forgiveMs
  const failures = [...(forgiven ? [] : life.failures.filter(time => at - time < policy.windowMs)), at]
  const dead: LifecycleState = { ...life, failures, readyAt: undefined, portRetries: 0 }
  if (failures.length > policy.maxFailures) return [end(dead, 'crash-loop'), { do: 'disarm' }]
  const next: LifecycleState = { ...dead, restarts: life.restarts + 1 }
  if (failures.length === 1) return spawn(next, policy)
  const delay = Math.min(policy.maxDelayMs, policy.delayMs * 2 ** (failures.length - 2))
  return [
    { ...next, state: 'backoff' },
    { do: 'arm', ms: Math.round(delay * (0.5 + jitter / 2)) },
  ]
}
