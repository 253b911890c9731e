// How the time of a sorted set grows with its members.
import { describe, expect, it } from 'vitest'
import { SortedSetValue } from '../../../src/embedded/values/sorted-set.js'

export function describeSortedSetSpeed(count: number): void {
  describe('a large sorted set', () => {
    it.each(['rising', 'falling', 'mixed'])(
      `adds, ranks and removes ${count} members with %s scores in no time`,
      order => {
        const scoreOf = (index: number) =>
          order === 'rising' ? index : order === 'falling' ? -index : (index * 7919) % count
        const zset = new SortedSetValue()
        const start = performance.now()
        for (let index = 0; index < count; index++) zset.set(`m${index}`, scoreOf(index))
        let sum = 0
        for (let index = 0; index < count; index++) sum += zset.rank(`m${index}`) ?? 0
        expect(sum).toBe((count * (count - 1)) / 2)
        for (let index = 0; index < count; index++) zset.delete(zset.at(0)?.member ?? '')
        expect(zset.size).toBe(0)
        // Steps that look at all the members would take many minutes.
        expect(performance.now() - start).toBeLessThan(count / 20)
      },
    )
  })
}
