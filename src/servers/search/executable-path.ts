// Where a program is: by its path, or on PATH.
import { accessSync, constants, statSync } from 'node:fs'
import { isAbsolute, resolve, sep } from 'node:path'

/** What decides which programs are on PATH. */
export interface PathSearch {
  readonly env: NodeJS.ProcessEnv
  readonly platform: NodeJS.Platform
}

/** The first program of this name on PATH; undefined: there is none. */
export function onPath(name: string, { env, platform }: PathSearch): string | undefined {
  const windows = platform === 'win32'
  const path = windows ? pathOfWindows(env) : env.PATH
  // Nothing else is a program there: a .cmd or .bat needs a shell.
  const file = windows && !/\.exe$/i.test(name) ? `${name}.exe` : name
  return (path ?? '')
    .split(windows ? ';' : ':')
    .map(folder => (windows ? folder.replace(/^"(.*)"$/, '$1') : folder))
    .filter(folder => folder !== '')
    .map(folder => resolve(folder, file))
    .find(candidate => whyNotRunnable(candidate) === undefined)
}

/**
 * Windows writes it `Path`, and in a copy of the environment the case of names counts: where there are
 * several, Node gives a child the first by name.
 */
function pathOfWindows(env: NodeJS.ProcessEnv): string | undefined {
  const [name = 'PATH'] = Object.keys(env)
    .filter(key => key.toUpperCase() === 'PATH')
    .sort()
  return env[name]
}

/** Whether it is a name to look for on PATH, and no path. */
export function isBareName(program: string): boolean {
  return !isAbsolute(program) && !program.includes('/') && !program.includes(sep)
}

/** What keeps a path from being a program, or a file to be read: `does not exist`; undefined: nothing. */
export function whyNotRunnable(path: string, { mustRun = true } = {}): string | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat === undefined) return 'does not exist'
    if (stat.isDirectory()) return 'is a folder'
    if (!stat.isFile()) return 'is not a file'
    accessSync(path, mustRun ? constants.X_OK : constants.R_OK)
    return undefined
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'EACCES' && mustRun ? 'may not be executed by this user' : `cannot be read (${code})`
  }
}
