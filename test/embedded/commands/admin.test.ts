import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../../project.js'
import { describeCases } from '../cases.js'
import { EmbeddedServer } from '../compare-with-redis.js'
import { Wire } from '../wire.js'

describeCases('administration', {
  'refuses writes when the memory is full, and nothing else': [
    ...[
      ['SET', 'a', '1'],
      ['CONFIG', 'SET', 'maxmemory', '1'],
      ['SET', 'a', '2'],
      ['GET', 'a'],
      ['LPUSH', 'l', 'x'],
    ],
    ...[
      ['MULTI'],
      ['SET', 'a', '3'],
      ['GET', 'a'],
      ['EXEC'],
      ['MULTI'],
      ['EXEC'],
      ['EXPIRE', 'a', '100'],
      ['DEL', 'a'],
    ],
    ...[
      ['CONFIG', 'SET', 'maxmemory', '0'],
      ['SET', 'a', '4'],
    ],
    ...[
      ['MULTI'],
      ['SET', 'a', '5'],
      { on: 'other', words: ['CONFIG', 'SET', 'maxmemory', '1'] },
      ['EXEC'],
      ['GET', 'a'],
    ],
    ['CONFIG', 'SET', 'maxmemory', '0'],
  ],
  'refuses strange orders': [
    ...[
      ['SAVE', 'x'],
      ['BGSAVE', 'x'],
      ['BGSAVE', 'SCHEDULE', 'x'],
      ['SHUTDOWN', 'x'],
      ['SHUTDOWN', 'SAVE', 'NOSAVE'],
    ],
    ...[
      ['SHUTDOWN', 'ABORT'],
      ['SHUTDOWN', 'ABORT', 'NOW'],
      ['DEBUG', 'NOPE'],
      ['DEBUG', 'SLEEP', '0'],
      ['DEBUG'],
    ],
    ...[
      ['DEBUG', 'SLEEP', 'x'],
      ['DEBUG', 'SLEEP'],
      ['LASTSAVE', 'x'],
      ['TIME', 'x'],
      ['MONITOR', 'x'],
    ],
    ...[
      ['INFO', 'nope'],
      ['INFO', 'cluster'],
      ['INFO', 'nope', 'CLUSTER', 'cluster'],
    ],
  ],
  'has no streams, scripts and modules': [
    ['FOO|BAR', 'x'],
    ['XNOPE', 's', '*', 'a', 'b'],
  ],
})

describe('what is said about this server', () => {
  it('is what clients look for', async () => {
    await using embedded = await EmbeddedServer.open({ maxclients: 77 })
    using wire = await Wire.open(embedded.port)
    for (const words of [['SET', 'a', '1'], ['SET', 'b', '1', 'PX', '100000'], ['PING']])
      await wire.ask(...words)
    const { raw } = await wire.ask('INFO')
    for (const line of [
      ...[
        'redis_version:7.0.15',
        'redis_mode:standalone',
        `process_id:${process.pid}`,
        `tcp_port:${embedded.port}`,
      ],
      ...['loading:0', 'role:master', 'maxmemory_policy:noeviction', 'connected_clients:1', 'maxclients:77'],
      ...['db0:keys=2,expires=1,avg_ttl=0', 'cluster_enabled:0', 'aof_enabled:0', 'rdb_bgsave_in_progress:0'],
    ])
      expect(raw).toContain(`${line}\r\n`)
    expect(raw.replace(/^\$\d+\r\n/, '').split('\r\n')[0]).toBe('# Server')
  })

  it('saves when it is told to, and says since when', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'skyfly-embedded-'))
    try {
      await using embedded = await EmbeddedServer.open({ dir, dbfilename: 'x.rdb' })
      using wire = await Wire.open(embedded.port)
      await wire.ask('SET', 'a', '1')
      expect((await wire.ask('INFO', 'persistence')).raw).toContain('rdb_changes_since_last_save:1\r\n')
      expect((await wire.ask('SAVE')).raw).toBe('+OK\r\n')
      expect(readFileSync(join(dir, 'x.rdb'), 'latin1').slice(0, 5)).toBe('REDIS')
      expect((await wire.ask('INFO', 'persistence')).raw).toContain('rdb_changes_since_last_save:0\r\n')
      expect((await wire.ask('BGSAVE')).raw).toBe('+Background saving started\r\n')
      await until(async () => (await wire.ask('INFO', 'persistence')).raw.includes('rdb_saves:2\r\n'))
      expect(Math.abs(Number((await wire.ask('LASTSAVE')).raw.slice(1)) - Date.now() / 1000)).toBeLessThan(60)
    } finally {
      rmSync(dir, { recursive: true })
    }
  })

  it('does nothing of what comes behind SHUTDOWN', async () => {
    await using embedded = await EmbeddedServer.open()
    using wire = await Wire.open(embedded.port)
    wire.raw('SHUTDOWN NOSAVE\r\nSET a 1\r\n')
    await until(() => embedded.engine.saving.isShutDown)
    using late = await Wire.open(embedded.port)
    await until(() => late.isClosed)
    expect(embedded.engine.firstDatabase.has('a')).toBe(false)
  })

  it('ends by SHUTDOWN though all clients are paused', async () => {
    await using embedded = await EmbeddedServer.open()
    using wire = await Wire.open(embedded.port)
    await wire.ask('CLIENT', 'PAUSE', '600000', 'ALL')
    wire.send(['SHUTDOWN', 'NOSAVE'])
    await until(() => embedded.engine.saving.isShutDown)
    embedded.engine.pauses.end()
  })

  it('cuts off an error that tells a huge word', async () => {
    await using embedded = await EmbeddedServer.open()
    using wire = await Wire.open(embedded.port)
    const { raw } = await wire.ask('HELLO', '3', '\n'.repeat(1_000_000))
    expect(raw.length).toBe('-\r\n'.length + 1024)
  })

  it('tells that it could not save', async () => {
    await using embedded = await EmbeddedServer.open({
      dir: join(tmpdir(), 'no such folder'),
      dbfilename: 'x.rdb',
    })
    using wire = await Wire.open(embedded.port)
    expect((await wire.ask('SAVE')).raw).toBe('-ERR\r\n')
    expect((await wire.ask('INFO', 'persistence')).raw).toContain('rdb_last_bgsave_status:err\r\n')
    expect((await wire.ask('SHUTDOWN')).raw).toBe('-ERR Errors trying to SHUTDOWN. Check logs.\r\n')
    expect((await wire.ask('PING')).raw).toBe('+PONG\r\n')
  })
})
