import { describe, expect, it } from 'vitest'
import { HashValue } from '../../../src/embedded/values/hash.js'

describe('a hash', () => {
  it('tells by chance only fields that it has, while others come and go', () => {
    const hash = new HashValue()
    for (let step = 0; step < 2_000; step++) {
      hash.put(`f${(step * 7) % 100}`, 'x')
      hash.remove(`f${(step * 3) % 100}`)
      hash.put(`g${step % 10}`, 'x')
      const told = Array.from({ length: hash.size }, (_, place) => hash.fieldAt(place))
      expect(told.sort()).toEqual([...hash.keys()].sort())
    }
  })
})
