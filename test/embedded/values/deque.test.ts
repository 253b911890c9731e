import { describe, expect, it } from 'vitest'
import { Deque } from '../../../src/embedded/values/deque.js'

describe('a deque', () => {
  it('holds the same as an array after the same changes', () => {
    const deque = new Deque()
    const array: string[] = []
    let seed = 7
    const below = (n: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 1
      return seed % n
    }
    const changes: readonly (() => void)[] = [
      () => expect(deque.popFront()).toBe(array.shift()),
      () => expect(deque.popBack()).toBe(array.pop()),
      ...Array.from({ length: 3 }, () => () => {
        deque.pushFront(`f${array.length}`)
        array.unshift(`f${array.length}`)
      }),
      ...Array.from({ length: 3 }, () => () => {
        deque.pushBack(`b${array.length}`)
        array.push(`b${array.length}`)
      }),
      () => {
        const index = below(array.length + 1)
        deque.insert(index, `i${array.length}`)
        array.splice(index, 0, `i${array.length}`)
      },
      () => {
        const indices = array.flatMap((_, index) => (below(20) === 0 ? [index] : []))
        deque.remove(indices)
        for (const index of indices.reverse()) array.splice(index, 1)
      },
      () => {
        if (below(20) > 0) return
        const start = below(array.length + 1)
        const end = start + below(array.length - start + 1)
        deque.keep(start, end)
        array.splice(0, array.length, ...array.slice(start, end))
      },
    ]
    for (let step = 0; step < 5_000; step++) {
      changes[below(changes.length)]?.()
      expect([...deque]).toEqual(array)
      expect(deque.size).toBe(array.length)
    }
  })

  it('pushes and pops a million elements at either end in no time', () => {
    const deque = new Deque()
    const start = performance.now()
    for (let i = 0; i < 1_000_000; i++) deque.pushFront('x')
    for (let i = 0; i < 1_000_000; i++) deque.popBack()
    expect(deque.size).toBe(0)
    // A copy for each of them would take hours.
    expect(performance.now() - start).toBeLessThan(5_000)
  })
})
