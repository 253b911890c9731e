import { describe, expect, it } from 'vitest'
import { formatDouble } from '../../../src/embedded/protocol/reply.js'

describe('a double', () => {
  it.each([
    [1e14 + 0.125, '100000000000000.12'],
    [-1e14 - 0.125, '-100000000000000.12'],
    [1e14 + 0.375, '100000000000000.38'],
    [2 ** 56, '72057594037927936'],
    [2 ** 53, '9007199254740992'],
    [1e17, '1e+17'],
    [3.3, '3.2999999999999998'],
    [0.0001, '0.0001'],
    [-0.00001, '-1.0000000000000001e-05'],
    [5e-324, '4.9406564584124654e-324'],
    [Number.MAX_VALUE, '1.7976931348623157e+308'],
    [-0, '-0'],
    [-Infinity, '-inf'],
  ])('tells %s as C does: %s', (value, text) => {
    expect(formatDouble(value)).toBe(text)
  })
})
