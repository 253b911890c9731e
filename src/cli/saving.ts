// Saying now and then that a snapshot is being written: a stop waits for it, however long it takes.
import { formatBytes } from '../config/units.js'
import type { Io } from './io.js'

/** @param instead what the user can do to end the server without saving */
export function sayingSaving(
  { stderr }: Io,
  { everyMs, instead }: { readonly everyMs: number; readonly instead: string },
): (bytes: number) => void {
  let saidAt = performance.now()
  return bytes => {
    if (performance.now() - saidAt < everyMs) return
    saidAt = performance.now()
    stderr.write(`saving the snapshot, ${formatBytes(bytes)} so far; ${instead} ends it without saving\n`)
  }
}

/** For a command that has asked a supervisor in another process to stop its server. */
export const FROM_OUTSIDE = { everyMs: 3_000, instead: '`skyfly stop --force`' } as const
