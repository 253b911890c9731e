import { describe, expect, it } from 'vitest'
import { type FailureContext, failureOf } from '../../../src/supervisor/run/failure.js'
import { type LifecycleState, NOT_STARTED } from '../../../src/supervisor/run/lifecycle-state.js'
import { STANDARD_POLICY } from '../../../src/supervisor/run/restart-policy.js'

const FACTS: FailureContext = {
  engine: 'redis',
  policy: { ...STANDARD_POLICY, restart: 'on-failure', startTimeoutMs: 30_000, stopTimeoutMs: 10_000 },
  pid: 4711,
  reason: 'exited with code 3',
  explanation: undefined,
  lastWords: '',
  lines: ['last line'],
}

const rows: readonly {
  title: string
  lifecycle: Partial<LifecycleState>
  facts?: Partial<FailureContext>
  code: string
  message: string
  hint: string
}[] = [
  {
    title: 'did not start',
    lifecycle: { failure: 'exited' },
    code: 'start-failed',
    message: 'redis did not start: exited with code 3',
    hint: 'skyfly logs has its whole log',
  },
  {
    title: 'ended after it was ready',
    lifecycle: { failure: 'exited', everReady: true },
    code: 'start-failed',
    message: 'redis ended: exited with code 3',
    hint: 'skyfly logs',
  },
  {
    title: 'explains itself',
    lifecycle: { failure: 'exited' },
    facts: { explanation: { kind: 'other', message: 'no memory', hint: 'give it more' } },
    code: 'start-failed',
    message: 'redis did not start',
    hint: 'give it more',
  },
  {
    title: 'was not ready in time, and answered nothing',
    lifecycle: { failure: 'not-ready' },
    code: 'start-failed',
    message: 'was not ready in 30 s',
    hint: 'it answered nothing',
  },
  {
    title: 'asks for a password',
    lifecycle: { failure: 'not-ready' },
    facts: { lastWords: '-NOAUTH Authentication required.' },
    code: 'start-failed',
    message: 'was not ready in 30 s',
    hint: '--requirepass',
  },
  {
    title: 'crashes again and again',
    lifecycle: { failure: 'crash-loop', failures: [1, 2, 3, 4, 5, 6] },
    code: 'start-failed',
    message: 'redis failed 6 times within 60 s, the last time: exited with code 3',
    hint: 'find the cause',
  },
  {
    title: 'no longer answers, and is not to be started again',
    lifecycle: { failure: 'unhealthy' },
    code: 'start-failed',
    message: 'no longer answered',
    hint: 'find the cause',
  },
  {
    title: 'cannot be killed',
    lifecycle: { failure: 'unkillable' },
    code: 'stop-failed',
    message: 'redis (pid 4711) cannot be ended',
    hint: 'it hangs inside the system',
  },
]

describe('the failure of a server that', () => {
  it.each(rows)('$title', ({ lifecycle, facts, code, message, hint }) => {
    const error = failureOf({ ...NOT_STARTED, state: 'failed', ...lifecycle }, { ...FACTS, ...facts })
    expect(error).toMatchObject({ code, details: ['last line'] })
    expect(error.message).toContain(message)
    expect(error.hint).toContain(hint)
  })

  it('prints very long lines has them cut', () => {
    const { details } = failureOf(NOT_STARTED, { ...FACTS, lines: ['x'.repeat(60_000)] })
    expect(details).toEqual([`${'x'.repeat(500)}...`])
  })
})
