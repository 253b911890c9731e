import { describe, expect, it } from 'vitest'
import { parseScore, parseScoreBound } from '../../../src/embedded/values/scores.js'

describe('a score', () => {
  const digits = '1'.repeat(60_000)
  it.each([`${digits}x`, `0x${digits}x`, `${digits}.x`, '1'.repeat(50_000_000)])(
    'of many digits is refused at once (%#)',
    text => {
      const start = performance.now()
      expect(parseScore(text)).toBeUndefined()
      expect(() => parseScoreBound(`(${text}`)).toThrow('ERR min or max is not a float')
      // Each part of the digits once more for each digit took seconds.
      expect(performance.now() - start).toBeLessThan(500)
    },
  )
})
