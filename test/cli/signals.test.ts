import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Interruption, onEndSignals } from '../../src/cli/signals.js'
import { endSignals } from '../../src/system/signals.js'

const listeners = () => endSignals().map(signal => process.listenerCount(signal))
/** Emitted, not sent: it never leaves this process. */
const press = (signal: NodeJS.Signals = 'SIGINT') => process.emit(signal, signal)

let kills: NodeJS.Signals[] = []

beforeEach(() => {
  kills = []
  vi.useFakeTimers({ toFake: ['performance'] })
  vi.spyOn(process, 'kill').mockImplementation((_pid, signal) => {
    kills.push(signal as NodeJS.Signals)
    return true
  })
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('the signals that ask a process to end', () => {
  it('are told one by one, and whether one is the press that npx has passed on', () => {
    const told: [string, boolean][] = []
    const off = onEndSignals((signal, { isSame }) => told.push([signal, isSame]))
    press('SIGINT')
    vi.advanceTimersByTime(499)
    press('SIGTERM')
    vi.advanceTimersByTime(500)
    press('SIGHUP')
    off()
    expect(told).toEqual([
      ['SIGINT', false],
      ['SIGTERM', true],
      ['SIGHUP', false],
    ])
  })

  it('have no listener left afterwards', () => {
    const before = listeners()
    const off = onEndSignals(() => {})
    expect(listeners()).toEqual(before.map(count => count + 1))
    off()
    off()
    expect(listeners()).toEqual(before)
  })
})

describe('an interruption', () => {
  it('aborts at the first signal, with the reason, and leaves the process alone', () => {
    const interruption = new Interruption(signal => `because of ${signal}`)
    interruption.on()
    press('SIGTERM')
    expect(interruption.signal.reason).toBe('because of SIGTERM')
    interruption.off()
    expect(kills).toEqual([])
  })

  it.each([
    { title: 'at a second one', afterMs: 500, expected: ['SIGINT'] },
    { title: 'but not at the same press, passed on', afterMs: 499, expected: [] },
  ])('ends the process, as if nobody listened, $title', ({ afterMs, expected }) => {
    const before = listeners()
    const interruption = new Interruption(() => undefined)
    interruption.on()
    press()
    vi.advanceTimersByTime(afterMs)
    press()
    expect(kills).toEqual(expected)
    interruption.off()
    expect(listeners()).toEqual(before)
  })

  it('means nothing while it is off, and listens once however often it was switched on', () => {
    const before = listeners()
    const interruption = new Interruption(() => undefined)
    interruption.on()
    interruption.on()
    expect(listeners()).toEqual(before.map(count => count + 1))
    interruption.off()
    expect(listeners()).toEqual(before)
    expect(interruption.signal.aborted).toBe(false)
  })
})
