import { describe, expect, it } from 'vitest'
import { printable } from '../../src/system/terminal-text.js'

describe('text of others on a terminal', () => {
  it.each([
    ['plain text', 'OK, 12 keys', 'OK, 12 keys'],
    ['what is not ASCII, which stays', 'größer 大 🐉 שלום \u200d', 'größer 大 🐉 שלום \u200d'],
    ['tabs, which stay', 'a\tb', 'a\tb'],
    ['colours', '\u001b[0;32mgreen\u001b[m', 'green'],
    ['what clears the screen', 'a\u001b[2Jb', 'ab'],
    ['a window title', '\u001b]0;title\u0007text', 'text'],
    ['a link', '\u001b]8;;http://a.b\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['a title without an end', 'text\u001b]0;title', 'text'],
    ['escapes of two characters', '\u001bMup\u001b7', 'up7'],
    ['half an escape', 'text\u001b[', 'text['],
    ['C0', 'a\u0000b\u0007c\u0008d\u001fe', 'abcde'],
    ['DEL', 'a\u007fb', 'ab'],
    ['C1', 'a\u0080b\u009bc\u009fd', 'abcd'],
    ['line ends', 'one\r\ntwo\nthree', 'one two three'],
    ['a return alone, which would write over what stands there', 'one\rtwo', 'onetwo'],
    ['line ends of Unicode', 'one\u2028two\u2029three\u0085four', 'one two three four'],
    ['what turns the direction of text', 'a\u202eb\u2066c\u2069d\u202a', 'abcd'],
    ['half a surrogate pair', 'a\ud83db\udc09c \ud83d\udc09', 'abc \ud83d\udc09'],
  ])('is left without what the terminal would obey: %s', (_, text, expected) => {
    expect(printable(text)).toBe(expected)
  })

  it('takes no time that grows faster than the text', () => {
    const text = '\u001b]0;'.repeat(200_000)
    const start = performance.now()
    printable(text)
    expect(performance.now() - start).toBeLessThan(2_000)
  })
})
