// One row of the smoke check: its times and the verdict on them.
import type { CheckName } from './checks.js'

/**
 * `slow`: correct, but the median is over the limit. `skipped`: not run, or not completed, for the reason in
 * `detail`.
 */
export type Verdict = 'ok' | 'slow' | 'failed' | 'skipped'

/** One check. Its times are null where nothing was measured. */
export interface SmokeRow {
  readonly name: CheckName
  /**
   * Measurements that count. The first one is thrown away: it includes compiling our code and what the server
   * sets up once.
   */
  readonly samples: number
  readonly medianMs: number | null
  /** By nearest rank: below 100 samples the slowest one. */
  readonly p99Ms: number | null
  /** The limit of the median; single slow answers do not matter. */
  readonly limitMs: number
  readonly verdict: Verdict
  /** Why the verdict is what it is; empty where there is nothing to say. */
  readonly detail: string
  /** How long the whole check took. */
  readonly durationMs: number
}

type RowVerdict = Partial<Pick<SmokeRow, 'verdict' | 'detail'>>

/** The row of a check that took these times; `verdict` replaces what follows from the times alone. */
export function judgeRow(
  name: CheckName,
  times: readonly number[],
  limitMs: number,
  durationMs: number,
  verdict: RowVerdict = {},
): SmokeRow {
  const sorted = times.toSorted((a, b) => a - b)
  const medianMs = median(sorted)
  const p99Ms = sorted[Math.ceil(sorted.length * 0.99) - 1]
  const slow = medianMs !== undefined && medianMs > limitMs
  return {
    name,
    samples: times.length,
    medianMs: medianMs === undefined ? null : roundToMicroseconds(medianMs),
    p99Ms: p99Ms === undefined ? null : roundToMicroseconds(p99Ms),
    limitMs,
    verdict: slow ? 'slow' : 'ok',
    detail: slow ? `the median is over the limit of ${limitMs} ms` : '',
    ...verdict,
    durationMs: roundToMicroseconds(durationMs),
  }
}

/** Microseconds are the finest that means anything over a socket. */
export function roundToMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

function median(sorted: readonly number[]): number | undefined {
  const low = sorted[Math.floor((sorted.length - 1) / 2)]
  const high = sorted[Math.floor(sorted.length / 2)]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}
