// Reports as text for people: pure, data in, lines out.
import { relative } from 'node:path'
import { formatDuration } from '../../config/units.js'
import type { Started } from '../../operations/start.js'
import type { Status } from '../../supervisor/status.js'
import { printable } from '../../system/terminal-text.js'
import { type Column, renderTable } from './table.js'

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
    ['last exit', lastExit === null ? null : `${printable(lastExit.reason)}, ${lastExit.at}`],
    ['data', shorter(status.dir, cwd)],
    ['log', shorter(status.logFile, cwd)],
    ['log error', logErrorOf(status)],
    // The supervisor of another version of skyfly does not know the field.
    ['warning', status.controlError ?? null],
    ['pid file', isUp ? shorter(status.pidFile, cwd) : null],
    ['binary', status.binary],
  ]
  const head = `${status.name}: ${status.state}${status.engine === null ? '' : `, ${serverOf(status)}`}\n`
  return (
    head + rows.map(([label, value]) => (value === null ? '' : `  ${label.padEnd(10)} ${value}\n`)).join('')
  )
}

/** @param room the width of the terminal */
export function renderStatuses(statuses: readonly Status[], room?: number): string {
  if (statuses.length === 0) return 'no instances here yet: skyfly start makes one\n'
  return renderTable(COLUMNS, statuses, room)
}

const COLUMNS: readonly Column<Status>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'STATE', cell: ({ state }) => state },
  {
    title: 'SERVER',
    cell: status => (status.engine === null ? '-' : serverOf(status)),
    optional: true,
  },
  { title: 'ADDRESS', cell: status => (status.pid === null ? '-' : addressOf(status)) },
  { title: 'PID', cell: ({ pid }) => String(pid ?? '-'), optional: true },
  {
    title: 'UPTIME',
    cell: ({ uptimeMs }) => (uptimeMs === null ? '-' : formatDuration(uptimeMs)),
    optional: true,
  },
  { title: 'RESTARTS', cell: ({ restarts }) => String(restarts), optional: true },
]

function serverOf({ engine, version }: Status): string {
  return version === null ? (engine ?? 'server') : `${engine} ${version}`
}

function addressOf({ host, port }: Status): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

function supervisorOf({ supervisorPid }: Status): string {
  return supervisorPid === null ? ', its supervisor was killed' : `, supervisor ${supervisorPid}`
}

/** The supervisor of another version of skyfly does not know the field. */
function logErrorOf({ logError }: Status): string | null {
  return logError == null ? null : `its lines are lost: ${printable(logError)}`
}

function shorter(path: string, cwd: string): string {
  const inside = relative(cwd, path)
  return inside === '' || inside.startsWith('..') ? path : inside
}
