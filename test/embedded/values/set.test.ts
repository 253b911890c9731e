import { describe, expect, it } from 'vitest'
import { SetValue } from '../../../src/embedded/values/set.js'

describe('a set', () => {
  it('is the same as a Set after the same changes, and its copy stays', () => {
    const set = new SetValue()
    const known = new Set<string>()
    for (let step = 0; step < 20_000; step++) {
      const member = String((step * 7919) % 997)
      if (step % 3 === 0) expect(set.delete(member)).toBe(known.delete(member))
      else {
        expect(set.add(member)).toBe(!known.has(member))
        known.add(member)
      }
    }
    const copy = set.copy()
    set.add('new')
    expect(set.delete('new')).toBe(true)
    expect(new Set(set)).toEqual(known)
    expect(new Set(copy)).toEqual(known)
    expect(set.size).toBe(known.size)
    for (let place = 0; place < set.size; place++) expect(known.has(set.at(place) ?? '')).toBe(true)
  })
})
