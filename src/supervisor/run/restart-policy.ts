// When a server that ended is started again, after which pause, and when that is given up. Pure.
import type { RestartPolicy } from '../../config/config.js'

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
  /** Delay before the second restart in a row, doubled for each that follows. The first restart is at once. */
  readonly delayMs: number
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
  portRetries: 8,
  portDelayMs: 5,
} as const

/** Whether an exit that nobody asked for is followed by another start. */
export function isRestarted(clean: boolean, { restart }: Policy): boolean {
  return restart === 'always' || (restart === 'on-failure' && !clean)
}

interface FailedRun {
  /** When it became ready; undefined: it never was. */
  readonly readyAt: number | undefined
  readonly failures: readonly number[]
  /** When it failed, by the same clock. */
  readonly at: number
  /** 0 to 1, spreads the pauses. */
  readonly jitter: number
}

/** The unforgiven failures, this one included, and the pause before the next start; `delayMs` undefined: there is none. */
export function afterFailure(
  { readyAt, failures: before, at, jitter }: FailedRun,
  policy: Policy,
): { readonly failures: readonly number[]; readonly delayMs: number | undefined } {
  const forgiven = readyAt !== undefined && at - readyAt >= policy.forgiveMs
  const failures = [...(forgiven ? [] : before.filter(time => at - time < policy.windowMs)), at]
  if (failures.length > policy.maxFailures) return { failures, delayMs: undefined }
  if (failures.length === 1) return { failures, delayMs: 0 }
  const delayMs = policy.delayMs * 2 ** (failures.length - 2)
  return { failures, delayMs: Math.round(delayMs * (0.5 + jitter / 2)) }
}
