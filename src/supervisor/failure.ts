// The error that a failed life amounts to: what happened, and what to do next.
import type { Explanation } from '../engines/engine.js'
import { SkyflyError } from '../errors.js'
import type { Failure, Life, Policy } from './machine.js'

export interface Circumstances {
  readonly engine: string
  readonly policy: Policy
  readonly pid: number | undefined
  /** How the last child ended, in words. */
  readonly reason: string
  readonly explanation: Explanation | undefined
  /** The server's last lines. */
  readonly lines: readonly string[]
}

export function failureOf(life: Life, facts: Circumstances): SkyflyError {
  const { message, hint } = ROWS[life.failure ?? 'exited']
  return new SkyflyError('start-failed', message(facts, life), {
    hint: facts.explanation?.hint ?? hint,
    details: facts.lines,
  })
}

interface Row {
  readonly message: (facts: Circumstances, life: Life) => string
  readonly hint: string
}

const ROWS: Readonly<Record<Failure, Row>> = {
  exited: {
    message: ({ engine, reason }, { everReady }) =>
      `${engine} ${everReady ? 'ended' : 'did not start'}: ${reason}`,
    hint: 'skyfly logs has its whole log',
  },
  'not-ready': {
    message: ({ engine, policy }) =>
      `${engine} was not ready in ${policy.startTimeoutMs / 1000} s and was stopped`,
    hint: 'give it longer with --start-timeout; skyfly logs has its whole log',
  },
  'crash-loop': {
    message: ({ engine, policy, reason }, { failures }) =>
      `${engine} failed ${failures.length} times within ${policy.windowMs / 1000} s, the last time: ${reason}`,
    hint: 'find the cause with skyfly logs, then skyfly start',
  },
  unhealthy: {
    message: ({ engine }) => `${engine} no longer answered and was stopped`,
    hint: 'find the cause with skyfly logs, then skyfly start',
  },
  unkillable: {
    message: ({ engine, pid }) => `${engine} (pid ${pid}) cannot be ended, not even by a kill`,
    hint: 'it hangs inside the system, often on a disk or a network share: look there first',
  },
}
