import { expect, test } from 'vitest'
import type { PathOrigin } from '../../src/config/kinds.js'
import { describe as describeSetting, flagsFrom, rowOf, SETTING_NAMES } from '../../src/config/settings.js'

const place: PathOrigin = { folder: '/project', home: '/home/ann' }

test.each(SETTING_NAMES.filter(name => rowOf(name).flag))(
  '%s has the flag, variable and key of one word',
  name => {
    const { flag = '', env, key } = rowOf(name)
    const word = flag.split(' ')[0]?.slice(2) ?? ''
    expect(key).toBe(word.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()))
    expect(env?.replace(/^(DRAGONFLY|SKYFLY)_/, '')).toBe(word.replaceAll('-', '_').toUpperCase())
  },
)

test.each(SETTING_NAMES)('the default of %s is a value it allows', name => {
  const { fallback, kind } = rowOf(name)
  if (fallback !== undefined) expect(kind.read(fallback, place)).toBeDefined()
})

test('the help of a setting shows its default and its environment variable', () => {
  expect(describeSetting('port')).toBe('TCP port; auto takes a free one (default 6379; DRAGONFLY_PORT)')
  expect(describeSetting('threads')).toMatch(/\(SKYFLY_THREADS\)$/)
  expect(describeSetting('serverArgs')).toBe('arguments that go to the server as they are')
})

test('commander options become flags under the names of the settings, others are left out', () => {
  const options = { port: '7000', startTimeout: '5s', logMaxSize: '1mb', ephemeral: undefined, detach: true }
  expect(flagsFrom(options)).toEqual({ port: '7000', startTimeoutMs: '5s', logMaxBytes: '1mb' })
})

test.each([
  ['name', 'cache-2_b', 'cache-2_b'],
  ['name', 'a'.repeat(64), 'a'.repeat(64)],
  ['name', 'constructor', 'constructor'],
  ['name', 'console', 'console'],
  ['port', '1', 1],
  ['port', 65_535, 65_535],
  ['port', 'AUTO', 'auto'],
  ['port', '0', 'auto'],
  ['port', 0, 'auto'],
  ['host', 'localhost', '127.0.0.1'],
  ['host', 'LocalHost', '127.0.0.1'],
  ['host', '0.0.0.0', '0.0.0.0'],
  ['host', '::1', '::1'],
  ['host', '[::1]', '::1'],
  ['host', 'db-1.example.com', 'db-1.example.com'],
  ['logLevel', 'WARN', 'warn'],
  ['engine', 'valkey', 'valkey'],
  ['maxmemory', '1gb', 1_073_741_824],
  ['maxmemory', 1_000, 1_000],
  ['threads', '1024', 1_024],
  ['ephemeral', true, true],
  ['ephemeral', 'off', false],
  ['ephemeral', '1', true],
  ['startTimeoutMs', '500ms', 500],
  ['startTimeoutMs', 30, 30_000],
  ['logMaxBytes', '64kb', 65_536],
  ['serverArgs', ['--dbnum', '4'], ['--dbnum', '4']],
] as const)('%s takes %j as %j', (name, given, value) => {
  expect(rowOf(name).kind.read(given, place)).toEqual(value)
})

test.each([
  ['name', ''],
  ['name', '-a'],
  ['name', '../a'],
  ['name', 'a b'],
  ['name', 'a.b'],
  ['name', 'a'.repeat(65)],
  ['name', 'NUL'],
  ['name', 'com1'],
  ['name', 'a\n'],
  ['name', 5],
  ['port', '65536'],
  ['port', '-1'],
  ['port', '6379 6380'],
  ['port', '0x18eb'],
  ['port', 6379.5],
  ['port', true],
  ['port', ''],
  ['host', ''],
  ['host', '127.0.0.256'],
  ['host', '127.0.0.1:6379'],
  ['host', 'redis://localhost'],
  ['host', '-bad.example'],
  ['host', `${'a'.repeat(64)}.example`],
  ['host', 127],
  ['dir', ''],
  ['dir', ' '],
  ['dir', 'a\0b'],
  ['dir', 5],
  ['logLevel', 'verbose'],
  ['engine', 'memcached'],
  ['binary', ''],
  ['maxmemory', '0'],
  ['maxmemory', 'lots'],
  ['threads', '0'],
  ['threads', '1025'],
  ['threads', '2.5'],
  ['ephemeral', 'maybe'],
  ['ephemeral', 1],
  ['snapshotFormat', 'aof'],
  ['restart', true],
  ['startTimeoutMs', '0'],
  ['startTimeoutMs', '0.1ms'],
  ['stopTimeoutMs', '25d'],
  ['logFormat', 'xml'],
  ['logMaxBytes', '63kb'],
  ['logMaxFiles', '0'],
  ['logMaxFiles', '1001'],
  ['serverArgs', '--dbnum 4'],
  ['serverArgs', ['--dbnum', 4]],
  ['serverArgs', ['a\0b']],
] as const)('%s refuses %j', (name, given) => {
  expect(rowOf(name).kind.read(given, place)).toBeUndefined()
})
