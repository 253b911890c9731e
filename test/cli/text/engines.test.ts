import { describe, expect, it } from 'vitest'
import { renderEngines } from '../../../src/cli/text/engines.js'
import type { EngineReport, EnginesReport } from '../../../src/operations/engines.js'

const row = (more: Partial<EngineReport>): EngineReport => ({
  engine: 'redis',
  available: 'no',
  version: null,
  where: null,
  licence: 'MIT',
  missing: null,
  differs: null,
  ...more,
})
const report = (more: Partial<EnginesReport>): EnginesReport => ({
  target: 'linux-x64',
  engines: [
    row({ engine: 'dragonfly', available: 'download', version: '1.40.1', where: 'https://x/d.tar.gz' }),
    row({ engine: 'valkey', missing: 'valkey is not published for linux-x64' }),
    row({ available: 'yes', version: '7.0.15', where: '/bin/redis-server', differs: 'has no DFLY' }),
    row({ engine: 'memurai', missing: 'for Windows only' }),
  ],
  start: 'dragonfly',
  failure: null,
  ...more,
})

describe('the report about the engines', () => {
  it('is a table, what is missing, and what a start runs', () => {
    expect(renderEngines(report({})).split('\n')).toEqual([
      'ENGINE     AVAILABLE  VERSION  LICENCE  WHERE',
      'dragonfly  download   1.40.1   MIT      https://x/d.tar.gz',
      'valkey     no         -        MIT      -',
      'redis      yes        7.0.15   MIT      /bin/redis-server',
      'memurai    no         -        MIT      -',
      '',
      'valkey is not published for linux-x64',
      'memurai: for Windows only',
      'skyfly start runs dragonfly 1.40.1 on this machine (linux-x64), downloaded once',
      '',
    ])
  })

  it.each([
    [{ start: 'redis' }, 'skyfly start runs redis 7.0.15 on this machine (linux-x64); it has no DFLY'],
    [{ start: null, failure: 'no way' }, 'skyfly start runs nothing on this machine (linux-x64): no way'],
  ] as const)('ends, with %o, with: %s', (more, expected) => {
    expect(renderEngines(report(more)).trimEnd().split('\n').at(-1)).toBe(expected)
  })
})
