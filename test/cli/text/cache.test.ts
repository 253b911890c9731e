import { describe, expect, it } from 'vitest'
import { renderCache, renderCleaned, renderRepairs, renderVerdicts } from '../../../src/cli/text/cache.js'
import type { CachedServer, CacheReport } from '../../../src/operations/cache.js'

const NOW = new Date('2026-01-24T12:00:00Z')

const server = (more: Partial<CachedServer> = {}): CachedServer => ({
  engine: 'dragonfly',
  version: '1.40.1',
  target: 'linux-x64',
  dir: '/cache/dragonfly-1.40.1-linux-x64',
  state: 'ok',
  why: null,
  bytes: 71.2 * 1024 ** 2,
  installedAt: '2026-01-21T12:00:00.000Z',
  lastUsedAt: '2026-01-24T09:58:00.000Z',
  verifiedBy: 'skyfly',
  ...more,
})

const damaged = server({
  version: '1.9.0',
  dir: '/cache/dragonfly-1.9.0-linux-x64',
  state: 'damaged',
  why: 'its program dragonfly-x86_64 does not exist',
  verifiedBy: 'nobody',
})
const garbage = server({
  engine: 'valkey',
  version: '8.1.1',
  target: 'linux-arm64',
  dir: '/cache/valkey-8.1.1-linux-arm64',
  state: 'garbage',
  why: 'it has no manifest',
  bytes: 0,
  installedAt: null,
  verifiedBy: null,
})
const newer = server({
  state: 'newer',
  why: '/cache/... was made by a newer skyfly (format 2)',
  verifiedBy: null,
})
const leftovers = [{ path: '/cache/dragonfly-1.40.1-linux-x64.partial-12-0e984725', bytes: 7 }]

const report = (more: Partial<CacheReport> = {}): CacheReport => ({
  dir: '/cache',
  servers: [],
  leftovers: [],
  ...more,
})

describe('the list of the cache', () => {
  it('is a table, and below it what is wrong', () => {
    const text = renderCache(report({ servers: [server(), damaged, garbage], leftovers }), NOW)
    expect(text.split('\n')).toEqual([
      'ENGINE     VERSION  PLATFORM     SIZE     INSTALLED   LAST USED      VERIFIED BY',
      'dragonfly  1.40.1   linux-x64    71.2 MB  2026-01-21  2 h 2 min ago  skyfly',
      'dragonfly  1.9.0    linux-x64    71.2 MB  2026-01-21  2 h 2 min ago  nobody',
      'valkey     8.1.1    linux-arm64  0 bytes  -           2 h 2 min ago  -',
      'dragonfly-1.9.0-linux-x64: damaged: its program dragonfly-x86_64 does not exist',
      'valkey-8.1.1-linux-arm64: damaged: it has no manifest',
      'dragonfly-1.40.1-linux-x64.partial-12-0e984725: unfinished',
      '',
    ])
  })

  it('has no table without a server', () => {
    expect(renderCache(report({ leftovers }), NOW)).toBe(
      'dragonfly-1.40.1-linux-x64.partial-12-0e984725: unfinished\n',
    )
  })

  it('is a way out where there is nothing', () => {
    expect(renderCache(report(), NOW)).toBe('the cache /cache is empty: skyfly install fills it\n')
    expect(renderVerdicts(report())).toBe('the cache /cache is empty: skyfly install fills it\n')
  })

  it('does not go below zero when clocks differ', () => {
    expect(renderCache(report({ servers: [server({ lastUsedAt: '2026-01-25T12:00:00Z' })] }), NOW)).toContain(
      ' 0 ms ago ',
    )
  })
})

describe('the verdicts', () => {
  it('are a line for each', () => {
    expect(
      renderVerdicts(report({ servers: [server(), newer, damaged, garbage], leftovers })).split('\n'),
    ).toEqual([
      'dragonfly-1.40.1-linux-x64: ok',
      'dragonfly-1.40.1-linux-x64: made by a newer skyfly',
      'dragonfly-1.9.0-linux-x64: damaged: its program dragonfly-x86_64 does not exist',
      'valkey-8.1.1-linux-arm64: damaged: it has no manifest',
      'dragonfly-1.40.1-linux-x64.partial-12-0e984725: unfinished',
      '',
    ])
  })
})

describe('what was cleaned', () => {
  const nothing = { dir: '/cache', freedBytes: 0, removed: [], kept: [], failed: [] }

  it('is told with what was freed, and why something stays', () => {
    const text = renderCleaned({
      ...nothing,
      freedBytes: 3 * 1024 ** 2,
      removed: [{ name: 'dragonfly-1.39.0-linux-x64', bytes: 3 * 1024 ** 2 }],
      kept: [{ name: 'dragonfly-1.40.1-linux-x64', why: 'it runs (pid 4711)' }],
      failed: [{ name: 'dragonfly-1.38.0-linux-x64', why: 'EACCES: permission denied' }],
    })
    expect(text.split('\n')).toEqual([
      'removed dragonfly-1.39.0-linux-x64 (3 MB)',
      'kept dragonfly-1.40.1-linux-x64: it runs (pid 4711)',
      'could not remove dragonfly-1.38.0-linux-x64: EACCES: permission denied',
      '3 MB freed in /cache',
      '',
    ])
  })

  it('may be nothing', () => {
    expect(renderCleaned(nothing)).toBe('nothing was removed from /cache\n')
  })
})

describe('what puts a damaged program right', () => {
  it.each([
    [{ isForThisMachine: true, isPublished: true }, 'skyfly install dragonfly@1.9.0 puts it right'],
    [
      { isForThisMachine: true, isPublished: false },
      'skyfly install dragonfly@1.9.0 --from FILE puts it right',
    ],
    [
      { isForThisMachine: false, isPublished: true },
      'it is for another machine, where skyfly install dragonfly@1.9.0 puts it right; here, remove /cache/dragonfly-1.9.0-linux-x64',
    ],
  ])('with %o is: %s', (more, expected) => {
    expect(renderRepairs([{ server: damaged, ...more }])).toBe(`hint: ${expected}\n`)
  })
})
