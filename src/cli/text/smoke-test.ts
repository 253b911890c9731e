// The result of the smoke check as text for people: a table, why rows are not ok, and one line that sums up.
import { styleText } from 'node:util'
import type { SmokeRow, Verdict } from '../../smoke/row.js'
import type { SmokeResult } from '../../smoke/smoke-test.js'

export interface Terminal {
  /** Width of the terminal; from 40 on the table fits. */
  readonly columns: number
  readonly color: boolean
}

/** The whole report, a line feed at its end. The line that sums up is never broken: `tail -n 1` gets all of it. */
export function renderTest(result: SmokeResult, { columns, color }: Terminal): string {
  const table = [HEADER, ...result.rows.map(cells)]
  const widths = HEADER.map((_, i) => Math.max(...table.map(line => line[i]?.length ?? 0)))
  const isFull = sum(widths) + GAP.length * (widths.length - 1) <= columns
  const lines = table.map((line, at) => {
    const shown = line.map((text, i) =>
      LEFT.has(i) ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0),
    )
    const verdict = result.rows[at - 1]?.verdict
    const last = shown.length - 1
    return shown
      .map((text, i) => (i === last ? painted(text.trimEnd(), color ? verdict : undefined) : text))
      .filter((_, i) => isFull || i !== P99)
      .join(GAP)
  })
  const [header = '', ...rows] = lines
  const body = result.rows.flatMap((row, i) => [rows[i] ?? '', ...wrapped(oneLine(row.detail), columns)])
  return [header, ...body, '', summary(result), ''].join('\n')
}

/** The last line of the report: `7 checks passed (0 slow) against redis 7.0.15 at 127.0.0.1:6379 in 0.1 s`. */
export function summary({ rows, strict, ok, engine, version, address, durationMs }: SmokeResult): string {
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

const GAP = '  '
const HEADER = ['CHECK', 'MEDIAN', 'P99', 'LIMIT', 'VERDICT'] as const
const P99 = 2
const LEFT = new Set([0, 4])

const VERDICTS = {
  ok: { word: 'ok', color: 'green' },
  slow: { word: 'slow', color: 'yellow' },
  failed: { word: 'FAILED', color: 'red' },
  skipped: { word: 'skipped', color: 'gray' },
} as const satisfies Record<Verdict, object>

function cells({ name, medianMs, p99Ms, limitMs, verdict }: SmokeRow): readonly string[] {
  return [name, time(medianMs), time(p99Ms), `${limitMs} ms`, VERDICTS[verdict].word]
}

// Three digits that mean something, more before the point.
function time(ms: number | null): string {
  if (ms === null) return '-'
  return `${ms.toFixed(ms < 1 ? 3 : ms < 10 ? 2 : ms < 100 ? 1 : 0)} ms`
}

function painted(text: string, verdict: Verdict | undefined): string {
  // The caller has decided about colours already: styleText must not look at stdout and decide again.
  return verdict === undefined ? text : styleText(VERDICTS[verdict].color, text, { validateStream: false })
}

// A server's words could move the cursor or hide what stands above.
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim()
}

function wrapped(text: string, columns: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ').filter(Boolean)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= columns)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(`  ${word}`)
  }
  return lines
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
