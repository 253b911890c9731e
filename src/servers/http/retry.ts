// Whether and when something that failed on the network is tried again.
import { setTimeout as pause } from 'node:timers/promises'
import { SkyflyError } from '../../errors.js'
import { HttpError } from './http-failures.js'

export interface RetryPolicy {
  /** Attempts in a row that brought nothing new. @default 4 */
  readonly attempts: number
  /** The pause before the second attempt; doubled for each further one. @default 500 */
  readonly backoffMs: number
  /** @default 10000 */
  readonly maxBackoffMs: number
  /** Whether to try again when there is no connection at all. @default true */
  readonly retriesConnect: boolean
}

export const RETRY_POLICY: RetryPolicy = {
  attempts: 4,
  backoffMs: 500,
  maxBackoffMs: 10_000,
  retriesConnect: true,
}

export interface RetryInput<T> {
  readonly policy: RetryPolicy
  readonly attempt: () => Promise<T>
  /** Grows when an attempt brings something. */
  readonly progress?: (() => number) | undefined
  readonly signal?: AbortSignal | undefined
  readonly onRetry?: ((reason: string, inMs: number) => void) | undefined
}

/** @throws the signal's reason when it is aborted, else what the last attempt threw */
export async function retrying<T>(input: RetryInput<T>): Promise<T> {
  const { policy, attempt, progress = () => 0, signal, onRetry } = input
  let fruitless = 0
  for (let attempts = 1; ; attempts++) {
    const before = progress()
    try {
      signal?.throwIfAborted()
      return await attempt()
    } catch (error) {
      signal?.throwIfAborted()
      fruitless = progress() > before ? 0 : fruitless + 1
      if (!(error instanceof HttpError) || !mayHelp(error, policy)) throw error
      if (fruitless >= policy.attempts) throw givenUp(error, attempts)
      const inMs = Math.round(error.retryAfterMs ?? backoffMs(fruitless, policy))
      onRetry?.(error.message, inMs)
      await pause(inMs, undefined, signal === undefined ? {} : { signal }).catch(() => {
        // The next round throws the signal's reason.
      })
    }
  }
}

/** A server that asks to wait longer is given up. */
const MAX_RETRY_AFTER_MS = 60_000

function mayHelp({ retry, retryAfterMs = 0 }: HttpError, { retriesConnect }: RetryPolicy): boolean {
  if (retryAfterMs > MAX_RETRY_AFTER_MS) return false
  return retry === 'always' || (retry === 'connect' && retriesConnect)
}

/** With jitter, so that the jobs of one build do not come back all at once. */
function backoffMs(fruitless: number, { backoffMs, maxBackoffMs }: RetryPolicy): number {
  const doubled = backoffMs * 2 ** Math.max(0, fruitless - 1)
  return Math.min(doubled, maxBackoffMs) * (0.75 + Math.random() / 2)
}

function givenUp(error: HttpError, attempts: number): SkyflyError {
  if (attempts === 1) return error
  return new SkyflyError('download', `${error.message} (tried ${attempts} times)`, {
    hint: error.hint,
    cause: error,
  })
}
