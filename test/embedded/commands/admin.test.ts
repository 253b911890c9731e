import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMMANDS } from '../../../src/embedded/commands/table.js'
import { redisServer, until } from '../../project.js'
import { describeCases } from '../cases.js'
import { ConnectionPair, EmbeddedServer, RedisServer } from '../compare-with-redis.js'
import { Wire } from '../wire.js'

describeCases('administration', {
  'gets settings': [
    ...[
      ['CONFIG', 'GET', 'maxmemory'],
      ['CONFIG', 'GET', 'MAXmemory', 'nope'],
      ['CONFIG', 'GET', 'databases', 'DATABASES', 'data*'],
      ['CONFIG', 'GET', 'nope'],
    ],
    ...[
      ['CONFIG', 'GET'],
      ['CONFIG', 'GET', 'databases', 'databases'],
      ['CONFIG', 'GET', 'save'],
    ],
    ...[
      ['CONFIG', 'GET', 'appendonly'],
      ['CONFIG', 'GET', 'maxmemory-polic?'],
      ['CONFIG', 'GET', 'timeout'],
    ],
    { unordered: ['CONFIG', 'GET', 'maxclients', 'databases'] },
  ],
  'does not take words of JavaScript for its own': [
    ...[
      ['CONFIG', 'GET', 'constructor'],
      ['CONFIG', 'SET', '__proto__', 'x'],
      ['CONFIG', 'SET', 'loglevel', 'constructor'],
    ],
    ...[
      ['CONFIG', 'SET', 'maxmemory', '1constructor'],
      ['CLIENT', 'LIST', 'TYPE', 'constructor'],
      ['constructor'],
    ],
    ...[
      ['COMMAND', 'LIST', 'FILTERBY', 'constructor', 'x'],
      ['CLIENT', 'toString'],
      ['INFO', 'constructor'],
    ],
    ['CLIENT', 'KILL', '__proto__', 'x'],
  ],
  'sets settings': [
    ...[
      ['CONFIG', 'SET', 'maxmemory', '100mb'],
      ['CONFIG', 'GET', 'maxmemory'],
      ['CONFIG', 'SET', 'maxmemory', '0'],
    ],
    ...[
      ['CONFIG', 'SET', 'MAXMEMORY', '1k', 'maxclients', '500'],
      ['CONFIG', 'GET', 'maxclients'],
    ],
    ...[
      ['CONFIG', 'SET', 'maxmemory', '0', 'maxclients', '10000'],
      ['CONFIG', 'SET', 'save', ''],
    ],
    ...[
      ['CONFIG', 'SET', 'loglevel', 'warning'],
      ['CONFIG', 'GET', 'loglevel'],
      ['CONFIG', 'RESETSTAT'],
    ],
  ],
  'refuses settings, all of them if one is bad': [
    ...[
      ['CONFIG', 'SET', 'nope', '1'],
      ['CONFIG', 'SET', 'maxmemory'],
      ['CONFIG', 'SET', 'maxmemory', 'x'],
    ],
    ...[
      ['CONFIG', 'SET', 'maxmemory', '1', 'nope'],
      ['CONFIG', 'SET', 'maxmemory', '1', 'maxmemory', '2'],
    ],
    ...[
      ['CONFIG', 'SET', 'maxclients', '0'],
      ['CONFIG', 'SET', 'maxclients', 'x'],
      ['CONFIG', 'SET', 'databases', '3'],
    ],
    ...[
      ['CONFIG', 'SET', 'dir', 'x'],
      ['CONFIG', 'SET', 'dbfilename', 'x'],
      ['CONFIG', 'SET', 'loglevel', 'x'],
    ],
    ...[
      ['CONFIG', 'SET', 'maxmemory', '7', 'maxclients', 'x'],
      ['CONFIG', 'GET', 'maxmemory'],
    ],
    ...[['CONFIG', 'SET', 'maxmemory', '-1'], ['CONFIG'], ['CONFIG', 'NOPE'], ['CONFIG', 'REWRITE']],
    ...[
      ['CONFIG', 'SET', 'Nope', '1'],
      ['CONFIG', 'SET', 'maxmemory', '1', 'n\r\no', '2'],
      ['CONFIG', 'RESETSTAT', 'x'],
    ],
  ],
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
  'tells of commands': [
    ...[
      ['COMMAND', 'NOPE'],
      ['COMMAND', 'COUNT', 'x'],
      ['COMMAND', 'LIST', 'x'],
      ['COMMAND', 'DOCS', 'nope'],
    ],
    ...[
      ['COMMAND', 'LIST', 'FILTERBY', 'MODULE', 'foo'],
      ['COMMAND', 'LIST', 'FILTERBY', 'FOO', 'x'],
    ],
    ...[
      ['COMMAND', 'LIST', 'FILTERBY', 'ACLCAT', 'nope'],
      ['COMMAND', 'LIST', 'FILTERBY', 'PATTERN', '*|id'],
    ],
    ...[['COMMAND', 'INFO', 'nope', 'client|nope', 'get|x']],
  ],
  'finds the keys of a command': [
    ...[
      ['COMMAND', 'GETKEYS', 'nope'],
      ['COMMAND', 'GETKEYS', 'get'],
      ['COMMAND', 'GETKEYS', 'ping', 'x'],
    ],
    ...[
      ['COMMAND', 'GETKEYS', 'mset', 'a', 'b', 'c', 'd'],
      ['COMMAND', 'GETKEYS', 'mset', 'a', 'b', 'c'],
    ],
    ...[
      ['COMMAND', 'GETKEYS', 'zunionstore', 'd', '2', 'a', 'b'],
      ['COMMAND', 'GETKEYS', 'zunion', '9', 'a'],
    ],
    ...[
      ['COMMAND', 'GETKEYS', 'zunionstore', 'd', '0', 'a', 'b'],
      ['COMMAND', 'GETKEYS', 'lmpop', 'x', 'a', 'LEFT'],
    ],
    ...[
      ['COMMAND', 'GETKEYS', 'blmpop', '0', '1', 'a', 'LEFT'],
      ['COMMAND', 'GETKEYS', 'client', 'nope'],
    ],
    ...[
      ['COMMAND', 'GETKEYS', 'client', 'id'],
      ['COMMAND', 'GETKEYS', 'set', 'a', 'b', 'GET'],
    ],
    ...[
      ['COMMAND', 'GETKEYS', 'blpop', 'a', 'b', '0'],
      ['COMMAND', 'GETKEYS', 'nope', 'a'],
      ['COMMAND', 'GETKEYS', 'get', 'a', 'b'],
    ],
    ...[['COMMAND', 'GETKEYS', 'rename', 'a', 'b']],
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

describe.skipIf(redisServer === undefined)('the table of commands', () => {
  it('has the arity, flags and keys that redis-server tells', async () => {
    await using redis = await RedisServer.open()
    await using embedded = await EmbeddedServer.open()
    using pair = await ConnectionPair.open(embedded, redis)
    const wrong: string[] = []
    const rows = [...COMMANDS.values()].flatMap(row => [row, ...(row.subcommands?.values() ?? [])])
    for (const { name } of rows) {
      const [ours, theirs] = (await pair.both(['COMMAND', 'INFO', name])).map(({ raw }) => headOf(raw))
      if (ours !== theirs) wrong.push(`${ours} but in Redis ${theirs}`)
    }
    expect(wrong).toEqual([])
  })

  /** Name, arity, flags and positions of keys. */
  function headOf(raw: string): string {
    const [, , , name, arity, , ...rest] = raw.split('\r\n')
    const flags = rest.filter(
      (line, index) => index < rest.findIndex(one => one.startsWith(':')) && line.startsWith('+'),
    )
    const keys = rest.filter(line => line.startsWith(':')).slice(0, 3)
    return [name, arity, ...flags.sort(), ...keys].join(' ')
  }
})

describe.skipIf(redisServer === undefined)('MONITOR', () => {
  let embedded: EmbeddedServer
  let redis: RedisServer
  beforeAll(async () => {
    ;[embedded, redis] = await Promise.all([EmbeddedServer.open(), RedisServer.open()])
  })
  afterAll(async () => {
    await embedded[Symbol.asyncDispose]()
    await redis[Symbol.asyncDispose]()
  })

  it('shows what others do, without passwords and orders', async () => {
    using watching = await ConnectionPair.open(embedded, redis)
    using acting = await ConnectionPair.open(embedded, redis)
    await watching.same(['MONITOR'])
    for (const words of [
      ...[
        ['SELECT', '2'],
        ['SET', 'a', '\x00\x01\xff"\\\r\n\t\x07\b é'],
        ['CONFIG', 'GET', 'port'],
        ['NOPE'],
      ],
      ...[['AUTH', 'default', 'x'], ['HELLO', '2', 'AUTH', 'default', 'x'], ['MULTI'], ['PING'], ['EXEC']],
      ...[['CLIENT', 'GETNAME'], ['PUBLISH', 'a', 'b'], ['QUIT']],
    ])
      await acting.both(words)
    const linesOf = async (wire: Wire) => {
      const lines: string[] = []
      while (!lines.some(line => line.includes('"QUIT"'))) lines.push((await wire.read()).raw)
      return lines.map(line => line.replace(/^\+\d+\.\d{6} \[(\d+) 127\.0\.0\.1:\d+\]/, '$1'))
    }
    expect(await linesOf(watching.embedded)).toEqual(await linesOf(watching.redis))
    for (const words of [['GET', 'a'], ['SET', 'a', 'b'], ['PUBLISH', 'a', 'b'], ['RESET'], ['GET', 'a']])
      await watching.same(words)
  })
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

  it('shows the beginning of a large word to those who watch', async () => {
    await using embedded = await EmbeddedServer.open()
    using watching = await Wire.open(embedded.port)
    await watching.ask('MONITOR')
    using wire = await Wire.open(embedded.port)
    await wire.ask('SET', 'k', '\0'.repeat(20_000_000))
    const { raw } = await watching.read()
    expect(raw.slice(raw.indexOf(']') + 2)).toBe(`"SET" "k" "${'\\x00'.repeat(4096)}"...\r\n`)
    await wire.ask('ECHO', ...Array.from({ length: 1000 }, () => 'x'.repeat(4096)))
    await wire.ask('DEL', ...Array.from({ length: 1000 }, () => 'x'.repeat(4096)))
    const long = (await watching.read()).raw
    expect(long.length).toBeLessThan(1_100_000)
    expect(long.endsWith('xxx" ...\r\n')).toBe(true)
    expect((await wire.ask('PING')).raw).toBe('+PONG\r\n')
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
