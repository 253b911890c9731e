import { describe, expect, it } from 'vitest'
import { memurai } from '../../../src/engines/redis/memurai.js'
import { redis } from '../../../src/engines/redis/redis.js'
import { valkey } from '../../../src/engines/redis/valkey.js'
import { launch } from '../launch.js'

const BINARY = {
  engine: 'memurai',
  path: 'C:\\Program Files\\Memurai\\memurai.exe',
  version: '4.2.3',
} as const
const DIR = 'C:\\Users\\Jörg Müller\\project\\data\\dragonfly'

describe('Memurai', () => {
  it.each([
    ['default settings', {}, ['--loglevel', 'notice']],
    [
      'log level debug, memory and threads',
      { logLevel: 'debug', maxmemory: 1000, threads: 2 },
      [...['--loglevel', 'debug', '--maxmemory', '1000', '--io-threads', '2']],
    ],
    ['ephemeral', { ephemeral: true }, ['--loglevel', 'notice', '--save', '']],
    [
      'arguments of the user, last',
      { serverArgs: ['--appendonly', 'yes'] },
      [...['--loglevel', 'notice', '--appendonly', 'yes']],
    ],
  ] as const)('takes the flags of Redis and the paths of Windows: %s', (_, config, rest) => {
    expect(memurai.args(launch({ config, binary: BINARY, input: { dir: DIR } }))).toEqual([
      ...['--port', '7001', '--bind', '127.0.0.1', '--dir', DIR, '--dbfilename', 'dump.rdb'],
      ...rest,
    ])
  })

  it.each([
    ['Memurai Server v=4.1.2 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64\r\n', '4.1.2'],
    ['Memurai 4.2.3\n', '4.2.3'],
    ['Memurai Developer 4.2.3, compatible with Redis 7.4.9\n', '4.2.3'],
    ['Memurai compatible with Redis 7.4.9 v=4.2.3\n', '4.2.3'],
    ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64\n', undefined],
    ['Valkey server v=9.0.1 sha=00000000:0 malloc=libc bits=64\n', undefined],
    ['GarnetServer 2.1.7+abcdef\n', undefined],
  ])('says who it is: %j is %s', (stdout, version) => {
    expect(memurai.parseVersion(stdout)).toBe(version)
  })

  it('is not taken for a Redis or a Valkey', () => {
    const stdout = 'Memurai Server v=4.1.2 sha=00000000:0\n'
    expect([redis.parseVersion(stdout), valkey.parseVersion(stdout)]).toEqual([undefined, undefined])
  })

  it('logs as Redis does', () => {
    expect(memurai.parseLine('4312:M 20 Nov 2026 08:31:30.928 * Ready to accept connections')).toEqual({
      level: 'info',
      msg: 'Ready to accept connections',
    })
  })

  it.each([
    ['4312:M 20 Nov 2026 08:31:30.928 # License file not found', 'it refuses to run: License file not found'],
    ['No valid license was found.', 'it refuses to run: No valid license was found.'],
  ])('that lacks its licence is explained by its own line: %s', (line, message) => {
    expect(memurai.explain([line], launch({ binary: BINARY }))).toEqual({
      kind: 'other',
      message,
      hint: expect.stringMatching(/licence file/),
    })
  })

  it('that lost its port is explained as Redis is, whatever it says of its licence', () => {
    const lines = [
      'Memurai Developer edition: license valid, not for production',
      '4312:M 20 Nov 2026 08:31:59.127 # Warning: Could not create server TCP listening socket 127.0.0.1:7001: bind: Address already in use',
    ]
    expect(memurai.explain(lines, launch({ binary: BINARY }))?.kind).toBe('port')
  })

  it.each([
    ['dump.rdb', true],
    ['dump-summary.dfs', false],
    ['checkpoint 1b4e28ba-2fa1-11d2-883f-0016d3cca427', false],
  ])('loads %s: %s', (file, loaded) => {
    expect(memurai.loads(file, [])).toBe(loaded)
  })
})
