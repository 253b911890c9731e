import { describe, expect, it } from 'vitest'
import { matches } from '../../../src/embedded/values/glob.js'

/** What redis-server answers to SCAN with MATCH is compared in generic.test.ts. */
const CASES: readonly (readonly [pattern: string, text: string, does: boolean])[] = [
  ['', '', true],
  ['', 'a', false],
  ['*', 'a', true],
  // So it is in Redis 7.0; KEYS and SCAN treat the star alone as no pattern at all.
  ['*', '', false],
  ['a*', 'a', true],
  ['*a', 'ba', true],
  ['*a*', 'bab', true],
  ['a**b', 'axxb', true],
  ['h?llo', 'hello', true],
  ['h?llo', 'hllo', false],
  ['[abc]', 'b', true],
  ['[^abc]', 'b', false],
  ['[a-c]', 'b', true],
  ['[c-a]', 'b', true],
  ['[a', 'a', true],
  ['[^', 'a', true],
  ['[]', ']', false],
  ['\\*', '*', true],
  ['\\*', 'a', false],
  ['\\', '\\', true],
  ['a\\?c', 'abc', false],
  ['news.*.uk', 'news.art.uk', true],
  ['*b*c*d', 'abcbcd', true],
]

describe('a pattern', () => {
  it.each(CASES)('%j and %j: %s', (pattern, text, does) => {
    expect(matches(pattern, text)).toBe(does)
  })

  it('does not take for ever', () => {
    const start = performance.now()
    expect(matches(`${'a*'.repeat(100)}b`, 'a'.repeat(10_000))).toBe(false)
    expect(performance.now() - start).toBeLessThan(2_000)
  })
})
