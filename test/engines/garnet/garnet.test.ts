import { describe, expect, it } from 'vitest'
import { garnet } from '../../../src/engines/garnet/garnet.js'
import { launch } from '../launch.js'

const MIB = 1024 * 1024
const BINARY = { engine: 'garnet', path: 'C:\\garnet\\net8.0\\GarnetServer.exe', version: '2.1.7' } as const
const DIR = 'C:\\Users\\Jörg Müller\\project\\data\\dragonfly'
const START = ['--port', '7001', '--bind', '127.0.0.1', '--checkpointdir', DIR]
const INFO = ['--logger-level', 'Information']

const input = (config: Parameters<typeof launch>[0] = {}) =>
  launch({ binary: BINARY, input: { dir: DIR }, ...config })

describe('the command line of Garnet', () => {
  it.each([
    ['default settings', {}, [...START, '--recover', ...INFO, '--lua']],
    ['log level debug', { logLevel: 'debug' }, [...START, '--recover', '--logger-level', 'Debug', '--lua']],
    ['log level warn', { logLevel: 'warn' }, [...START, '--recover', '--logger-level', 'Warning', '--lua']],
    ['log level error', { logLevel: 'error' }, [...START, '--recover', '--logger-level', 'Error', '--lua']],
    ['ephemeral', { ephemeral: true }, [...START, ...INFO, '--lua']],
    ['memory', { maxmemory: 512 * MIB }, [...START, '--recover', ...INFO, '--memory', '512m', '--lua']],
    [
      'another host',
      { host: '0.0.0.0' },
      ['--port', '7001', '--bind', '0.0.0.0', '--checkpointdir', DIR, '--recover', ...INFO, '--lua'],
    ],
    [
      'a password of the user, last',
      { serverArgs: ['--auth', 'Password', '--password', 'secret'] },
      [...START, '--recover', ...INFO, '--lua', '--auth', 'Password', '--password', 'secret'],
    ],
    [
      'flags of the user in place of the same ones, since one that is given twice ends the start',
      {
        maxmemory: 512 * MIB,
        serverArgs: ['--recover', 'false', '--logger-level=Trace', '-m', '1g', '--lua', 'false'],
      },
      [...START, '--recover', 'false', '--logger-level=Trace', '-m', '1g', '--lua', 'false'],
    ],
  ] as const)('is exact with %s', (_, config, expected) => {
    expect(garnet.args(input({ config }))).toEqual(expected)
  })

  it('takes its folder as the system writes it', () => {
    expect(garnet.args(input({ input: { dir: '/Users/jörg/a b' } }))).toContain('/Users/jörg/a b')
  })

  it.each([
    [
      { snapshotFormat: 'dfs' },
      /garnet cannot write snapshots in Dragonfly's own format/,
      /--snapshot-format/,
    ],
    [{ threads: 4 }, /takes no number of threads \(--threads 4\)/, /leave --threads out/],
    [{ maxmemory: 10 * MIB }, /10 MiB of memory are too little/, /--maxmemory 64mb/],
    [{ serverArgs: ['--port', '1'] }, /--port cannot be given to the server past skyfly/, /--port/],
    [{ serverArgs: ['--bind=::'] }, /--bind cannot be given/, /--host/],
    [{ serverArgs: ['--checkpointdir', 'x'] }, /--checkpointdir cannot be given/, /--dir/],
    [{ serverArgs: ['-c', 'x'] }, / -c cannot be given|^-c cannot be given/, /--dir/],
    [{ serverArgs: ['--requirepass', 'x'] }, /does not know --requirepass/, /--auth Password --password/],
  ] as const)('is refused with %j', (config, message, hint) => {
    expect(() => garnet.args(input({ config }))).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      }),
    )
  })

  it.each(['-p', '--page', '--logdir', '--aof'])('has %s of its own', flag => {
    expect(garnet.args(input({ config: { serverArgs: [flag, '64m'] } }))).toEqual(
      expect.arrayContaining([flag, '64m']),
    )
  })
})

describe('Garnet says who it is', () => {
  it.each([
    ['GarnetServer 2.1.7+0f1e2d3c4b5a69788796a5b4c3d2e1f001234567\r\n\r\n', '2.1.7'],
    ['GarnetServer 1.0.84\n', '1.0.84'],
    ['Redis server v=7.4.3 sha=0\n', undefined],
    ['', undefined],
  ])('%j is version %s', (stdout, version) => {
    expect(garnet.parseVersion(stdout)).toBe(version)
  })
})

describe('a log line of Garnet', () => {
  it.each([
    [
      '04::15::30 info: GarnetServer[0] Garnet 2.1.7 64 bit; standalone mode; Endpoint: [127.0.0.1:6379]',
      {
        level: 'info',
        msg: 'Garnet 2.1.7 64 bit; standalone mode; Endpoint: [127.0.0.1:6379]',
        at: 'GarnetServer',
      },
    ],
    [
      '12::00::00 fail: ArgParser[0] Configuration validation failed.',
      { level: 'error', msg: 'Configuration validation failed.', at: 'ArgParser' },
    ],
    ['01::02::03 warn: Options[0] x', { level: 'warn', msg: 'x', at: 'Options' }],
    ['01::02::03 crit: Options[0] x', { level: 'error', msg: 'x', at: 'Options' }],
    ['01::02::03 dbug: Session[0] x', { level: 'debug', msg: 'x', at: 'Session' }],
    ['01::02::03 trce: Tsavorite.core.X[12] x', { level: 'debug', msg: 'x', at: 'Tsavorite.core.X' }],
    ['* Ready to accept connections', { level: 'info', msg: 'Ready to accept connections' }],
    [
      '    / /\\ \\   \x1b[0mGarnet 2.1.7 64 bit; standalone mode\x1b[31m',
      { level: 'info', msg: '    / /\\ \\   Garnet 2.1.7 64 bit; standalone mode' },
    ],
    ['\x1b[31m    _________', { level: 'info', msg: '    _________' }],
    [
      'Unable to initialize server due to exception: Address already in use',
      { level: 'error', msg: 'Unable to initialize server due to exception: Address already in use' },
    ],
    ['ERROR(S):', { level: 'error', msg: 'ERROR(S):' }],
    ["  Option 'x' is unknown.", { level: 'error', msg: "Option 'x' is unknown." }],
    [
      'You must install .NET to run this application.',
      { level: 'error', msg: 'You must install .NET to run this application.' },
    ],
    [
      'Unhandled exception. System.OutOfMemoryException: x',
      { level: 'error', msg: 'Unhandled exception. System.OutOfMemoryException: x' },
    ],
    ['Copyright (c) Microsoft Corporation', undefined],
    ['12 angry men', undefined],
    ['04::15::30 what: X[0] text', undefined],
    ['', undefined],
  ])('%j', (line, parsed) => {
    expect(garnet.parseLine(line)).toEqual(parsed)
  })
})

const UNABLE = 'Unable to initialize server due to exception: '
const SEE_ABOVE = `${UNABLE}Encountered an error when initializing Garnet server. Please see log messages above for more details.`

describe('a failed start of Garnet is explained', () => {
  it.each([
    [
      [
        `${UNABLE}Only one usage of each socket address (protocol/network address/port) is normally permitted.`,
      ],
      { kind: 'port', message: 'port 7001 is taken by another program', hint: /--port auto/ },
    ],
    [
      [`${UNABLE}Address already in use`],
      { kind: 'port', message: 'port 7001 is taken by another program', hint: /--port auto/ },
    ],
    [
      [`${UNABLE}An attempt was made to access a socket in a way forbidden by its access permissions.`],
      { kind: 'other', message: /port 7001 may not be used/, hint: /another --port/ },
    ],
    [
      [`${UNABLE}The requested address is not valid in its context.`],
      { kind: 'other', message: '127.0.0.1 is not an address of this machine', hint: /--host/ },
    ],
    [
      [`${UNABLE}Can't assign requested address`],
      { kind: 'other', message: '127.0.0.1 is not an address of this machine', hint: /--host/ },
    ],
    [
      [
        ...['GarnetServer 2.1.7', 'Copyright (c) Microsoft Corporation', '', 'ERROR(S):'],
        ...["  Option 'x' is unknown.", 'Encountered error(s) while parsing command line arguments.'],
        ...['For detailed usage information run with --help.', SEE_ABOVE],
      ],
      { kind: 'other', message: 'this Garnet has no option -x', hint: /remove it/ },
    ],
    [
      ["  Option 'appendonly' is unknown.", SEE_ABOVE],
      { kind: 'other', message: 'this Garnet has no option --appendonly', hint: /remove it/ },
    ],
    [
      ["  Option 'm, memory' is defined multiple times.", SEE_ABOVE],
      { kind: 'other', message: /-m or --memory is given twice/, hint: /remove it/ },
    ],
    [
      [
        '04::15::30 fail: ArgParser[0] The field Port must be between 0 and 65535.',
        '04::15::30 fail: ArgParser[0] Configuration validation failed.',
        SEE_ABOVE,
      ],
      {
        kind: 'other',
        message: 'it refuses its settings: The field Port must be between 0 and 65535.',
        hint: /--/,
      },
    ],
    [
      [`${UNABLE}LogDir specified without enabling tiered storage (UseStorage)`],
      { kind: 'other', message: /--logdir/, hint: /--storage-tier/ },
    ],
    [
      [`${UNABLE}Something else`],
      { kind: 'other', message: 'it could not start: Something else', hint: /logs/ },
    ],
    [[SEE_ABOVE], { kind: 'other', message: 'it refuses its command line', hint: /logs/ }],
    [
      [
        ...['You must install .NET to run this application.', '', `App: ${BINARY.path}`],
        ...['Architecture: x64', 'App host version: 8.0.11', '.NET location: Not found'],
      ],
      {
        kind: 'other',
        message: `${BINARY.path} needs the .NET runtime, and none was found`,
        hint: /install \.NET 8 or newer.*winget install Microsoft\.DotNet\.Runtime\.8/,
      },
    ],
    [
      [
        ...['You must install or update .NET to run this application.', '', `App: ${BINARY.path}`],
        "Framework: 'Microsoft.NETCore.App', version '10.0.0' (x64)",
      ],
      {
        kind: 'other',
        message: `${BINARY.path} needs a newer .NET runtime than is here: 10.0.0`,
        hint: /newest \.NET/,
      },
    ],
  ])('%j', (lines, { kind, message, hint }) => {
    const explained = garnet.explain(['* Something before', ...lines], input())
    expect(explained).toEqual({
      kind,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
  })

  it('not at all when it says nothing known', () => {
    expect(garnet.explain(['* Ready to accept connections'], input())).toBeUndefined()
  })
})

const GUID = '1b4e28ba-2fa1-11d2-883f-0016d3cca427'

describe('the snapshots of Garnet', () => {
  it.each([
    [`checkpoint ${GUID}`, [], true],
    [`checkpoint ${GUID}`, ['--recover', 'false'], false],
    [`unfinished checkpoint ${GUID}`, [], false],
    ['dump.rdb', [], false],
    ['dump-summary.dfs', [], false],
    ['appendonlydir', [], false],
  ])('%s with %j is loaded: %s', (file, args, loaded) => {
    expect(garnet.loads(file, args)).toBe(loaded)
  })

  it.each([
    [{}, true],
    [{ ephemeral: true }, false],
    [{ serverArgs: ['--recover', 'false'] }, false],
    [{ serverArgs: ['-r'] }, true],
  ])('are saved with %j: %s', (config, saved) => {
    expect(garnet.savesSnapshot(garnet.args(input({ config })))).toBe(saved)
  })

  it('are unfinished until their last file is there', () => {
    expect([`unfinished checkpoint ${GUID}`, `checkpoint ${GUID}`].map(garnet.isUnfinishedSnapshot)).toEqual([
      true,
      false,
    ])
  })

  it('that failed are told with the reason', () => {
    expect(garnet.saveFailure('04::15::30 fail: StoreWrapper[0] Checkpoint failed: disk full')).toBe(
      'Checkpoint failed: disk full',
    )
    expect(garnet.saveFailure('04::15::30 info: StoreWrapper[0] Completed checkpoint')).toBeUndefined()
  })
})

it('Garnet is asked to save and then ended, and needs .NET', () => {
  expect([garnet.stopsBy, garnet.needs]).toEqual(['SAVE', 'dotnet'])
})
