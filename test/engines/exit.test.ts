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
  ])('%o', (exit, words) => {
    expect(describeExit(exit)).toBe(words)
  })
})
