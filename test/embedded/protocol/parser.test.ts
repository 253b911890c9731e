import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { LIMITS } from '../../../src/embedded/embedded.js'
import { Parser, ProtocolError } from '../../../src/embedded/protocol/parser.js'

const parse = (...chunks: readonly string[]): unknown[] => {
  const parser = new Parser({ maxBulkBytes: 1000, maxRequestBytes: 2000 })
  const found: unknown[] = []
  for (const chunk of chunks) {
    parser.push(Buffer.from(chunk, 'latin1'))
    for (let words = parser.next(); words !== undefined; words = parser.next()) found.push(words)
  }
  return found
}

describe('the parser', () => {
  it('takes requests apart however they are cut', () => {
    const bytes = '*2\r\n$4\r\nECHO\r\n$3\r\na\r\n\r\nPING "x y"\r\n*0\r\n*1\r\n$0\r\n\r\n*-1\r\n\r\n'
    const whole = parse(bytes)
    expect(whole).toEqual([['ECHO', 'a\r\n'], ['PING', 'x y'], [], [''], [], []])
    expect(parse(...bytes)).toEqual(whole)
    for (let cut = 1; cut < bytes.length; cut++)
      expect(parse(bytes.slice(0, cut), bytes.slice(cut))).toEqual(whole)
  })

  it('has limits for a word, a request, and a line', () => {
    expect(() => parse('*1\r\n$1001\r\n')).toThrow(new ProtocolError('invalid bulk length'))
    expect(() => parse(`*3\r\n${`$1000\r\n${'x'.repeat(1000)}\r\n`.repeat(3)}`)).toThrow('too big request')
    expect(() => parse(`*2147483647\r\n${'$0\r\n\r\n'.repeat(100)}`)).toThrow('too big request')
    expect(() => parse('x'.repeat(65_537))).toThrow('too big inline request')
    expect(() => parse(`*${'1'.repeat(65_537)}`)).toThrow('too big mbulk count string')
    expect(() => parse(`*1\r\n$${'1'.repeat(65_537)}`)).toThrow('too big bulk count string')
    expect(LIMITS.maxBulkBytes).toBeLessThan(512 * 1024 * 1024)
  })

  it.each([
    ['nothing', ''],
    ['the beginning of a request', '*1\r\n$4\r\nPI'],
  ])('keeps no large buffer for %s behind it', async (_, rest) => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const parser = new Parser(LIMITS)
    const push = (bytes: string): WeakRef<ArrayBufferLike> => {
      const chunk = Buffer.from(bytes, 'latin1')
      parser.push(chunk)
      return new WeakRef(chunk.buffer)
    }
    const buffer = push(`*1\r\n$1000000\r\n${'x'.repeat(1_000_000)}\r\n${rest}`)
    expect(parser.next()?.[0]).toHaveLength(1_000_000)
    // A WeakRef holds on to the end of the turn.
    await setImmediate()
    collect()
    expect(buffer.deref()).toBeUndefined()
    if (rest === '') push('*1\r\n$4\r\nPI')
    push('NG\r\n')
    expect(parser.next()).toEqual(['PING'])
  })

  it('does not copy a long word again and again', () => {
    const parser = new Parser(LIMITS)
    parser.push(Buffer.from('*1\r\n$100000000\r\n'))
    const chunk = Buffer.alloc(10_000, 120)
    const start = performance.now()
    for (let sent = 0; sent < 10_000; sent++) {
      parser.push(chunk)
      expect(parser.next()).toBeUndefined()
    }
    parser.push(Buffer.from('\r\n'))
    expect(parser.next()?.[0]).toHaveLength(100_000_000)
    expect(performance.now() - start).toBeLessThan(5_000)
  })
})
