import { describe, expect, it } from 'vitest'
import { spawnChild } from '../../../src/supervisor/run/child.js'
import { layeredWord } from '../../../src/supervisor/run/command-line.js'
import { isWindows } from '../../system.js'

describe('a word of a command line, for a program of Cygwin or MSYS2', () => {
  it.each([
    ['a plain one', '--port', '"--port"'],
    ['nothing', '', '""'],
    ['blanks', 'a b', '"a b"'],
    ['what it would expand', '*?[a]{b,c}~', '"*?[a]{b,c}~"'],
    ['the name of a file of words', '@x', '"@x"'],
    ['an apostrophe', "it's", `"it's"`],
    ['an apostrophe in a path', String.raw`C:\Users\O'Brien\app`, String.raw`"C:\Users\O'Brien\app"`],
    ['a quote', 'a"b', String.raw`"a\"b"`],
    ['nothing but a quote', '"', String.raw`"\""`],
    ['a backslash before a quote', String.raw`a\"b`, String.raw`"a\\\"b"`],
    ['two backslashes before a quote', String.raw`a\\"b`, String.raw`"a\\\\\"b"`],
    ['a backslash at the end', 'a\\', String.raw`"a\\"`],
    ['two backslashes at the end', 'a\\\\', String.raw`"a\\\\"`],
    ['a backslash', String.raw`a\b`, String.raw`"a\b"`],
    ['the share of a server', String.raw`\\server\share`, String.raw`"\\\\server\share"`],
    ['two backslashes in a path', String.raw`C:\\a\b`, String.raw`"C:\\a\b"`],
    ['a folder with its backslash', 'C:\\a b\\', String.raw`"C:\a b\\"`],
    ['letters of other scripts', 'Müller 東京', '"Müller 東京"'],
  ])('with %s', (_, word, quoted) => {
    expect(layeredWord(word)).toBe(quoted)
  })
})

// Elsewhere no words are passed on verbatim.
if (isWindows)
  describe('a program of Windows', () => {
    it.each([undefined, 'cygwin'] as const)(
      'gets the words that it is given, with the layer %s',
      async emulation => {
        const words = [
          'a b',
          '',
          String.raw`C:\Users\O'Brien\app`,
          '@x',
          '*?[a]',
          'a"b',
          String.raw`a\"b`,
          'end\\',
          'ü',
        ]
        let said = ''
        const child = await spawnChild({
          command: [process.execPath, '-p', 'JSON.stringify(process.argv.slice(1))', '--', ...words],
          emulation,
          env: process.env,
          cwd: process.cwd(),
          onOutput: (_, chunk) => {
            said += chunk
          },
        })
        expect((await child.exited).code).toBe(0)
        expect(JSON.parse(said)).toEqual(words)
      },
    )
  })
