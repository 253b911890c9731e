import type { WriteStream } from 'node:tty'
import { describe, expect, it } from 'vitest'
import { columnsOf, type Io, isColourful, workingFolder } from '../../src/cli/io.js'

describe('a stream', () => {
  const cases: [boolean, boolean, NodeJS.ProcessEnv, boolean][] = [
    [true, true, {}, true],
    [true, true, { NO_COLOR: '' }, true],
    [true, true, { NO_COLOR: '1' }, false],
    [true, false, {}, false],
    [false, true, {}, false],
  ]
  it.each(cases)('that is a terminal: %s, has colours: %s, with %o is colourful: %s', (...row) => {
    const [isTTY, hasColors, env, expected] = row
    const stream = { isTTY, hasColors: () => hasColors } as unknown as WriteStream
    expect(isColourful(stream, env)).toBe(expected)
  })
})

describe('the width of a stream', () => {
  it.each([
    [{ columns: 120 }, 120],
    [{ columns: 0 }, undefined],
    [{}, undefined],
  ])('%o is %s', (stream, expected) => {
    expect(columnsOf(stream as WriteStream)).toBe(expected)
  })
})

describe('the working folder', () => {
  it('that was removed is an error that says what to do', () => {
    const cwd = () => {
      throw new Error('ENOENT: uv_cwd')
    }
    expect(() => workingFolder({ cwd } as unknown as Io)).toThrow(
      'the working folder does not exist any more',
    )
  })
})
