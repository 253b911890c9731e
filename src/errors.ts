// The one error type that skyfly throws on purpose, and the exit code that each kind of it stands for.

/** What went wrong, in the words of the table of exit codes. */
export type ErrorCode =
  | 'bug'
  | 'output'
  | 'usage'
  | 'not-running'
  | 'no-engine'
  | 'download'
  | 'unverified'
  | 'start-failed'
  | 'check-failed'
  | 'stop-failed'
  | 'interrupted'

/** Exit code of the command line for each kind of error. 0 is "done". `output`: standard output could not be written; `unverified`: what was downloaded is not what it should be. */
export const EXIT_CODES = {
  bug: 1,
  output: 1,
  usage: 2,
  'not-running': 3,
  'no-engine': 4,
  download: 5,
  unverified: 5,
  'start-failed': 6,
  'check-failed': 7,
  'stop-failed': 8,
  interrupted: 130,
} as const satisfies Record<ErrorCode, number>

/**
 * An error that skyfly foresaw: what happened, with the values, and the one thing to do next.
 *
 * @example
 * throw new SkyflyError('usage', 'port 70000 (from --port) is not between 1 and 65535', { hint: 'use --port auto' })
 */
export class SkyflyError extends Error {
  override readonly name = 'SkyflyError'
  /** The one thing to do next, as a sentence without a full stop. */
  readonly hint: string | undefined
  /** Lines that show it, such as the server's last words; may be empty. */
  readonly details: readonly string[]

  constructor(
    /** Decides the exit code; see {@link EXIT_CODES}. */
    readonly code: ErrorCode,
    message: string,
    options: {
      readonly hint?: string | undefined
      readonly details?: readonly string[] | undefined
      readonly cause?: unknown
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.hint = options.hint
    this.details = options.details ?? []
  }
}

/** What a check found wrong. */
export interface Finding {
  readonly code: ErrorCode
  /** What is wrong, with the values. */
  readonly what: string
  /** What would happen otherwise. */
  readonly why: string
  /** What to do. */
  readonly hint?: string | undefined
  readonly cause?: unknown
}

export function errorOf({ code, what, hint, cause }: Finding): SkyflyError {
  return new SkyflyError(code, what, { hint, cause })
}

/** What an assertion throws, as a finding; undefined: it holds. Other errors than SkyflyErrors are bugs, and thrown. */
export function caughtFinding(why: string, assertion: () => void): Finding | undefined {
  try {
    assertion()
    return undefined
  } catch (error) {
    if (!(error instanceof SkyflyError)) throw error
    const { code, message, hint, cause } = error
    return { code, what: message, why, hint, cause }
  }
}

/** A SkyflyError on its way to another process. */
export interface PlainError {
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string | undefined
  readonly details: readonly string[]
}

/** Any other error is a bug, and its stack is what shows it. */
export function asSkyflyError(error: unknown): SkyflyError {
  if (error instanceof SkyflyError) return error
  const details = error instanceof Error ? (error.stack ?? '').split('\n').slice(1) : []
  return new SkyflyError('bug', String(error), { details, cause: error })
}

export function plainError(error: unknown): PlainError {
  const { code, message, hint, details } = asSkyflyError(error)
  return { code, message, hint, details }
}

export function fromPlain(error: PlainError): SkyflyError {
  return new SkyflyError(error.code, error.message, error)
}
