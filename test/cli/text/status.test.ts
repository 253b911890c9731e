import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { renderStarted, renderStatus, renderStatuses } from '../../../src/cli/text/status.js'
import type { Status } from '../../../src/supervisor/status.js'

const ROOT = resolve('/project')

const RUNNING: Status = {
  name: 'dragonfly',
  state: 'running',
  engine: 'dragonfly',
  version: '1.40.1',
  binary: '/bin/dragonfly',
  host: '127.0.0.1',
  port: 6379,
  url: 'redis://127.0.0.1:6379',
  pid: 4711,
  supervisorPid: 4700,
  startedAt: '2026-01-21T10:30:00.000Z',
  readyAt: '2026-01-21T10:30:01.000Z',
  uptimeMs: 65_000,
  restarts: 2,
  lastExit: null,
  dir: join(ROOT, 'data', 'dragonfly'),
  logFile: join(ROOT, 'logs', 'dragonfly.log'),
  logError: null,
  controlError: null,
  pidFile: join(ROOT, 'data', 'dragonfly.pid'),
}

const STOPPED: Status = {
  ...RUNNING,
  name: 'cache',
  state: 'stopped',
  pid: null,
  supervisorPid: null,
  url: null,
  uptimeMs: null,
  readyAt: null,
  restarts: 0,
  lastExit: { reason: 'stopped\u001b[2J', at: '2026-01-21T11:00:00.000Z' } as Status['lastExit'],
}

describe('the line of a start', () => {
  it.each([
    [{}, { already: false }, 'dragonfly 1.40.1 ready on 127.0.0.1:6379 in 212 ms (pid 4711)\n'],
    [{}, { already: true }, 'dragonfly 1.40.1 already runs on 127.0.0.1:6379 (pid 4711)\n'],
    [{ host: '::1' }, { already: true }, 'dragonfly 1.40.1 already runs on [::1]:6379 (pid 4711)\n'],
    [{ version: null }, { already: true }, 'dragonfly already runs on 127.0.0.1:6379 (pid 4711)\n'],
  ])('of %o, %o', (more, { already }, expected) => {
    const status = { ...RUNNING, ...more }
    expect(renderStarted({ status, already, tookMs: 212, warnings: [] })).toBe(expected)
  })
})

describe('the status of an instance', () => {
  it('has the address first, and paths relative to where one is', () => {
    expect(renderStatus(RUNNING, ROOT).split('\n')).toEqual([
      'dragonfly: running, dragonfly 1.40.1',
      '  address    127.0.0.1:6379  redis://127.0.0.1:6379',
      '  pid        4711, supervisor 4700',
      '  uptime     1 min 5 s, since 2026-01-21T10:30:01.000Z',
      '  restarts   2',
      `  data       ${join('data', 'dragonfly')}`,
      `  log        ${join('logs', 'dragonfly.log')}`,
      `  pid file   ${join('data', 'dragonfly.pid')}`,
      '  binary     /bin/dragonfly',
      '',
    ])
  })

  it('has whole paths from elsewhere', () => {
    expect(renderStatus(RUNNING, resolve('/else'))).toContain(`  log        ${RUNNING.logFile}\n`)
  })

  it('says that a server lives without its supervisor', () => {
    const text = renderStatus({ ...RUNNING, supervisorPid: null }, ROOT)
    expect(text).toContain('  pid        4711, its supervisor was killed\n')
  })

  it('leaves out what only a running server has, and what a terminal would obey', () => {
    const text = renderStatus(STOPPED, ROOT)
    expect(text).toMatch(/^cache: stopped, dragonfly 1\.40\.1\n {2}last exit {2}stopped, 2026/)
    expect(text).not.toMatch(/address|pid|uptime|restarts/)
  })
})

describe('the status of all instances', () => {
  it.each([
    [
      undefined,
      [
        'NAME       STATE    SERVER            ADDRESS         PID   UPTIME     RESTARTS',
        'dragonfly  running  dragonfly 1.40.1  127.0.0.1:6379  4711  1 min 5 s  2',
        'cache      stopped  dragonfly 1.40.1  -               -     -          0',
      ],
    ],
    [40, ['NAME       STATE    ADDRESS', 'dragonfly  running  127.0.0.1:6379', 'cache      stopped  -']],
  ])('on %s columns', (columns, expected) => {
    expect(renderStatuses([RUNNING, STOPPED], columns)).toBe(`${expected.join('\n')}\n`)
  })

  it('says what to do where there are none', () => {
    expect(renderStatuses([])).toBe('no instances here yet: skyfly start makes one\n')
  })
})
