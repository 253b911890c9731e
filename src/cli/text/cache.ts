// Reports about the cache of server programs as text for people: pure.
import { basename } from 'node:path'
import { formatBytes, formatDuration } from '../../config/units.js'
import { localTime } from '../../logs/record.js'
import type { CachedServer, CacheReport, CleanReport, DamagedServer } from '../../operations/cache.js'
import { table } from './status.js'

/** A table, and below it what is wrong. */
export function renderCache(report: CacheReport, now: Date): string {
  if (isEmpty(report)) return renderVerdicts(report)
  const rows = report.servers.map(server => [
    server.engine,
    server.version,
    server.target,
    formatBytes(server.bytes),
    server.installedAt === null ? '-' : localTime(server.installedAt).slice(0, 10),
    `${formatDuration(Math.max(0, now.getTime() - Date.parse(server.lastUsedAt)))} ago`,
    server.verifiedBy ?? '-',
  ])
  const listed = rows.length === 0 ? '' : table([HEADER, ...rows])
  const servers = report.servers.filter(({ state }) => state !== 'ok')
  return listed + verdicts(servers, report.leftovers)
}

/** A line for each. */
export function renderVerdicts(report: CacheReport): string {
  if (isEmpty(report)) return `the cache ${report.dir} is empty: skyfly install fills it\n`
  return verdicts(report.servers, report.leftovers)
}

/** What puts each of them right. */
export function renderRepairs(damaged: readonly DamagedServer[]): string {
  return damaged
    .map(({ server: { engine, version, dir }, isForThisMachine, isPublished }) => {
      const mend = `skyfly install ${engine}@${version}${isPublished ? '' : ' --from FILE'} puts it right`
      const elsewhere = `it is for another machine, where ${mend}; here, remove ${dir}`
      return `hint: ${isForThisMachine ? mend : elsewhere}\n`
    })
    .join('')
}

export function renderCleaned({ dir, removed, kept, failed, freedBytes }: CleanReport): string {
  const lines = [
    ...removed.map(({ name, bytes }) => `removed ${name} (${formatBytes(bytes)})`),
    ...kept.map(({ name, why }) => `kept ${name}: ${why}`),
    ...failed.map(({ name, why }) => `could not remove ${name}: ${why}`),
    removed.length === 0 ? `nothing was removed from ${dir}` : `${formatBytes(freedBytes)} freed in ${dir}`,
  ]
  return lines.map(line => `${line}\n`).join('')
}

const HEADER = ['ENGINE', 'VERSION', 'PLATFORM', 'SIZE', 'INSTALLED', 'LAST USED', 'VERIFIED BY']

const VERDICTS: Readonly<Record<CachedServer['state'], (why: string | null) => string>> = {
  ok: () => 'ok',
  damaged: why => `damaged: ${why}`,
  garbage: why => `damaged: ${why}`,
  newer: () => 'made by a newer skyfly',
}

function isEmpty({ servers, leftovers }: CacheReport): boolean {
  return servers.length + leftovers.length === 0
}

function verdicts(servers: CacheReport['servers'], leftovers: CacheReport['leftovers']): string {
  const left = leftovers.map(({ path }) => `${basename(path)}: unfinished\n`)
  return [...servers.map(verdictOf), ...left].join('')
}

function verdictOf({ dir, state, why }: CachedServer): string {
  return `${basename(dir)}: ${VERDICTS[state](why)}\n`
}
