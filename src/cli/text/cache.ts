// Reports about the cache of server programs as text for people: pure.
import { basename } from 'node:path'
import { formatBytes, formatDuration } from '../../config/units.js'
import { localTime } from '../../logs/record.js'
import type { CachedServer, CacheReport, CleanReport, DamagedServer } from '../../operations/cache.js'
import { type Column, renderTable } from './table.js'

/**
 * A table, and below it what is wrong.
 * @param room the width of the terminal
 */
export function renderCache(report: CacheReport, now: Date, room?: number): string {
  if (isEmpty(report)) return renderVerdicts(report)
  const { servers, leftovers } = report
  const listed = servers.length === 0 ? '' : renderTable(columns(now), servers, room)
  return (
    listed +
    verdicts(
      servers.filter(({ state }) => state !== 'ok'),
      leftovers,
    )
  )
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

function columns(now: Date): readonly Column<CachedServer>[] {
  return [
    { title: 'ENGINE', cell: ({ engine }) => engine },
    { title: 'VERSION', cell: ({ version }) => version },
    { title: 'PLATFORM', cell: ({ target }) => target },
    { title: 'SIZE', cell: ({ bytes }) => formatBytes(bytes), optional: true },
    {
      title: 'INSTALLED',
      cell: ({ installedAt }) => (installedAt === null ? '-' : localTime(installedAt).slice(0, 10)),
      optional: true,
    },
    { title: 'LAST USED', cell: ({ lastUsedAt }) => `${since(lastUsedAt, now)} ago`, optional: true },
    { title: 'VERIFIED BY', cell: ({ verifiedBy }) => verifiedBy ?? '-', optional: true },
  ]
}

function since(moment: string, now: Date): string {
  return formatDuration(Math.max(0, now.getTime() - Date.parse(moment)))
}

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
