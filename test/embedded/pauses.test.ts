import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Pauses } from '../../src/embedded/pauses.js'

describe('a pause of clients', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('ends by itself, and wakes those who wait in their order', () => {
    const pauses = new Pauses()
    const woken: string[] = []
    pauses.pause(Date.now() + 1_000, true)
    pauses.postpone({ resume: () => woken.push('a') })
    pauses.postpone({ resume: () => woken.push('b') })
    const gone = { resume: () => woken.push('gone') }
    pauses.postpone(gone)
    pauses.forget(gone)
    vi.advanceTimersByTime(999)
    expect(pauses.isOn).toBe(true)
    vi.advanceTimersByTime(1)
    expect(pauses.isOn).toBe(false)
    expect(woken).toEqual(['a', 'b'])
  })

  it('is the longer and the stricter of two', () => {
    const pauses = new Pauses()
    pauses.pause(Date.now() + 2_000, true)
    expect(pauses.isForWritesOnly).toBe(true)
    pauses.pause(Date.now() + 1_000, false)
    pauses.pause(Date.now() + 1_000, true)
    expect(pauses.isForWritesOnly).toBe(false)
    vi.advanceTimersByTime(1_999)
    expect(pauses.isOn).toBe(true)
    pauses.end()
    expect(pauses.isForWritesOnly).toBe(true)
    pauses.pause(Date.now() + 10, true)
    expect(pauses.isForWritesOnly).toBe(true)
    pauses.end()
  })

  it('may be longer than a timer can be', () => {
    const pauses = new Pauses()
    pauses.pause(Date.now() + 2 ** 32, true)
    vi.advanceTimersByTime(2 ** 32 - 1)
    expect(pauses.isOn).toBe(true)
    vi.advanceTimersByTime(1)
    expect(pauses.isOn).toBe(false)
  })
})
