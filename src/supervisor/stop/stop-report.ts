// The report of a stop: how long it took, and whether the data is on the disk.
import { formatBytes, formatDuration } from '../../config/units.js'
import { SkyflyError } from '../../errors.js'
import type { Prepared } from '../prepare/prepare.js'
import type { ServerRunner } from '../run/server-runner.js'

export interface StopReport {
  readonly name: string
  /** Null: nothing ran. */
  readonly engine: string | null
  readonly version: string | null
  /** Null: it was waiting to be started again. */
  readonly pid: number | null
  readonly tookMs: number
  /** It did not end by itself in time, or `force` was asked for. */
  readonly killed: boolean
  /** The snapshot written at this stop; null: none. */
  readonly saved: { readonly file: string; readonly bytes: number } | null
  /** `off`: there was no data to keep. `lost`: what changed since the last snapshot is gone. */
  readonly snapshot: 'saved' | 'off' | 'lost'
}

interface EndedRun {
  /** When the stop began, by performance.now(). */
  readonly since: number
  readonly forced: boolean
  readonly runner: ServerRunner
  readonly prepared: Prepared
}

/**
 * A SkyflyError `stop-failed` when the data should have been saved and was not, unless the user forced it.
 */
export function stopReport(
  name: string,
  { since, forced, runner, prepared }: EndedRun,
): StopReport | SkyflyError {
  const { launch } = prepared
  const { last, lifecycle } = runner
  const stopWatch = last?.stopWatch
  // Only a process that was asked or killed was ended by this stop.
  const ended = stopWatch === undefined ? undefined : last
  const saved = stopWatch?.saved()
  const report: StopReport = {
    name,
    engine: launch.engine.name,
    version: launch.binary.version ?? null,
    pid: ended?.pid ?? null,
    tookMs: Math.round(performance.now() - since),
    killed: lifecycle.killed,
    saved: saved === undefined ? null : { file: saved.file, bytes: saved.bytes },
    snapshot:
      saved !== undefined ? 'saved' : launch.keepsSnapshot && ended?.readyAt !== undefined ? 'lost' : 'off',
  }
  return report.snapshot === 'lost' && !forced ? lost(report, stopWatch?.saveFailure) : report
}

export function nothingStopped(name: string): StopReport {
  return {
    name,
    engine: null,
    version: null,
    pid: null,
    tookMs: 0,
    killed: false,
    saved: null,
    snapshot: 'off',
  }
}

/** One line for people, without a newline. */
export function stopText(report: StopReport): string {
  if (report.engine === null) return `${report.name} is not running`
  const server = report.version === null ? report.engine : `${report.engine} ${report.version}`
  if (report.pid === null) return `stopped ${server}, which was waiting to be started again`
  const verb = report.killed ? 'killed' : 'stopped'
  return `${verb} ${server} (pid ${report.pid}) in ${formatDuration(report.tookMs)}; ${dataText(report)}`
}

function dataText({ saved, snapshot }: StopReport): string {
  if (saved !== null) return `saved ${saved.file} (${formatBytes(saved.bytes)})`
  return snapshot === 'lost' ? 'what changed since the last snapshot is lost' : 'there was nothing to save'
}

function lost(report: StopReport, saveFailure: string | undefined): SkyflyError {
  const why = report.killed
    ? 'it did not end by itself and was killed'
    : (saveFailure ?? 'no snapshot was written when it ended')
  const took = formatDuration(report.tookMs)
  return new SkyflyError(
    'stop-failed',
    `stopped ${report.engine} (pid ${report.pid}) in ${took}, but its snapshot was not saved: ${why}`,
    {
      hint: 'what changed since the last snapshot is lost; skyfly logs tells more',
    },
  )
}
