// What users are told where something cannot be written.
import { type ErrorCode, SkyflyError } from '../errors.js'

export interface WriteFailure {
  readonly code: ErrorCode
  /** What could not be written: `the cache /home/me/.cache/skyfly` */
  readonly what: string
  /** Another way. */
  readonly hint: string
}

/** @param cause what the system threw */
export function cannotWrite(cause: unknown, { code, what, hint }: WriteFailure): SkyflyError {
  const { code: why = '', message } = cause as NodeJS.ErrnoException
  const remedy = REMEDIES[why]
  return new SkyflyError(code, `${what} cannot be written: ${message}`, {
    hint: remedy === undefined ? hint : `${remedy}, or ${hint}`,
    cause,
  })
}

/** As {@link cannotWrite}, where it is a folder that was to be made. */
export function cannotMakeFolder(cause: unknown, failure: WriteFailure): SkyflyError {
  const { code } = cause as NodeJS.ErrnoException
  if (code !== 'EEXIST' && code !== 'ENOTDIR') return cannotWrite(cause, failure)
  return new SkyflyError(failure.code, `${failure.what} cannot be made: a file is in its place`, {
    hint: `move that file away, or ${failure.hint}`,
    cause,
  })
}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space',
  EDQUOT: 'free some space',
  EFBIG: 'raise the limit of file sizes (ulimit -f)',
}
