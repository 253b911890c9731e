// Saying now and then that a snapshot is being written: a stop waits for it, however long it takes.
import { formatBytes } from '../config/units.js'
import type { Io } from './io.js'

/** @param instead how the user ends it without saving, as a sentence's second half */
export function sayingSaving(
  { stderr }: Io,
  { everyMs, instead }: { readonly everyMs: number; readonly instead: string },
): (bytes: number) => void {
  let saidAt = Date.now()
  return bytes => {
    if (Date.now() - saidAt < everyMs) return
    saidAt = Date.now()
    stderr.write(`saving the snapshot, ${formatBytes(bytes)} so far; ${instead} ends it without saving\n`)
  }
}

/** Of a command that has asked another process to stop its server. */
export const FROM_OUTSIDE = { everyMs: 3_000, instead: '`skyfly stop --force`' } as const
