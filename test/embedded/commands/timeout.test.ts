import { expect, it } from 'vitest'
import { parseTimeout } from '../../../src/embedded/commands/timeout.js'

it.each([
  ['0', 0],
  ['2', 2000],
  ['0.5', 500],
  ['0.0001', 1],
  ['-0.0001', 0],
  ['1e3', 1_000_000],
  ['0x10', 16_000],
])('the timeout %s is %d ms', (text, ms) => {
  expect(parseTimeout(text)).toBe(ms)
})

it.each([
  ['x', 'not a float'],
  ['', 'not a float'],
  ['-1', 'negative'],
  ['1e17', 'negative'],
  ['inf', 'negative'],
])('the timeout %j is refused', (text, why) => {
  expect(() => parseTimeout(text)).toThrow(why)
})
