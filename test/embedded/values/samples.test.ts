import { describe, expect, it } from 'vitest'
import { parseSampleSize, samplePlaces } from '../../../src/embedded/values/samples.js'

describe('a random choice', () => {
  it('has each place once, or all of them', () => {
    for (let count = 0; count <= 12; count++) {
      const places = samplePlaces(count, 10)
      expect(new Set(places).size).toBe(Math.min(count, 10))
      expect(places.every(place => place >= 0 && place < 10)).toBe(true)
    }
    expect(samplePlaces(99, 3)).toEqual([0, 1, 2])
  })

  it('may have a place several times where the count is negative', () => {
    expect(samplePlaces(-100, 3)).toHaveLength(100)
    expect(() => samplePlaces(-(2 ** 22) - 1, 3)).toThrow('ERR value is out of range')
  })

  it('refuses a count that has no negative', () => {
    expect(parseSampleSize('-9223372036854775807')).toBe(-(2n ** 63n) + 1n)
    expect(() => parseSampleSize('-9223372036854775808')).toThrow('ERR value is out of range')
    expect(() => parseSampleSize('x')).toThrow('ERR value is not an integer')
  })
})
