import { describe, expect, it } from 'vitest'
import { inOrder } from '../../../src/embedded/values/ranked-tree.js'
import { SortedSetValue } from '../../../src/embedded/values/sorted-set.js'
import { describeSortedSetSpeed } from './sorted-set-speed.js'

/** A few thousand changes that are the same each time. */
function* changes(): Generator<{
  readonly member: string
  readonly score: number
  readonly isRemoval: boolean
}> {
  let seed = 11
  const below = (n: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 1
    return seed % n
  }
  for (let step = 0; step < 20_000; step++)
    yield { member: `m${below(3_000)}`, score: below(50), isRemoval: below(step < 10_000 ? 4 : 2) === 0 }
}

describe('a sorted set', () => {
  it('is the same as a sorted array after the same changes', () => {
    const zset = new SortedSetValue()
    const known = new Map<string, number>()
    let step = 0
    for (const { member, score, isRemoval } of changes()) {
      if (isRemoval) expect(zset.delete(member)).toBe(known.delete(member))
      else {
        zset.set(member, score)
        known.set(member, score)
      }
      if (++step % 1_000 > 0) continue
      const sorted = inOrder(Array.from(known, ([name, value]) => ({ member: name, score: value })))
      expect([...zset]).toEqual(sorted)
      expect(zset.size).toBe(sorted.length)
      expect(zset.slice(100, 200)).toEqual(sorted.slice(100, 200))
      for (const [rank, entry] of sorted.entries()) expect(zset.rank(entry.member)).toBe(rank)
      expect(zset.search(entry => entry.score >= 25)).toBe(sorted.findIndex(entry => entry.score >= 25))
    }
    const copy = zset.copy()
    for (const member of [...zset.members()]) zset.delete(member)
    expect(zset.size).toBe(0)
    expect([...zset]).toEqual([])
    expect(copy.size).toBe(known.size)
    zset.set('again', 1)
    expect(zset.at(0)).toEqual({ member: 'again', score: 1 })
  })
})

describeSortedSetSpeed(50_000)
