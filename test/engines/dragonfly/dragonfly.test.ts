import { describe, expect, it } from 'vitest'
import { dragonfly } from '../../../src/engines/dragonfly/dragonfly.js'
import { launch } from '../launch.js'

const MIB = 1024 * 1024
const START = ['--bind=127.0.0.1', '--port=7001', '--dir=/project/data/dragonfly']
const RDB = ['--dbfilename=dump', '--df_snapshot_format=false']
const QUIET = ['--version_check=false', '--omit_basic_usage', '--default_lua_flags=allow-undeclared-keys']
const SIZED = ['--proactor_threads=2', '--maxmemory=800mb']

describe('the command line of Dragonfly', () => {
  it.each([
    ['default settings', {}, [...START, ...RDB, '--logtostderr', '--minloglevel=0', ...QUIET, ...SIZED]],
    [
      'log level debug',
      { logLevel: 'debug' },
      [...START, ...RDB, '--logtostderr', '--minloglevel=0', ...QUIET, ...SIZED, '--v=1'],
    ],
    [
      'log level warn',
      { logLevel: 'warn' },
      [...START, ...RDB, '--logtostderr', '--minloglevel=1', ...QUIET, ...SIZED],
    ],
    [
      'log level error',
      { logLevel: 'error' },
      [...START, ...RDB, '--logtostderr', '--minloglevel=2', ...QUIET, ...SIZED],
    ],
    [
      'its own snapshot format',
      { snapshotFormat: 'dfs' },
      [
        ...START,
        '--dbfilename=dump',
        '--df_snapshot_format=true',
        '--logtostderr',
        '--minloglevel=0',
        ...QUIET,
        ...SIZED,
      ],
    ],
    [
      'ephemeral',
      { ephemeral: true },
      [
        ...START,
        '--dbfilename=',
        '--df_snapshot_format=false',
        '--logtostderr',
        '--minloglevel=0',
        ...QUIET,
        ...SIZED,
      ],
    ],
    [
      'another host, threads and memory',
      { host: '0.0.0.0', threads: 3, maxmemory: 4096 * MIB },
      [
        ...[
          '--bind=0.0.0.0',
          '--port=7001',
          '--dir=/project/data/dragonfly',
          ...RDB,
          '--logtostderr',
          '--minloglevel=0',
        ],
        ...[...QUIET, '--proactor_threads=3', '--maxmemory=4096mb'],
      ],
    ],
    [
      'arguments of the user, last',
      { serverArgs: ['--maxmemory=300mb', '--cache_mode', '--hz', '10'] },
      [
        ...[
          ...START,
          ...RDB,
          '--logtostderr',
          '--minloglevel=0',
          ...QUIET,
          '--proactor_threads=1',
          '--maxmemory=300mb',
        ],
        ...['--maxmemory=300mb', '--cache_mode', '--hz', '10'],
      ],
    ],
    [
      'threads of the user',
      { serverArgs: ['--proactor_threads', '8'] },
      [
        ...[
          ...START,
          ...RDB,
          '--logtostderr',
          '--minloglevel=0',
          ...QUIET,
          '--proactor_threads=8',
          '--maxmemory=2048mb',
        ],
        ...['--proactor_threads', '8'],
      ],
    ],
  ] as const)('is exact with %s', (_, config, expected) => {
    expect(dragonfly.args(launch({ config }))).toEqual(expected)
  })

  it('is address, port and folder where the help of the binary lists nothing', () => {
    const config = { logLevel: 'debug', maxmemory: 512 * MIB } as const
    expect(dragonfly.args(launch({ config, binary: { flags: undefined } }))).toEqual(START)
  })

  it.each(['C:\\Users\\Jörg Müller\\data', '\\\\server\\share\\data', '/data/ä b'])(
    'has the folder as the system writes it: %s',
    dir => {
      expect(dragonfly.args(launch({ input: { dir } }))).toContain(`--dir=${dir}`)
      const binary = { path: 'C:\\bin\\dragonfly.exe', flags: new Set(['cli', 'log-level', 'dir', 'port']) }
      expect(dragonfly.args(launch({ binary, config: { logLevel: 'debug' }, input: { dir } }))).toEqual([
        ...['--bind=127.0.0.1', '--port=7001', '--log-level', 'debug', '--dir', dir, '--cli'],
      ])
    },
  )

  it('leaves out what the help of the binary does not list, but never address and folder', () => {
    const binary = { flags: new Set(['logtostderr', 'maxmemory']) }
    expect(dragonfly.args(launch({ binary }))).toEqual([...START, '--logtostderr', '--maxmemory=800mb'])
  })

  it('gives a binary that knows --log-level two separate words', () => {
    const binary = { flags: new Set(['log-level', 'dir', 'port']) }
    expect(dragonfly.args(launch({ binary, config: { logLevel: 'warn' } }))).toEqual([
      ...['--bind=127.0.0.1', '--port=7001', '--log-level', 'warn', '--dir', '/project/data/dragonfly'],
    ])
  })

  it('adds --cli, and the rest of what that binary knows, in its own spelling', () => {
    const binary = { flags: new Set(['log_level', 'cli', 'version-check', 'logtostderr', 'v', 'dbfilename']) }
    const config = { logLevel: 'debug', serverArgs: ['--x'] } as const
    expect(dragonfly.args(launch({ binary, config }))).toEqual([
      ...[
        '--bind=127.0.0.1',
        '--port=7001',
        '--log_level',
        'debug',
        '--dir',
        '/project/data/dragonfly',
        '--cli',
      ],
      ...['--dbfilename=dump', '--version-check=false', '--x'],
    ])
  })

  it.each([['--port=1'], ['-port'], ['--dir=/elsewhere']])(
    'refuses %s past skyfly, which would look elsewhere',
    flag => {
      expect(() => dragonfly.args(launch({ config: { serverArgs: [flag, '2'] } }))).toThrow(/past skyfly/)
    },
  )
})

describe('Dragonfly says who it is', () => {
  it.each([
    [
      'dragonfly \x1b[0;32mv1.40.1-434478e00c366c711985d0b3269023fc39db8ad1\x1b[m\nbuild time: \x1b[0;33m2026\x1b[m\n',
      '1.40.1',
    ],
    ['dragonfly v1.27.0\n', '1.27.0'],
    ['dragonfly df-v1.40.1\n', '1.40.1'],
    ['Redis server v=7.0.15 sha=0\n', undefined],
    ['dragonfly: a modern in-memory store.\n', undefined],
    ['', undefined],
  ])('%j is version %s', (stdout, version) => {
    expect(dragonfly.parseVersion(stdout)).toBe(version)
  })

  it('and lists its flags in the help, in either spelling', () => {
    const help =
      '  Flags from \x1b[0;32m/x.cc\x1b[m:\n    --bind (Bind address. See --help=bind.);\n      default: "";\n' +
      '  -p, --port N\n    [--log-level LEVEL]\n    --df_snapshot_format (x); default: true;\nTry --helpfull to get more\n'
    expect([...dragonfly.parseFlags(help)]).toEqual(['bind', 'port', 'log-level', 'df_snapshot_format'])
  })

  it.each([
    ['DFLY_PASSWORD', true],
    ['DFLY_port', true],
    ['DRAGONFLY_PORT', false],
    ['PATH', false],
  ])('the variable %s is kept from it: %s', (name, kept) => {
    expect(dragonfly.rejectsEnv(name)).toBe(kept)
  })

  it.each([
    ['DFLY_requirepass', false],
    ['DFLY_PASSWORD', true],
    ['DFLY_port', true],
  ])('the variable %s is kept from one that lists such flags: %s', (name, kept) => {
    expect(dragonfly.rejectsEnv(name, new Set(['requirepass', 'port']))).toBe(kept)
  })
})

describe('the snapshots of Dragonfly', () => {
  it.each([
    ['dump.rdb', [], true],
    ['dump-summary.dfs', [], true],
    ['dump-0000.dfs', [], false],
    ['dump-2026-01-21T10:30:00-summary.dfs', [], false],
    ['dump-2026-01-21T10:30:00-summary.dfs', ['--dbfilename=dump-{timestamp}'], true],
    ['dump-2026-01-21T10:30:00.rdb', ['-dbfilename', 'dump-{timestamp}'], true],
    ['other.rdb', ['--dbfilename=other'], true],
    ['dump.rdb', ['--dbfilename=other'], false],
    ['dump.rdb', ['--dbfilename='], false],
    ['dumpxrdb', [], false],
  ])('%s with %j is loaded: %s', (file, args, loaded) => {
    expect(dragonfly.loads(file, args)).toBe(loaded)
  })

  it.each([
    [['--dbfilename=dump'], true],
    [['--dbfilename=dump', '--dbfilename='], false],
    [[], true],
  ])('are saved with %j: %s', (args, saved) => {
    expect(dragonfly.savesSnapshot(args)).toBe(saved)
  })

  it('are unfinished while they end in .tmp', () => {
    expect(['dump.rdb.tmp', 'dump.rdb', 'temp-1.rdb'].map(dragonfly.isUnfinishedSnapshot)).toEqual([
      true,
      false,
      false,
    ])
  })

  it('that failed are told with the reason', () => {
    const reason =
      "Not a directory: Couldn't open file for writing (is direct I/O supported by the file system?)"
    const line = `W20261120 07:46:08.027601 13402 server_family.cc:1342] Failed to perform snapshot ${reason}`
    expect(dragonfly.saveFailure(line)).toBe(reason)
    expect(
      dragonfly.saveFailure('I20261120 07:46:08.027601 13402 a.cc:1] Saving "x" finished after 0 us'),
    ).toBeUndefined()
  })
})
