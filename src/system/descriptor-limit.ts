// How many files this process may have open at a time, and what to say where that is too few.
import { readFileSync } from 'node:fs'
import { SkyflyError } from '../errors.js'

/** Measured: with 40 the supervisor cannot load its own modules. */
const MIN_DESCRIPTORS = 64

/** Undefined: there is no limit, or the system does not tell. */
export function descriptorLimit(): number | undefined {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    return soft === undefined ? undefined : Number(soft)
  } catch {
    // Not Linux, or there is no descriptor left to read it.
    return undefined
  }
}

/** What an error that nobody foresaw comes from, where it is this limit; undefined: it comes from elsewhere. */
export function tooFewDescriptors(error: unknown): SkyflyError | undefined {
  const limit = descriptorLimit()
  if (!isShortage(error) && (limit === undefined || limit >= MIN_DESCRIPTORS)) return undefined
  const few = limit === undefined ? 'too few files' : `only ${limit} files`
  return new SkyflyError('start-failed', `this process may have ${few} open at a time, and needs more`, {
    hint: 'raise the limit, and try again: ulimit -n 1024',
    cause: error,
  })
}

function isShortage(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as NodeJS.ErrnoException
  return code === 'EMFILE' || code === 'ENFILE' || /\b(?:EMFILE|ENFILE)\b/.test(error.message)
}
