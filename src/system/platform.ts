// Which operating system this is, and where it keeps what belongs to a user.
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** The facts about this machine that other code decides by. */
export const host = () => ({ platform: process.platform, uid: process.getuid?.() ?? 0 })

/** A system and a processor, as the builds of a release are told apart: `linux-x64`. */
export type BuildTarget = `${NodeJS.Platform}-${NodeJS.Architecture}`

/** What programs for this machine are built for. */
export const buildTarget = (): BuildTarget => `${process.platform}-${process.arch}`

/** The version of glibc in use, such as `2.36`; undefined: another C library, or another system. */
export function glibcVersion(): string | undefined {
  if (process.platform !== 'linux') return undefined
  // Otherwise the report looks up the host name of every open connection. Not in the types of Node 20.
  const report: typeof process.report & { excludeNetwork?: boolean } = process.report
  const { excludeNetwork = false } = report
  report.excludeNetwork = true
  const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } }
  report.excludeNetwork = excludeNetwork
  return header?.glibcVersionRuntime
}

/** The home folder of this user; empty: there is none, as for an unnamed user in a container. */
export function homeFolder(): string {
  try {
    const home = homedir()
    return isAbsolute(home) ? home : ''
  } catch {
    return ''
  }
}

/** This user's folder for data that can be fetched again; undefined: there is none. */
export function userCacheFolder(env: NodeJS.ProcessEnv, home: string): string | undefined {
  const local = env.LOCALAPPDATA || (home === '' ? '' : join(home, 'AppData', 'Local'))
  if (process.platform === 'win32') return local === '' ? undefined : join(local, 'skyfly')
  if (process.platform === 'darwin')
    return home === '' ? undefined : join(home, 'Library', 'Caches', 'skyfly')
  // The XDG base directory specification: a relative path is to be ignored.
  const xdg = env.XDG_CACHE_HOME
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'skyfly')
  return home === '' ? undefined : join(home, '.cache', 'skyfly')
}

/** The variable that says where temporary folders are. */
export const temporaryVariable = (): string => (process.platform === 'win32' ? 'TEMP' : 'TMPDIR')

/** A word as a user types it into a shell of this system. */
export function shellWord(word: string): string {
  if (process.platform === 'win32')
    // A backslash before the closing quote would escape the quote.
    return /^[\w./:\\+-]+$/.test(word) ? word : `"${word.replace(/\\$/, '\\\\')}"`
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
