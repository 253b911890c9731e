import { describe, expect, it } from 'vitest'
import { embedded } from '../../src/engines/embedded.js'
import { launch } from './launch.js'

const start = (dir: string) => ['--dir', dir, '--port', '7001', '--bind', '127.0.0.1']
const DIR = '/project/data/dragonfly'
const WINDOWS_DIR = 'C:\\Users\\Jörg Müller\\project\\data'
const SAVED = ['--dbfilename', 'dump.rdb']

describe('the embedded engine', () => {
  it.each([
    ['default settings', DIR, {}, ['--cli', '--log-level', 'info', ...start(DIR), ...SAVED]],
    [
      'a folder of Windows, with blanks and umlauts',
      WINDOWS_DIR,
      { logLevel: 'debug' },
      ['--cli', '--log-level', 'debug', ...start(WINDOWS_DIR), ...SAVED],
    ],
    [
      'ephemeral',
      DIR,
      { ephemeral: true },
      ['--cli', '--log-level', 'info', ...start(DIR), '--dbfilename', ''],
    ],
    [
      'memory, one thread and arguments of the user, last',
      DIR,
      { maxmemory: 1000, threads: 1, serverArgs: ['--requirepass', 'x'] },
      [
        ...['--cli', '--log-level', 'info', ...start(DIR), ...SAVED],
        ...['--maxmemory', '1000', '--requirepass', 'x'],
      ],
    ],
  ] as const)('has an exact command line with %s', (_, dir, config, expected) => {
    expect(embedded.args(launch({ config, input: { dir } }))).toEqual(expected)
  })

  it.each([
    [{ threads: 2 }, /one thread, not 2/],
    [{ snapshotFormat: 'dfs' }, /Dragonfly's own format/],
    [{ serverArgs: ['--dir', '/x'] }, /--dir cannot be given to the server past skyfly/],
  ] as const)('refuses %j', (config, message) => {
    expect(() => embedded.args(launch({ config }))).toThrow(message)
  })

  it.each([
    ['skyfly embedded server v=1.2.3\n', '1.2.3'],
    ['Redis server v=7.0.15 sha=0\n', undefined],
  ])('says who it is: %j is %s', (stdout, version) => {
    expect(embedded.parseVersion(stdout)).toBe(version)
  })

  it('logs as Redis does', () => {
    expect(embedded.parseLine('5790:M 20 Nov 2026 08:31:30.928 * Ready to accept connections')).toEqual({
      level: 'info',
      msg: 'Ready to accept connections',
    })
  })

  it('says of a snapshot with values that it does not know that nothing is damaged', () => {
    const line =
      '5790:M 20 Nov 2026 08:31:30.928 # Fatal error loading the DB: cannot load dump.rdb: key "a" is a stream, which this engine cannot serve, at byte 14. Exiting.'
    expect(embedded.explain([line], launch())).toMatchObject({
      message:
        'the snapshot dump.rdb cannot be loaded: key "a" is a stream, which this engine cannot serve, at byte 14',
      hint: expect.stringMatching(/nothing is damaged.*--engine dragonfly/),
    })
  })

  it('explains a snapshot that it cannot load', () => {
    const line =
      '5790:M 20 Nov 2026 08:31:30.928 # Fatal error loading the DB: cannot load C:\\d\\dump.rdb: it holds a stream. Exiting.'
    expect(embedded.explain([line], launch())).toEqual({
      kind: 'other',
      message: 'the snapshot C:\\d\\dump.rdb cannot be loaded: it holds a stream',
      hint: expect.stringMatching(/another engine/),
    })
  })

  it.each([
    ['dump.rdb', [], true],
    ['other.rdb', ['--dbfilename', 'other.rdb'], true],
    ['appendonlydir', [], false],
    ['checkpoint 1b4e28ba-2fa1-11d2-883f-0016d3cca427', [], false],
  ])('loads %s with %j: %s', (file, args, loaded) => {
    expect(embedded.loads(file, args)).toBe(loaded)
  })

  it.each([
    [{}, true],
    [{ ephemeral: true }, false],
  ])('saves with %j: %s', (config, saves) => {
    expect(embedded.savesSnapshot(embedded.args(launch({ config })))).toBe(saves)
  })
})
