import { describe, expect, it } from 'vitest'
import { type ExitFacts, exitReason } from '../../../src/supervisor/run/exit-reason.js'
import { type LifecycleState, NOT_STARTED } from '../../../src/supervisor/run/lifecycle-state.js'

const CRASH: ExitFacts = {
  exit: { code: 3, signal: null },
  lifecycle: { ...NOT_STARTED, state: 'running', readyAt: 10 },
  wasReady: true,
  endedAs: undefined,
  explained: undefined,
  platform: 'linux',
}

const stopping = (more: Partial<LifecycleState>): LifecycleState => ({
  ...NOT_STARTED,
  state: 'stopping',
  readyAt: 10,
  ...more,
})

const rows: readonly { title: string; facts: Partial<ExitFacts>; reason: string }[] = [
  { title: 'crashed', facts: {}, reason: 'exited with code 3' },
  {
    title: 'crashed while it served: its last lines are no explanation',
    facts: { explained: 'the port is taken' },
    reason: 'exited with code 3',
  },
  {
    title: 'did not start, and says why',
    facts: { wasReady: false, explained: 'the port is taken' },
    reason: 'the port is taken',
  },
  {
    title: 'could not be started at all',
    facts: { wasReady: false, endedAs: 'cannot start /x: EACCES' },
    reason: 'cannot start /x: EACCES',
  },
  {
    title: 'was ended by a signal that it could not answer',
    facts: { lifecycle: stopping({}), endedAs: 'ended by skyfly once it had saved' },
    reason: 'ended by skyfly once it had saved',
  },
  {
    title: 'was killed after that',
    facts: { lifecycle: stopping({ killed: true }), endedAs: 'ended by skyfly, with nothing to save' },
    reason: 'killed by skyfly',
  },
  {
    title: 'no longer answered',
    facts: { lifecycle: stopping({ goal: 'restart', killed: true }) },
    reason: 'no longer answered and was stopped',
  },
  {
    title: 'was asked to stop, and did',
    facts: { lifecycle: stopping({}), exit: { code: 0, signal: null } },
    reason: 'exited with code 0',
  },
]

describe('the exit of a server that', () => {
  it.each(rows)('$title', ({ facts, reason }) => {
    expect(exitReason({ ...CRASH, ...facts })).toBe(reason)
  })
})
