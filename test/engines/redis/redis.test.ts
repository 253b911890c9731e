import { describe, expect, it } from 'vitest'
import { redis } from '../../../src/engines/redis/redis.js'
import { valkey } from '../../../src/engines/redis/valkey.js'
import { launch } from '../launch.js'

const START = [
  '--port',
  '7001',
  '--bind',
  '127.0.0.1',
  '--dir',
  '/project/data/dragonfly',
  '--dbfilename',
  'dump.rdb',
]
const REDIS = { engine: 'redis', path: '/usr/bin/redis-server', version: '7.0.15' } as const

describe('the command line of Redis and Valkey', () => {
  it.each([
    ['default settings', {}, [...START, '--loglevel', 'notice']],
    ['log level debug', { logLevel: 'debug' }, [...START, '--loglevel', 'debug']],
    ['log level warn', { logLevel: 'warn' }, [...START, '--loglevel', 'warning']],
    ['log level error', { logLevel: 'error' }, [...START, '--loglevel', 'warning']],
    [
      'memory and threads',
      { maxmemory: 1000, threads: 4 },
      [...START, '--loglevel', 'notice', '--maxmemory', '1000', '--io-threads', '4'],
    ],
    ['ephemeral', { ephemeral: true }, [...START, '--loglevel', 'notice', '--save', '']],
    [
      'arguments of the user, last',
      { serverArgs: ['--save', '60 1'] },
      [...START, '--loglevel', 'notice', '--save', '60 1'],
    ],
  ] as const)('is exact with %s', (_, config, expected) => {
    expect(redis.args(launch({ config, binary: REDIS }))).toEqual(expected)
    expect(valkey.args(launch({ config, binary: REDIS }))).toEqual(expected)
  })

  it.each([
    [undefined, 'C:\\Users\\Jörg Müller\\data', 'C:\\Users\\Jörg Müller\\data'],
    ['cygwin', 'C:\\Users\\Jörg Müller\\data', '/cygdrive/c/Users/Jörg Müller/data'],
    ['msys2', 'C:\\Users\\Jörg Müller\\data', '/c/Users/Jörg Müller/data'],
    ['cygwin', '\\\\server\\share\\data', '//server/share/data'],
  ] as const)('through %s has the folder %s as %s', (emulation, dir, told) => {
    const input = launch({ binary: { ...REDIS, emulation }, input: { dir } })
    const expected = [
      ...['--port', '7001', '--bind', '127.0.0.1', '--dir', told, '--dbfilename', 'dump.rdb'],
      ...['--loglevel', 'notice'],
      ...(emulation === undefined ? [] : ['--stop-writes-on-bgsave-error', 'no']),
    ]
    expect(redis.args(input)).toEqual(expected)
    expect(valkey.args(input)).toEqual(expected)
  })

  it('leaves it to the user whether a failed BGSAVE ends the writes, and their paths as they are', () => {
    const serverArgs = ['--stop-writes-on-bgsave-error', 'yes', '--aclfile', 'C:\\acl.txt']
    const binary = { ...REDIS, emulation: 'cygwin' } as const
    expect(redis.args(launch({ binary, config: { serverArgs } })).slice(-6)).toEqual([
      ...['--loglevel', 'notice', ...serverArgs],
    ])
  })

  it.each([
    [{ snapshotFormat: 'dfs' }, /redis cannot write snapshots in Dragonfly's own format/],
    [{ serverArgs: ['--daemonize', 'yes'] }, /--daemonize takes redis out of skyfly's hands/],
    [{ serverArgs: ['--port', '1'] }, /--port cannot be given to the server past skyfly/],
    [{ serverArgs: ['--dir', '/x'] }, /--dir cannot be given to the server past skyfly/],
  ] as const)('is refused with %j', (config, message) => {
    expect(() => redis.args(launch({ config, binary: REDIS }))).toThrow(message)
  })
})

describe('Redis and Valkey say who they are', () => {
  it.each([
    [
      'Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=ae4d7c971a948f0\n',
      '7.0.15',
      undefined,
    ],
    ['Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=1\n', undefined, '8.1.1'],
    ['Redis server v=8.0.0-rc1 sha=0\n', '8.0.0', undefined],
    ['dragonfly v1.40.1\n', undefined, undefined],
  ])('%j: redis %s, valkey %s', (stdout, asRedis, asValkey) => {
    expect(redis.parseVersion(stdout)).toBe(asRedis)
    expect(valkey.parseVersion(stdout)).toBe(asValkey)
  })
})

describe('the snapshots of Redis', () => {
  it.each([
    ['dump.rdb', [], true],
    ['dump-summary.dfs', [], false],
    ['other.rdb', ['--dbfilename', 'other.rdb'], true],
    ['other.rdb', ['--DBFILENAME', 'other.rdb'], true],
    ['appendonlydir', [], false],
    ['appendonlydir', ['--appendonly', 'yes'], true],
    ['appendonly.aof', ['--appendonly', 'yes'], true],
    ['dump.rdb', ['--appendonly', 'yes'], false],
    ['dump.rdb', ['--appendonly', 'yes', '--appendonly', 'no'], true],
  ])('%s with %j is loaded: %s', (file, args, loaded) => {
    expect(redis.loads(file, args)).toBe(loaded)
  })

  it.each([
    [[], true],
    [['--save', ''], false],
    [['--save', '', '--save', '60 1'], true],
  ])('are saved with %j: %s', (args, saved) => {
    expect(redis.savesSnapshot(args)).toBe(saved)
  })

  it('are unfinished while they are called temp', () => {
    expect(
      ['temp-5820.rdb', 'temp-rewriteaof-1.aof', 'dump.rdb', 'x.tmp'].map(redis.isUnfinishedSnapshot),
    ).toEqual([...[true, true, false, false]])
  })

  it.each([
    'Failed opening the temp RDB file temp-5820.rdb (in server root dir unknown) for saving: No such file or directory',
    'Write error saving DB on disk(rdbSaveRio): No space left on device',
    'Write error saving DB on disk: No space left on device',
    'Error moving temp DB file temp-1.rdb on the final destination dump.rdb (in server root dir /d): Is a directory',
    'Error trying to save the DB',
  ])('that failed are told: %s', text => {
    expect(redis.saveFailure(`5820:M 20 Nov 2026 08:31:31.292 # ${text}`)).toBe(text)
  })

  it('that went well are no failure', () => {
    expect(redis.saveFailure('5820:M 20 Nov 2026 08:31:31.292 * DB saved on disk')).toBeUndefined()
  })
})
