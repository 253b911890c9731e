// A descriptor of the console that never makes a write wait for the reader, where the system can give us one.
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'

export interface NonBlocking {
  readonly fd: number
  close(): void
}

/**
 * A pipe or terminal is opened once more through /proc (Linux), because O_NONBLOCK belongs to the open file:
 * set on the one that we inherited, it would change the shell's as well. A socket cannot be opened again, but
 * Node made it non-blocking when its stream was made.
 *
 * @returns undefined where that is not possible
 */
export function openNonBlocking(fd: number): NonBlocking | undefined {
  try {
    const kind = fstatSync(fd)
    if (kind.isFile() || (kind.isSocket() && isNonBlocking(fd))) return { fd, close: () => {} }
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants
    const own = openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_NONBLOCK | O_NOCTTY)
    return { fd: own, close: () => closeSync(own) }
  } catch {
    return undefined // no /proc, a blocking socket, or a terminal of another user
  }
}

function isNonBlocking(fd: number): boolean {
  const [, flags = '0'] = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')) ?? []
  return (Number.parseInt(flags, 8) & constants.O_NONBLOCK) !== 0
}
