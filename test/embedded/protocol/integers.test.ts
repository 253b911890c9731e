import { describe, expect, it } from 'vitest'
import { parseAtLeast, parseInteger, readBigInt } from '../../../src/embedded/protocol/integers.js'

describe('an integer', () => {
  it.each([
    ['0', 0n],
    ['-1', -1n],
    ['9223372036854775807', 2n ** 63n - 1n],
    ['-9223372036854775808', -(2n ** 63n)],
    ['9223372036854775808', undefined],
    ['-0', undefined],
    ['+1', undefined],
    ['01', undefined],
    [' 1', undefined],
    ['1.0', undefined],
    ['', undefined],
  ])('is read strictly: %j', (text, value) => {
    expect(readBigInt(text)).toBe(value)
    if (value === undefined) expect(() => parseInteger(text)).toThrow('not an integer or out of range')
    else expect(parseInteger(text)).toBe(Number(value))
  })

  it('can have a minimum', () => {
    expect(parseAtLeast(1, '1', 'ERR too small')).toBe(1)
    for (const text of ['0', '-5', 'x'])
      expect(() => parseAtLeast(1, text, 'ERR too small')).toThrow('ERR too small')
  })
})
