// The error that a failed run amounts to: what happened, and what to do next.
import type { Explanation } from '../../engines/engine.js'
import { type ErrorCode, SkyflyError } from '../../errors.js'
import type { Failure, LifecycleState } from './lifecycle-state.js'
import type { Policy } from './restart-policy.js'

export interface FailureContext {
  readonly engine: string
  readonly policy: Policy
  readonly pid: number | undefined
  /** How the last child ended, in words. */
  readonly reason: string
  readonly explanation: Explanation | undefined
  /** The server's last answer to a PING, as it was given. */
  readonly lastWords: string
  /** The server's last lines. */
  readonly lines: readonly string[]
}

export function failureOf(lifecycle: LifecycleState, facts: FailureContext): SkyflyError {
  const { code, message, hint } = ROWS[lifecycle.failure ?? 'exited']
  return new SkyflyError(code, message(facts, lifecycle), {
    hint: facts.explanation?.hint ?? hint(facts),
    details: facts.lines.map(line => (line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH)}...` : line)),
  })
}

/** Longer lines are cut in a message; the log has them whole. */
const LINE_LENGTH = 500

interface Row {
  readonly code: ErrorCode
  readonly message: (facts: FailureContext, lifecycle: LifecycleState) => string
  readonly hint: (facts: FailureContext) => string
}

const ROWS: Readonly<Record<Failure, Row>> = {
  exited: {
    code: 'start-failed',
    message: ({ engine, reason }, { everReady }) =>
      `${engine} ${everReady ? 'ended' : 'did not start'}: ${reason}`,
    hint: () => 'skyfly logs has its whole log',
  },
  'not-ready': {
    code: 'start-failed',
    message: ({ engine, policy }) =>
      `${engine} was not ready in ${policy.startTimeoutMs / 1000} s and was stopped`,
    hint: ({ lastWords }) =>
      /^-(NOAUTH|NOPERM|WRONGPASS)/.test(lastWords)
        ? 'it asks for a password: skyfly knows only one that is given by -- --requirepass PASSWORD'
        : `give it longer with --start-timeout; ${lastWords === '' ? 'it answered nothing' : `its answer was ${lastWords}`}`,
  },
  'crash-loop': {
    code: 'start-failed',
    message: ({ engine, policy, reason }, { failures }) =>
      `${engine} failed ${failures.length} times within ${policy.windowMs / 1000} s, the last time: ${reason}`,
    hint: () => 'find the cause with skyfly logs, then skyfly start',
  },
  unhealthy: {
    code: 'start-failed',
    message: ({ engine }) => `${engine} no longer answered and was stopped`,
    hint: () => 'find the cause with skyfly logs, then skyfly start',
  },
  unkillable: {
    code: 'stop-failed',
    message: ({ engine, pid }) => `${engine} (pid ${pid}) cannot be ended, not even by a kill`,
    hint: () => 'it hangs inside the system, often on a disk or a network share: look there first',
  },
}
