// What a process does about its terminal when that was closed while it ran.
import { closeSync, fstatSync } from 'node:fs'
import { isatty } from 'node:tty'

/**
 * At the end of this process closes what was its terminal and is none any more: Node 20 gives every terminal it began with
 * its settings back, and aborts (SIGABRT) where it cannot. It passes over what is closed.
 */
export function leaveLostTerminal(): void {
  process.once('exit', () => {
    for (const fd of [0, 1, 2]) if (isLost(fd)) closeSync(fd)
  })
}

/** A device that is no terminal: one that was closed, or the null device, which nobody needs at the end either. */
function isLost(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice() && !isatty(fd)
  } catch {
    // It is closed already.
    return false
  }
}
