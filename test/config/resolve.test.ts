import { homedir } from 'node:os'
import { resolve as resolvePath } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Config } from '../../src/config/config.js'
import { type ResolveInput, reconfigure, resolve } from '../../src/config/resolve.js'
import { parseProjectFile } from '../../src/config/skyfly-json.js'
import { SkyflyError } from '../../src/errors.js'

interface Given extends Partial<Omit<ResolveInput, 'project'>> {
  readonly json?: object
}

function config({ json = {}, ...given }: Given = {}): Config {
  const project = parseProjectFile(JSON.stringify(json), 'skyfly.json')
  return resolve({
    flags: {},
    serverArgs: [],
    env: {},
    dotenv: {},
    root: resolvePath('/project'),
    cwd: '/project/sub',
    home: '/home/ann',
    host: { platform: 'linux', uid: 1000 },
    ...given,
    project,
  })
}

function failure(act: () => unknown): SkyflyError {
  try {
    act()
  } catch (error) {
    if (error instanceof SkyflyError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test.each([
  [{} as { port?: string }, /^DRAGONFLY_PORT=tcp:.* is passed over: .*enableServiceLinks/],
  [{ port: '7000' }, undefined],
])('a link of Kubernetes is no port, and told unless a port was asked for: %o', (flags, note) => {
  const { port, sources, notes = [] } = config({ env: { DRAGONFLY_PORT: 'tcp://10.0.0.5:6379' }, flags })
  expect(port).toBe(Number(flags.port ?? 6379))
  expect(sources.port).toBe(flags.port && '--port')
  expect(notes).toEqual(note === undefined ? [] : [expect.stringMatching(note)])
})

test('without any setting every default holds and no source is named', () => {
  expect(config()).toEqual({
    name: 'dragonfly',
    port: 6379,
    host: '127.0.0.1',
    dir: resolvePath('/project/data/dragonfly'),
    logLevel: 'info',
    engine: 'auto',
    binary: undefined,
    engineVersion: undefined,
    offline: false,
    allowUnverified: false,
    mirror: undefined,
    cacheDir: undefined,
    downloadTimeoutMs: 30_000,
    maxmemory: undefined,
    threads: undefined,
    ephemeral: false,
    snapshotFormat: 'rdb',
    restart: 'on-failure',
    startTimeoutMs: 30_000,
    stopTimeoutMs: 10_000,
    logFormat: 'json',
    logMaxBytes: 10_485_760,
    logMaxFiles: 5,
    serverArgs: [],
    root: resolvePath('/project'),
    files: expect.objectContaining({ controlSocket: resolvePath('/project/data/dragonfly.sock') }),
    sources: {},
  })
})

test('a config is frozen, and so is what it holds', () => {
  const { files, sources, serverArgs, ...rest } = config({ serverArgs: ['--dbnum=4'] })
  for (const part of [files, sources, serverArgs, config()]) expect(Object.isFrozen(part)).toBe(true)
  expect(Object.keys(rest)).toContain('port')
})

describe('the first place that has the setting wins', () => {
  const flags = { port: '1001' }
  const env = { DRAGONFLY_PORT: '1002' }
  const dotenv = { DRAGONFLY_PORT: '1003' }
  const json = { port: 1005, instances: { dragonfly: { port: 1004 }, other: { port: 1006 } } }

  test.each<[string, Given, number, string | undefined]>([
    ['flag', { flags, env, dotenv, json }, 1001, '--port'],
    ['environment', { env, dotenv, json }, 1002, 'DRAGONFLY_PORT'],
    ['.env', { dotenv, json }, 1003, 'DRAGONFLY_PORT in .env'],
    ['instance in skyfly.json', { json }, 1004, 'instances.dragonfly in skyfly.json'],
    ['skyfly.json', { json: { port: 1005 } }, 1005, 'skyfly.json'],
    ['default', {}, 6379, undefined],
    [
      '.env, when the environment has it empty',
      { env: { DRAGONFLY_PORT: '' }, dotenv },
      1003,
      'DRAGONFLY_PORT in .env',
    ],
    ['default, when .env has it blank', { dotenv: { DRAGONFLY_PORT: '  ' } }, 6379, undefined],
    ['flag that is undefined is not given', { flags: { port: undefined }, env }, 1002, 'DRAGONFLY_PORT'],
  ])('%s', (_, given, port, source) => {
    const { sources, ...settings } = config(given)
    expect(settings.port).toBe(port)
    expect(sources.port).toBe(source)
  })
})

describe('the name', () => {
  const json = { name: 'web', port: 7000, instances: { cache: { port: 7001 }, web: { port: 7002 } } }

  test.each<[string, Given, string, number | 'auto']>([
    ['--name', { json, flags: { name: 'cache' } }, 'cache', 7001],
    ['SKYFLY_NAME', { json, env: { SKYFLY_NAME: 'cache' } }, 'cache', 7001],
    ['skyfly.json', { json }, 'web', 7002],
    ['nowhere in instances', { json, flags: { name: 'new' } }, 'new', 7000],
    ['a word that every object knows', { json, flags: { name: 'constructor' } }, 'constructor', 7000],
  ])('from %s chooses the instance and its folder', (_, given, name, port) => {
    const chosen = config(given)
    expect(chosen).toMatchObject({ name, port, dir: resolvePath(`/project/data/${name}`) })
    expect(chosen.files.pidFile).toBe(resolvePath(`/project/data/${name}.pid`))
  })
})

test.each<[string, Given, string, string]>([
  ['a flag', { flags: { port: 'abc' } }, 'port "abc" (from --port) is not valid', 'from 1 to 65535'],
  [
    'the environment',
    { env: { SKYFLY_THREADS: 'x' } },
    'threads "x" (from SKYFLY_THREADS)',
    'from 1 to 1024',
  ],
  ['.env', { dotenv: { DRAGONFLY_HOST: 'a b' } }, 'host "a b" (from DRAGONFLY_HOST in .env)', 'IPv4'],
  ['skyfly.json', { json: { logMaxSize: true } }, 'logMaxSize true (from skyfly.json)', 'at least 64kb'],
  [
    'an instance',
    { json: { instances: { dragonfly: { engine: 'x' } } } },
    'from instances.dragonfly in',
    'redis',
  ],
  ['null', { json: { maxmemory: null } }, 'maxmemory null (from skyfly.json)', 'at least 1 byte'],
  ['the name', { flags: { name: '../x' } }, 'name "../x" (from --name)', 'letters, digits'],
  [
    'a program',
    { flags: { startTimeoutMs: -5 } },
    'startTimeout "-5ms" (from --start-timeout)',
    'a time above 0',
  ],
  ['a program that got it wrong', { flags: { port: Number.NaN } }, '(from --port)', 'auto'],
  ['a long text', { flags: { port: 'x'.repeat(500) } }, `"${'x'.repeat(79)}... (from --port)`, 'auto'],
])('a bad value from %s says where it came from and what is allowed', (_, given, message, hint) => {
  const error = failure(() => config(given))
  expect(error.code).toBe('usage')
  expect(error.message).toContain(message)
  expect(error.hint).toContain(hint)
})

describe('paths', () => {
  test.each<[string, Given, string]>([
    ['a flag starts at the working folder', { flags: { dir: 'd' } }, '/project/sub/d'],
    ['the environment starts at the root', { env: { DRAGONFLY_DIR: 'd' } }, '/project/d'],
    ['.env starts at the root', { dotenv: { DRAGONFLY_DIR: '../d' } }, '/d'],
    ['skyfly.json starts at the root', { json: { dir: './d' } }, '/project/d'],
    ['an absolute path stays', { flags: { dir: '/srv/d' } }, '/srv/d'],
    ['~ is the home folder', { flags: { dir: '~/d' } }, '/home/ann/d'],
    ['~ alone too', { env: { DRAGONFLY_DIR: '~' } }, '/home/ann'],
    ['~ elsewhere is a letter', { json: { dir: 'd~/e' } }, '/project/d~/e'],
  ])('--dir: %s', (_, given, dir) => {
    expect(config(given).dir).toBe(resolvePath(dir))
  })

  test.each<[string, Given, string]>([
    [
      'a flag starts at the working folder',
      { flags: { binary: './bin/df' } },
      resolvePath('/project/sub/bin/df'),
    ],
    ['skyfly.json starts at the root', { json: { binary: 'bin/df' } }, resolvePath('/project/bin/df')],
    ['~ is the home folder', { env: { SKYFLY_BINARY: '~/df' } }, resolvePath('/home/ann/df')],
    ['a bare name is left for PATH', { flags: { binary: 'redis-server' } }, 'redis-server'],
  ])('--binary: %s', (_, given, binary) => {
    expect(config(given).binary).toBe(binary)
  })
})

test.each<[string, Given, readonly string[], string | undefined]>([
  ['after --', { serverArgs: ['--a'], json: { serverArgs: ['--b'] } }, ['--a'], '--'],
  ['of skyfly.json', { json: { serverArgs: ['--b'] } }, ['--b'], 'skyfly.json'],
  ['of a program', { flags: { serverArgs: [] }, json: { serverArgs: ['--b'] } }, [], '--'],
  ['of nobody', {}, [], undefined],
])('the server gets the arguments %s', (_, given, serverArgs, source) => {
  const { sources, ...settings } = config(given)
  expect(settings.serverArgs).toEqual(serverArgs)
  expect(sources.serverArgs).toBe(source)
})

test('a program gives plain values, times in the unit of their name', () => {
  const flags = { port: 0, threads: 2, ephemeral: true, startTimeoutMs: 250, maxmemory: 1_000_000 }
  const chosen = config({ flags })
  expect(chosen).toMatchObject({ ...flags, port: 'auto' })
  expect(chosen.sources.startTimeoutMs).toBe('--start-timeout')
})

test('a bare time in skyfly.json or the environment is seconds', () => {
  const chosen = config({ json: { startTimeout: 0.5 }, env: { SKYFLY_STOP_TIMEOUT: '3' } })
  expect(chosen).toMatchObject({ startTimeoutMs: 500, stopTimeoutMs: 3_000 })
})

test('resolving changes none of its input', () => {
  const flags = Object.freeze({ port: '7000' })
  const serverArgs = Object.freeze(['--a'])
  expect(() => config({ flags, serverArgs, env: Object.freeze({}) })).not.toThrow()
})

describe('reconfigure', () => {
  const running = config({
    flags: { name: 'cache', port: '7000', dir: '/srv/d', binary: 'redis-server' },
    env: { SKYFLY_THREADS: '2' },
    serverArgs: ['--a'],
  })
  const overTheWire = JSON.parse(JSON.stringify(running)) as Config

  test('without flags it is the same config, frozen again', () => {
    const same = reconfigure(overTheWire, { flags: {} })
    expect(same).toEqual(running)
    expect(Object.keys(same).sort()).toEqual(Object.keys(running).sort())
    for (const part of [same, same.files, same.sources, same.serverArgs])
      expect(Object.isFrozen(part)).toBe(true)
  })

  test('only what is given is replaced, with its source', () => {
    const flags = { port: '7001', threads: '4', binary: './df', startTimeoutMs: '1m' }
    const changed = reconfigure(overTheWire, { flags, serverArgs: ['--b'], cwd: '/elsewhere' })
    expect(changed).toEqual({
      ...running,
      port: 7001,
      threads: 4,
      binary: resolvePath('/elsewhere/df'),
      startTimeoutMs: 60_000,
      serverArgs: ['--b'],
      sources: {
        ...running.sources,
        threads: '--threads',
        binary: '--binary',
        startTimeoutMs: '--start-timeout',
      },
    })
  })

  test('the name and the files of the instance stay', () => {
    const changed = reconfigure(overTheWire, { flags: { name: 'cache', dir: '~/d' } })
    expect(changed).toMatchObject({ name: 'cache', files: running.files, dir: resolvePath(homedir(), 'd') })
  })

  test('a setting that an older skyfly did not know gets its default', () => {
    const { logFormat: _, ...older } = overTheWire
    expect(reconfigure(older as Config, { flags: {} }).logFormat).toBe('json')
  })

  test('a bad flag is refused', () => {
    expect(failure(() => reconfigure(overTheWire, { flags: { port: '99999' } })).message).toContain('--port')
  })
})
