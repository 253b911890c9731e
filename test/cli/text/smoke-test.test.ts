import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { renderSmokeSummary, renderSmokeTest } from '../../../src/cli/text/smoke-test.js'
import { judgeRow, type SmokeRow } from '../../../src/smoke/row.js'
import type { SmokeResult } from '../../../src/smoke/smoke-test.js'

const WIDE = { columns: 80, color: false }

const ROWS = [
  judgeRow('CONNECT', [0.4123, 0.5], 10, 5),
  judgeRow('PING', [0.04, 0.05], 5, 1),
  judgeRow('SET/GET', [11.26, 13.5], 10, 50),
  judgeRow('LPUSH', [120, 1234.5], 8, 2, { verdict: 'failed', detail: 'LLEN answered 4 instead of 3' }),
  judgeRow('BRPOP WAKE', [], 15, 0, { verdict: 'skipped', detail: 'LPUSH failed' }),
]

function result(rows: readonly SmokeRow[], more: Partial<SmokeResult> = {}): SmokeResult {
  return {
    url: 'redis://127.0.0.1:6379',
    address: '127.0.0.1:6379',
    engine: 'redis',
    version: '7.0.15',
    startedAt: '2026-11-20T08:40:27.752Z',
    durationMs: 123.4,
    strict: false,
    ok: false,
    rows,
    ...more,
  }
}

describe('the report', () => {
  it('is a table with aligned columns, the reasons below their rows, and a last line', () => {
    expect(renderSmokeTest(result(ROWS), WIDE)).toBe(
      [
        'CHECK         MEDIAN       P99  LIMIT  VERDICT',
        'CONNECT     0.456 ms  0.500 ms  10 ms  ok',
        'PING        0.045 ms  0.050 ms   5 ms  ok',
        'SET/GET      12.4 ms   13.5 ms  10 ms  slow',
        '  the median is over the limit of 10 ms',
        'LPUSH         677 ms   1235 ms   8 ms  FAILED',
        '  LLEN answered 4 instead of 3',
        'BRPOP WAKE         -         -  15 ms  skipped',
        '  LPUSH failed',
        '',
        '1 failed, 1 slow, 1 skipped of 5 checks against redis 7.0.15 at 127.0.0.1:6379 in 0.1 s',
        '',
      ].join('\n'),
    )
  })

  it('stays within 40 columns, but for the last line', () => {
    const detail = `GET answered ${JSON.stringify('x'.repeat(12))} instead of ${JSON.stringify('y'.repeat(12))}`
    const rows = [...ROWS, judgeRow('BRPOP', [5000, 5000], 15, 9, { verdict: 'failed', detail })]
    const text = renderSmokeTest(result(rows), { columns: 40, color: false })
    for (const line of text.split('\n').slice(0, -2)) expect(line.length).toBeLessThanOrEqual(40)
    expect(text).not.toContain('P99')
    expect(text).toMatch(/^BRPOP +5000 ms +15 ms +FAILED$/m)
  })

  it('colours only the verdicts, and only when told to', () => {
    const colored = renderSmokeTest(result(ROWS), { columns: 80, color: true })
    expect(stripVTControlCharacters(colored)).toBe(renderSmokeTest(result(ROWS), WIDE))
    const painted = [...colored.matchAll(/\u001b\[\d+m([^\u001b]*)\u001b\[39m/g)].map(([, text]) => text)
    expect(painted).toEqual(['ok', 'ok', 'slow', 'FAILED', 'skipped'])
  })

  it("keeps a server's words from touching the terminal", () => {
    const detail = 'SET: \u001b[2JERR gone\r\n\u0007 \u009bK'
    const text = renderSmokeTest(
      result([judgeRow('SET/GET', [], 10, 0, { verdict: 'failed', detail })]),
      WIDE,
    )
    expect(text).toContain('\n  SET: ERR gone K\n')
  })
})

describe('the last line', () => {
  const passed = ROWS.slice(0, 3)
  const cases: [string, SmokeResult][] = [
    [
      '3 checks passed (1 slow) against redis 7.0.15 at 127.0.0.1:6379 in 0.1 s',
      result(passed, { ok: true }),
    ],
    [
      '1 too slow of 3 checks against redis 7.0.15 at 127.0.0.1:6379 in 0.1 s',
      result(passed, { strict: true }),
    ],
    [
      '3 checks passed (1 slow) against the server at 127.0.0.1:6379 in 0.1 s',
      result(passed, { ok: true, engine: null, version: null }),
    ],
  ]
  it.each(cases)('is: %s', (line, given) => {
    expect(renderSmokeSummary(given)).toBe(line)
  })
})
