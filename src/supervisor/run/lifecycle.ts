// The lifecycle of one run of a server as a table: what follows from each event in each state. Pure.
import { STOPPING } from '../stop/stopping-state.js'
import {
  crashed,
  type Effect,
  type Event,
  end,
  kill,
  type LifecycleState,
  type Row,
  type State,
  type Step,
  spawn,
} from './lifecycle-state.js'
import { isRestarted, type Policy } from './restart-policy.js'

/** The next state and what has to be done for it. An event that means nothing in a state changes nothing. */
export function step(now: LifecycleState, event: Event, policy: Policy): Step {
  if ('child' in event && event.child !== now.child) return [now]
  const row: Row = TABLE[now.state]
  // The cell is looked up by the event's own type, so it takes that event.
  const cell = row[event.type] as ((now: LifecycleState, event: Event, policy: Policy) => Step) | undefined
  return cell === undefined ? [now] : cell(now, event, policy)
}

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
      if (isRestarted(event.clean, policy)) return crashed(now, event, policy)
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
  stopping: STOPPING,
  stopped: {},
  failed: {},
} as const satisfies Record<State, Row>

function ask(
  now: LifecycleState,
  policy: Policy,
  goal: LifecycleState['goal'],
): readonly [LifecycleState, ...Effect[]] {
  return [{ ...now, state: 'stopping', goal }, { do: 'ask' }, { do: 'arm', ms: policy.stopTimeoutMs }]
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
