// The state of a server that is to end: when the stop becomes a kill, and when even that is given up. Pure.
import { crashed, end, kill, type Row } from '../run/lifecycle-state.js'

export const STOPPING = {
  exit: (now, event, policy) => {
    if (now.goal === 'restart') return crashed(now, event, policy)
    return [end(now, now.goal === 'stopped' ? undefined : now.goal), { do: 'disarm' }]
  },
  // As long as it is saving, the stop timeout starts again.
  progress: (now, _, policy) => (now.killed ? [now] : [now, { do: 'arm', ms: policy.stopTimeoutMs }]),
  refused: now =>
    now.killed || now.readyAt === undefined ? [now] : [{ ...now, state: 'running' }, { do: 'disarm' }],
  // The stop timeout is over: it is killed. It was killed already and is still there: it is given up.
  timeout: (now, _, policy) => (now.killed ? [end(now, 'unkillable')] : kill(now, policy)),
  stop: (now, _, policy) => [
    { ...now, goal: 'stopped' },
    ...(now.killed ? [] : [{ do: 'arm', ms: policy.stopTimeoutMs } as const]),
  ],
  kill: (now, _, policy) => (now.killed ? [now] : kill({ ...now, goal: 'stopped' }, policy)),
} as const satisfies Row
