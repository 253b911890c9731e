import { describe, expect, it } from 'vitest'
import { afterFailure, isRestarted, STANDARD_POLICY } from '../../../src/supervisor/run/restart-policy.js'

const POLICY = { ...STANDARD_POLICY, restart: 'on-failure', startTimeoutMs: 1, stopTimeoutMs: 1 } as const

/** The pauses after so many failures, one each second; undefined: it is given up. */
function pauses(count: number, jitter: number): readonly (number | undefined)[] {
  let failures: readonly number[] = []
  return Array.from({ length: count }, (_, index) => {
    const after = afterFailure({ readyAt: undefined, failures, at: index * 1_000, jitter }, POLICY)
    failures = after.failures
    return after.delayMs
  })
}

describe('the pauses between restarts', () => {
  it('double from half a second after the first, which is at once, up to 4 s, and then it is given up', () => {
    expect(pauses(6, 1)).toEqual([0, 500, 1_000, 2_000, 4_000, undefined])
  })

  it('are spread, down to half of that', () => {
    expect(pauses(5, 0)).toEqual([0, 250, 500, 1_000, 2_000])
  })

  it('begin anew for a server that stayed up for ten seconds', () => {
    const failures = [0, 1_000, 2_000]
    expect(afterFailure({ readyAt: 5_000, failures, at: 15_000, jitter: 1 }, POLICY).delayMs).toBe(0)
    expect(afterFailure({ readyAt: 5_001, failures, at: 15_000, jitter: 1 }, POLICY).delayMs).toBe(2_000)
  })

  it('count only failures of the last minute', () => {
    const failures = [0, 1_000, 2_000]
    expect(afterFailure({ readyAt: undefined, failures, at: 61_500, jitter: 1 }, POLICY)).toEqual({
      failures: [2_000, 61_500],
      delayMs: 500,
    })
  })
})

describe('an exit that nobody asked for', () => {
  it.each([
    ['no', true, false],
    ['no', false, false],
    ['on-failure', true, false],
    ['on-failure', false, true],
    ['always', true, true],
    ['always', false, true],
  ] as const)('under %s, clean: %s, is followed by a start: %s', (restart, clean, isFollowed) => {
    expect(isRestarted(clean, { ...POLICY, restart })).toBe(isFollowed)
  })
})
