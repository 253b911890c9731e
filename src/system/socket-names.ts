// What sockets and locks are called on this system.
import { sha256OfText } from './hash.js'

/**
 * A name that the kernel reserves for one process and frees when that ends, however it ends. Undefined: this
 * system has no such names, and the control socket alone decides who owns an instance.
 */
export function lockName(path: string): string | undefined {
  // C:\\Project and c:\\project are one folder.
  if (process.platform === 'win32')
    return `\\\\.\\pipe\\skyfly-lock-${sha256OfText(path.toLowerCase()).slice(0, 32)}`
  if (process.platform !== 'linux') return undefined
  // An abstract socket. The length of its name is limited as that of a socket's path is.
  return `\0skyfly:${Buffer.byteLength(path) <= 90 ? path : sha256OfText(path)}`
}

/** Whether a socket can be a file. Windows has named pipes instead. */
export const hasSocketFiles = (): boolean => process.platform !== 'win32'

/**
 * The name of a new pipe. Everybody may read from a pipe and only its user may write to it, so nobody else
 * can send a request. Nobody can have taken a name that is made up now.
 */
export const newPipe = (): string => `\\\\.\\pipe\\skyfly-${crypto.randomUUID()}`
