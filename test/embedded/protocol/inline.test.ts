import { expect, it } from 'vitest'
import { splitWords } from '../../../src/embedded/protocol/inline.js'

it.each([
  ['', []],
  [' SET  a\tb\r', ['SET', 'a', 'b']],
  ['SET a "b c"', ['SET', 'a', 'b c']],
  [`"\\x41\\n\\"\\\\" 'it\\'s \\n'`, ['A\n"\\', "it's \\n"]],
  ['pre"fix"', ['prefix']],
  ['""', ['']],
  ['"open', undefined],
  ["'open", undefined],
  ['"stuck"to', undefined],
])('the words of %j', (line, words) => {
  expect(splitWords(line)).toEqual(words)
})
