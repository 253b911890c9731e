// Which POSIX emulation a program for Windows was built with: it has the library of that beside it.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { PosixEmulation } from '../../engines/engine.js'

/** Undefined: none, so it takes Windows paths. */
export function posixEmulationOf(program: string, platform: NodeJS.Platform): PosixEmulation | undefined {
  if (platform !== 'win32') return undefined
  const folders = [dirname(program), dirname(dirname(program))]
  return LIBRARIES.find(([name]) => folders.some(folder => existsSync(join(folder, name))))?.[1]
}

const LIBRARIES: readonly (readonly [string, PosixEmulation])[] = [
  ['cygwin1.dll', 'cygwin'],
  ['msys-2.0.dll', 'msys2'],
]
