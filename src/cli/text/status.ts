// Reports as text for people: pure, data in, lines out.
import { relative } from 'node:path'
import { formatDuration } from '../../config/units.js'
import type { Started } from '../../operations/start.js'
import type { Status } from '../../supervisor/status.js'

export function renderStarted({ status, already, tookMs }: Started): string {
  const what = `${serverOf(status)} ${already ? 'already runs' : 'ready'} on ${addressOf(status)}`
  return `${what}${already ? '' : ` in ${formatDuration(tookMs)}`} (pid ${status.pid})\n`
}

/** @param cwd paths below it are shown relative to it */
export function renderStatus(status: Status, cwd: string): string {
  const { lastExit } = status
  const isUp = status.pid !== null
  const rows: readonly (readonly [string, string | null])[] = [
    ['address', status.url === null ? null : `${addressOf(status)}  ${status.url}`],
    ['pid', isUp ? `${status.pid}${supervisorOf(status)}` : null],
    [
      'uptime',
      status.uptimeMs === null ? null : `${formatDuration(status.uptimeMs)}, since ${status.readyAt}`,
    ],
    ['restarts', isUp ? String(status.restarts) : null],
    ['last exit', lastExit === null ? null : `${lastExit.reason}, ${lastExit.at}`],
    ['data', shorter(status.dir, cwd)],
    ['log', shorter(status.logFile, cwd)],
    ['pid file', isUp ? shorter(status.pidFile, cwd) : null],
    ['binary', status.binary],
  ]
  const head = `${status.name}: ${status.state}${status.engine === null ? '' : `, ${serverOf(status)}`}\n`
  return (
    head + rows.map(([label, value]) => (value === null ? '' : `  ${label.padEnd(10)} ${value}\n`)).join('')
  )
}

export function renderStatuses(statuses: readonly Status[]): string {
  if (statuses.length === 0) return 'no instances here yet: skyfly start makes one\n'
  const rows = statuses.map(status => [
    status.name,
    status.state,
    status.engine === null ? '-' : serverOf(status),
    status.pid === null ? '-' : addressOf(status),
    String(status.pid ?? '-'),
    status.uptimeMs === null ? '-' : formatDuration(status.uptimeMs),
    String(status.restarts),
  ])
  return table([['NAME', 'STATE', 'SERVER', 'ADDRESS', 'PID', 'UPTIME', 'RESTARTS'], ...rows])
}

/** Columns as wide as they have to be; the first row is the header. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows
    .map(
      row =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

function serverOf({ engine, version }: Status): string {
  return version === null ? (engine ?? 'server') : `${engine} ${version}`
}

function addressOf({ host, port }: Status): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

function supervisorOf({ supervisorPid }: Status): string {
  return supervisorPid === null ? ', its supervisor was killed' : `, supervisor ${supervisorPid}`
}

function shorter(path: string, cwd: string): string {
  const inside = relative(cwd, path)
  return inside === '' || inside.startsWith('..') ? path : inside
}
