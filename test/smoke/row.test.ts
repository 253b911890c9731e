import { describe, expect, it } from 'vitest'
import { judgeRow, roundToMicroseconds } from '../../src/smoke/row.js'

describe('a row of the smoke check', () => {
  const cases: [number[], object][] = [
    [[], { samples: 0, medianMs: null, p99Ms: null, verdict: 'ok', detail: '' }],
    [[3], { samples: 1, medianMs: 3, p99Ms: 3, verdict: 'ok' }],
    [[9, 1, 2], { medianMs: 2, p99Ms: 9, verdict: 'ok' }],
    [[4, 1, 2, 3], { medianMs: 2.5, p99Ms: 4 }],
    [[5, 5, 5], { verdict: 'ok' }],
    [[5, 5.001, 6], { verdict: 'slow', detail: 'the median is over the limit of 5 ms' }],
    [[1, 1, 5000], { verdict: 'ok' }],
    [Array.from({ length: 100 }, (_, i) => i + 1), { medianMs: 50.5, p99Ms: 99, verdict: 'slow' }],
    [[1.23456789], { medianMs: 1.235 }],
  ]
  it.each(cases)('that took %j ms at a limit of 5: %o', (times, expected) => {
    expect(judgeRow('PING', times, 5, 1)).toMatchObject(expected)
  })

  it('is what somebody knows better than its times', () => {
    const verdict = { verdict: 'failed', detail: 'PING answered "no"' } as const
    expect(judgeRow('PING', [9], 5, 1, verdict)).toMatchObject(verdict)
  })

  it('has no finer times than microseconds', () => {
    expect(roundToMicroseconds(0.0004999)).toBe(0)
    expect(roundToMicroseconds(12.3456789)).toBe(12.346)
  })
})
