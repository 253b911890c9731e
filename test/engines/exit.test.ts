import { describe, expect, it } from 'vitest'
import { describeExit } from '../../src/engines/exit.js'

describe('the end of a process in words', () => {
  it.each([
    [{ code: 0, signal: null }, 'exited with code 0'],
    [{ code: 1, signal: null }, 'exited with code 1'],
    [{ code: 255, signal: null }, 'exited with code 255'],
    [
      { code: 127, signal: null },
      'exited with code 127: the program, or the loader it asks for, was not found',
    ],
    [
      { code: null, signal: 'SIGILL' },
      'killed by SIGILL: this processor lacks an instruction the program needs (Dragonfly needs SSE4.1 and popcnt, or ARMv8.1)',
    ],
    [
      { code: 132, signal: null },
      'killed by SIGILL: this processor lacks an instruction the program needs (Dragonfly needs SSE4.1 and popcnt, or ARMv8.1)',
    ],
    [
      { code: null, signal: 'SIGKILL' },
      'killed by SIGKILL: by the system because memory ran out, or by a kill -9',
    ],
    [{ code: null, signal: 'SIGABRT' }, 'killed by SIGABRT: it gave up by itself; its last lines say why'],
    [{ code: null, signal: 'SIGUSR1' }, 'killed by SIGUSR1'],
    [{ code: null, signal: null }, 'ended'],
    // .NET on Linux and macOS; the first is 128 and SIGQUIT, too.
    [{ code: 131, signal: null }, 'exited with code 131: it found no .NET runtime; install .NET 8 or newer'],
    [
      { code: 150, signal: null },
      'exited with code 150: it found no .NET runtime as new as it needs; install the newest .NET',
    ],
  ])('%o', (exit, words) => {
    expect(describeExit(exit)).toBe(words)
  })

  // Unsigned, as Node on Windows gives them.
  it.each([
    [3221225477, '0xC0000005', /crashed/],
    [3221225501, '0xC000001D', /processor lacks an instruction/],
    [3221225595, '0xC000007B', /another processor/],
    [3221225725, '0xC00000FD', /crashed/],
    [3221225781, '0xC0000135', /DLL that it needs was not found.*cygwin1\.dll.*vc_redist/],
    [3221225785, '0xC0000139', /DLL .* of another version/],
    [3221225786, '0xC000013A', /Ctrl-C, or its console was closed/],
    [3221225794, '0xC0000142', /DLL/],
    [3221226356, '0xC0000374', /crashed/],
    [3221226505, '0xC0000409', /gave up by itself/],
    [3762504530, '0xE0434352', /inside \.NET/],
    [2147516547, '0x80008083', /no \.NET runtime; install \.NET 8/],
    [2147516566, '0x80008096', /no \.NET runtime as new/],
  ])('of Windows: %i', (code, hex, meaning) => {
    const words = describeExit({ code, signal: null })
    expect(words.startsWith(`exited with code ${hex} (${code}): `)).toBe(true)
    expect(words).toMatch(meaning)
  })

  it.each([
    [0, {}, 'exited with code 0'],
    [0, { wasReady: true }, 'exited with code 0'],
    [0, { wasReady: false }, 'exited with code 0 before it was ready: its last lines say why'],
    [1, { wasReady: true, platform: 'linux' }, 'exited with code 1'],
    [1, { wasReady: false, platform: 'win32' }, 'exited with code 1'],
    [
      1,
      { wasReady: true, platform: 'win32' },
      'exited with code 1: somebody ended it (Task Manager, taskkill), or an error of its own did',
    ],
  ] as const)('with code %i, known %o: %s', (code, known, words) => {
    expect(describeExit({ code, signal: null }, known)).toBe(words)
  })
})
