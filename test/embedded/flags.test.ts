import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { helpText, parseFlags } from '../../src/embedded/flags.js'

const FOLDER = resolve('/data')
const configOf = (...args: readonly string[]) => {
  const parsed = parseFlags(args, FOLDER)
  return parsed.kind === 'start' ? parsed.config : parsed
}

describe('the flags of the embedded server', () => {
  it('have the defaults of Redis, and the folder in which it is started', () => {
    expect(configOf()).toEqual({
      bind: '127.0.0.1',
      port: 6379,
      dir: FOLDER,
      dbfilename: 'dump.rdb',
      requirepass: '',
      maxmemory: 0,
      maxclients: 10_000,
      databases: 16,
      logLevel: 'info',
    })
  })

  it.each([
    [['--port', '7000', '--port=7001'], { port: 7001 }],
    [['--PORT', '0'], { port: 0 }],
    [['--maxmemory', '10mb'], { maxmemory: 10 * 1024 * 1024 }],
    [['--save', ''], { savesAtStop: false }],
    [['--save='], { savesAtStop: false }],
    [['--cli', '--databases', '4'], { databases: 4 }],
    [['--dir', 'below'], { dir: resolve(FOLDER, 'below') }],
    [['--requirepass', 'pä'], { requirepass: 'p\xc3\xa4' }],
    [['--log-level=warn'], { logLevel: 'warn' }],
  ])('are read: %j', (args, expected) => {
    expect(configOf(...args)).toMatchObject(expected)
  })

  it.each([
    [['--nope'], 'nope', undefined],
    [['nope'], 'nope', undefined],
    [['--port'], 'port', undefined],
    [['--port', '65536'], 'port', '65536'],
    [['--databases', '0'], 'databases', '0'],
    [['--maxclients', '1e3'], 'maxclients', '1e3'],
    [['--dbfilename', 'a\\b'], 'dbfilename', 'a\\b'],
    [['--save', '60 1'], 'save', '60 1'],
    [['--bind', ''], 'bind', ''],
  ])('are refused: %j', (args, flag, value) => {
    expect(configOf(...args)).toMatchObject({ kind: 'wrong', flag, value })
  })

  it('can ask for the version and for help', () => {
    expect(parseFlags(['--version'], FOLDER)).toEqual({ kind: 'version' })
    expect(parseFlags(['--port', '1', '--help'], FOLDER)).toEqual({ kind: 'help' })
    expect(helpText()).toContain('\n  --maxmemory SIZE')
  })
})
