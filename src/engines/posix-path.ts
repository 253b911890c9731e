// What a Windows folder is called for a server that was made for Linux and runs through Cygwin or MSYS2.
import type { PosixEmulation } from './engine.js'

const DRIVES = { cygwin: '/cygdrive/', msys2: '/' } as const satisfies Record<PosixEmulation, string>

/**
 * `C:\data` is `/cygdrive/c/data` for Cygwin, `/c/data` for MSYS2, and `\\server\share` is `//server/share`
 * for both.
 * @param path absolute
 * @param emulation undefined: the server takes paths as the system writes them
 */
export function posixPath(path: string, emulation: PosixEmulation | undefined): string {
  if (emulation === undefined) return path
  // The prefix that lifts the limit of 260 characters. Cygwin and MSYS2 add it themselves.
  const plain = path.replace(/^\\\\\?\\(UNC\\)?/i, (_, unc?: string) => (unc === undefined ? '' : '\\\\'))
  return plain
    .replaceAll('\\', '/')
    .replace(/^([a-z]):(?=\/|$)/i, (_, drive: string) => `${DRIVES[emulation]}${drive.toLowerCase()}`)
}
