import { describe, expect, it, vi } from 'vitest'
import { scan } from '../../../src/embedded/commands/scan.js'

describe('a scan', () => {
  const all = (set: ReadonlySet<string>, count: number, between: (cursor: number) => void) => {
    const told: string[] = []
    let cursor = 0
    do {
      const part = scan(set, set, cursor, count)
      told.push(...part.names)
      cursor = part.cursor
      between(cursor)
    } while (cursor !== 0)
    return told
  }

  it('tells each name once when nothing changes', () => {
    const set = new Set(Array.from({ length: 5_000 }, (_, index) => `key:${index}`))
    expect(all(set, 7, () => {}).sort()).toEqual([...set].sort())
  })

  it('tells all that stays while others come and go, and other scans end', () => {
    const staying = Array.from({ length: 1_000 }, (_, index) => `stays:${index}`)
    const set = new Set([...staying, ...Array.from({ length: 1_000 }, (_, index) => `goes:${index}`)])
    let step = 0
    const told = all(set, 10, cursor => {
      set.add(`comes:${step}`)
      set.delete(`goes:${step++}`)
      // A scan of somebody else, to its end.
      if (step % 7 === 0) scan(set, set, cursor, 1_000_000)
    })
    expect(staying.filter(name => !told.includes(name))).toEqual([])
    expect(new Set(told).size).toBe(told.length)
  })
})

describe('a scan that was left', () => {
  it('keeps no names', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const set = new Set(['a', 'b', 'c', 'd'])
      const { cursor } = scan(set, set, 0, 1)
      expect(vi.getTimerCount()).toBe(1)
      vi.advanceTimersByTime(60_000)
      const late = Array.from({ length: 100 }, (_, index) => `late:${index}`)
      // One that goes on after all is told what there is now.
      expect(scan(set, late, cursor, 1_000).names.length).toBeGreaterThan(4)
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })
})
