// The result of the smoke check as text for people: a table, the reason for each row that is not ok, and a
// summary line.
import type { SmokeRow, Verdict } from '../../smoke/row.js'
import type { SmokeResult } from '../../smoke/smoke-test.js'
import { printable } from '../../system/terminal-text.js'
import { type Paint, painter } from './paint.js'
import { type Column, tableLines } from './table.js'

export interface Terminal {
  /** Width of the terminal; from 40 on the table fits. */
  readonly columns: number
  readonly color: boolean
}

/**
 * The whole report, ending with a line feed. The last line is never wrapped, so `tail -n 1` gets the whole
 * summary.
 */
export function renderSmokeTest(result: SmokeResult, { columns, color }: Terminal): string {
  const [header = '', ...rows] = tableLines(tableColumns(painter(color)), result.rows, columns)
  const body = result.rows.flatMap((row, i) => [rows[i] ?? '', ...wrapped(printable(row.detail), columns)])
  return [header, ...body, '', renderSmokeSummary(result), ''].join('\n')
}

/**
 * The last line of the report: `7 checks passed (0 slow) against redis 7.0.15 at 127.0.0.1:6379 in 0.1 s`.
 */
export function renderSmokeSummary({
  rows,
  strict,
  ok,
  engine,
  version,
  address,
  durationMs,
}: SmokeResult): string {
  const count = (verdict: Verdict) => rows.filter(row => row.verdict === verdict).length
  const [slow, failed, skipped] = [count('slow'), count('failed'), count('skipped')]
  const server = engine === null ? 'the server' : [engine, version].filter(Boolean).join(' ')
  const where = `against ${server} at ${address} in ${(durationMs / 1000).toFixed(1)} s`
  if (ok) return `${rows.length} checks passed (${slow} slow) ${where}`
  const wrong = [
    failed > 0 && `${failed} failed`,
    slow > 0 && `${slow} ${strict ? 'too slow' : 'slow'}`,
    skipped > 0 && `${skipped} skipped`,
  ]
  return `${wrong.filter(Boolean).join(', ')} of ${rows.length} checks ${where}`
}

const VERDICTS = {
  ok: { word: 'ok', color: 'green' },
  slow: { word: 'slow', color: 'yellow' },
  failed: { word: 'FAILED', color: 'red' },
  skipped: { word: 'skipped', color: 'gray' },
} as const satisfies Record<Verdict, object>

function tableColumns(paint: Paint): readonly Column<SmokeRow>[] {
  return [
    { title: 'CHECK', cell: ({ name }) => name },
    { title: 'MEDIAN', cell: ({ medianMs }) => time(medianMs), align: 'right' },
    { title: 'P99', cell: ({ p99Ms }) => time(p99Ms), align: 'right', optional: true },
    { title: 'LIMIT', cell: ({ limitMs }) => `${limitMs} ms`, align: 'right' },
    {
      title: 'VERDICT',
      cell: ({ verdict }) => VERDICTS[verdict].word,
      paint: (word, { verdict }) => paint(VERDICTS[verdict].color, word),
    },
  ]
}

// Three significant digits, or more before the decimal point.
function time(ms: number | null): string {
  if (ms === null) return '-'
  return `${ms.toFixed(ms < 1 ? 3 : ms < 10 ? 2 : ms < 100 ? 1 : 0)} ms`
}

function wrapped(text: string, columns: number): string[] {
  const lines: string[] = []
  for (const word of text.split(/[ \t]+/).filter(Boolean)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= columns)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(`  ${word}`)
  }
  return lines
}
