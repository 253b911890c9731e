import { describe, expect, it } from 'vitest'
import { Lines } from '../../../src/logs/write/lines.js'

/** Feeds the text in chunks of so many bytes. */
function linesOf(bytes: Buffer, chunkBytes: number, maxBytes?: number): string[] {
  const lines = new Lines(maxBytes)
  const found: string[] = []
  for (let start = 0; start < bytes.length; start += chunkBytes)
    found.push(...lines.push(bytes.subarray(start, start + chunkBytes)))
  return [...found, ...lines.end()]
}

describe('lines of a stream', () => {
  const rows: readonly [string, string, readonly string[]][] = [
    ['line ends of Unix', 'one\ntwo\n', ['one', 'two']],
    ['line ends of Windows', 'one\r\ntwo\r\n', ['one', 'two']],
    ['empty lines', '\n\na\n\r\n', ['', '', 'a', '']],
    ['a last line without its end', 'one\ntwo', ['one', 'two']],
    ['returns within a line', '10%\r20%\r\n', ['10%\r20%']],
    ['characters of two to four bytes', 'größer\n大きい\n🐉🐉\n', ['größer', '大きい', '🐉🐉']],
    ['nothing', '', []],
  ]
  it.each(rows)('come out whole, whatever the chunks, with %s', (_, text, expected) => {
    for (let chunkBytes = 1; chunkBytes <= text.length * 3 + 1; chunkBytes++)
      expect(linesOf(Buffer.from(text), chunkBytes)).toEqual(expected)
  })

  it('come out when their end comes, not before', () => {
    const lines = new Lines()
    expect(lines.push(Buffer.from('a\nb'))).toEqual(['a'])
    expect(lines.push(Buffer.from('c'))).toEqual([])
    expect(lines.push(Buffer.from('d\n'))).toEqual(['bcd'])
    expect(lines.end()).toEqual([])
  })

  it.each([1, 2, 3, 7, 10, 64, 1000])(
    'that are too long are cut at characters, the same in chunks of %i bytes',
    chunkBytes => {
      const text = `${'a'.repeat(25)}\n${'🐉ö'.repeat(9)}\nshort\n${'大'.repeat(11)}\r\nx`
      const cut = linesOf(Buffer.from(text), chunkBytes, 10)
      expect(cut).toEqual(linesOf(Buffer.from(text), 10_000, 10))
      expect(cut.join('')).toBe(text.replace(/\r?\n/g, ''))
      expect(Math.max(...cut.map(line => Buffer.byteLength(line)))).toBeLessThanOrEqual(10)
    },
  )

  it('are cut at 64 KiB, and a stream without a newline is not collected', () => {
    const lines = new Lines()
    expect(lines.push(Buffer.alloc(200_000, 'x')).map(line => line.length)).toEqual([65_536, 65_536, 65_536])
    expect(lines.end().map(line => line.length)).toEqual([200_000 - 3 * 65_536])
  })

  it('keep what is not UTF-8 as replacement characters', () => {
    expect(linesOf(Buffer.from([0x61, 0xff, 0x62, 0x0a, 0xe5, 0xa4]), 1)).toEqual(['a\ufffdb', '\ufffd'])
    expect(linesOf(Buffer.alloc(25, 0x80), 4, 10).join('')).toHaveLength(25)
  })
})
