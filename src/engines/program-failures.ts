// How any program fails that does not fit this machine.
import type { Explanation } from './engine.js'

const OTHER_BINARY = 'install a build for this system, or name another program with --binary'

const DOTNET_HINT = 'install .NET 8 or newer (Windows: winget install Microsoft.DotNet.Runtime.8)'

const FAILURES = [
  {
    says: /version [`'](GLIBC(?:XX)?_[\d.]+)' not found/,
    message: (path: string, what: string) =>
      `${path} needs a newer C library than this system has: ${what} was not found`,
    hint: 'use a newer system (Dragonfly needs glibc 2.30), or name another program with --binary',
  },
  {
    says: /error while loading shared libraries: ([^\s:]+)/,
    // Cygwin says `?` where it does not know the name.
    message: (path: string, what: string) =>
      `${path} needs ${what === '?' ? 'a library' : `the library ${what}`}, which this system lacks`,
    hint: OTHER_BINARY,
  },
  {
    says: /cannot execute|exec format error/i,
    message: (path: string) => `${path} is not a program for this machine`,
    hint: OTHER_BINARY,
  },
  {
    says: /You must install \.NET to run this application/,
    message: (path: string) => `${path} needs the .NET runtime, and none was found`,
    hint: DOTNET_HINT,
  },
  {
    says: /You must install or update \.NET to run this application(?:[\s\S]*?Framework: '[^']+', version '([^']+)')?/,
    message: (path: string, version: string) =>
      `${path} needs a newer .NET runtime than is here${version === '' ? '' : `: ${version}`}`,
    hint: 'install the newest .NET (Windows: winget install Microsoft.DotNet.Runtime.10)',
  },
  {
    says: /cygheap base mismatch|incompatible versions of the (?:cygwin|msys-2\.0) DLL/i,
    message: (path: string) =>
      `${path} met a program with another version of its cygwin1.dll or msys-2.0.dll`,
    hint: 'end the other Cygwin or MSYS2 programs, or take their folder off PATH',
  },
  {
    // Said by the shell or by setpriv, through which the server is started.
    says: /^(?:\/bin\/)?(?:sh|setpriv): .*(?:not found|No such file or directory)/m,
    message: (path: string) => `${path}, or the loader it asks for, is not there`,
    hint: OTHER_BINARY,
  },
] as const

/** Explains what a program that did not even begin, or its loader, printed. */
export function explainProgram(text: string, path: string): Explanation | undefined {
  for (const { says, message, hint } of FAILURES) {
    const found = says.exec(text)
    if (found !== null) return { kind: 'other', message: message(path, found[1] ?? ''), hint }
  }
  return undefined
}
