import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { Embedded } from '../../../src/embedded/embedded.js'
import { loadSnapshot, SnapshotError, saveSnapshot } from '../../../src/embedded/rdb/snapshot.js'
import { redisServer } from '../../project.js'
import { ConnectionPair, DEFAULTS, EmbeddedServer, RedisServer } from '../compare-with-redis.js'
import { Wire, type Words } from '../wire.js'
import { SnapshotFolder } from './rdb-file.js'

const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, index) => index)).toString('latin1')
const INTEGERS = [
  ...[
    '0',
    '-1',
    '12',
    '127',
    '128',
    '-128',
    '-129',
    '4095',
    '4096',
    '-4096',
    '-4097',
    '32767',
    '32768',
    '-32769',
  ],
  ...['8388607', '8388608', '-8388609', '2147483647', '-2147483648', '2147483648', '-2147483649'],
  ...['9223372036854775807', '-9223372036854775808', '9223372036854775808', '007', '1.5', '-0', '+1', ''],
]
const LENGTHS = [
  0, 1, 62, 63, 64, 124, 125, 126, 127, 128, 4090, 4095, 4096, 8192, 16_380, 16_383, 20_000, 70_000,
]
/** Where an element of a listpack needs one byte more to say how long it is. */
const BORDERS = [126, 127, 16_377, 16_378, 2_097_145, 2_097_146]
const many = (count: number, make: (index: number) => Words): Words =>
  Array.from({ length: count }, (_, index) => make(index)).flat()
/** Cannot be compressed. */
const noise = (length: number): string => {
  let state = 1
  const bytes = Buffer.alloc(length)
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[at] = state >>> 16
  }
  return bytes.toString('latin1')
}

/** All kinds of content, small and large: every encoding that redis-server writes of these types. */
const CONTENT: readonly Words[] = [
  ...[...INTEGERS, ALL_BYTES, 'caf\xc3\xa9'].map((value, index): Words => ['SET', `string ${index}`, value]),
  ...LENGTHS.map((length): Words => ['SET', `repeated ${length}`, 'ab\0'.repeat(length).slice(0, length)]),
  ...LENGTHS.map((length): Words => ['SET', `noise ${length}`, noise(length)]),
  ['SET', 'large', noise(3_000_000)],
  ['SET', 'large and repeated', 'hello '.repeat(500_000)],
  ['SET', '', 'of no name'],
  ['SET', ALL_BYTES, 'of all bytes'],
  ['RPUSH', 'list small', ...INTEGERS],
  ['RPUSH', 'list of nothing', ''],
  ['RPUSH', 'list of lengths', ...LENGTHS.flatMap(length => ['x'.repeat(length), noise(length)])],
  ['RPUSH', 'list of borders', ...BORDERS.flatMap(length => ['x'.repeat(length), '1'])],
  ['RPUSH', 'list long', ...many(5000, index => [`item ${index}`, index * 1000])],
  ['RPUSH', 'list of large', noise(1_500_000), 'small', 'x'.repeat(2_000_000), noise(9000)],
  ['HSET', 'hash small', ...INTEGERS.flatMap(value => [value, value])],
  ['HSET', 'hash long', ...many(1000, index => [`field ${index}`, index])],
  ['HSET', 'hash of long values', ...LENGTHS.flatMap(length => [`${length}`, noise(length)])],
  ['SADD', 'set 16', 1, -2, 32_767],
  ['SADD', 'set 32', 1, -2, 32_768, -2_147_483_648],
  ['SADD', 'set 64', 1, -2, 2_147_483_648, '-9223372036854775808', '9223372036854775807'],
  ['SADD', 'set small', ...INTEGERS],
  ['SADD', 'set long', ...many(2000, index => [`member ${index}`])],
  ['SADD', 'set of lengths', ...LENGTHS.map(noise)],
  ['ZADD', 'zset small', 1, 'a', -1, 'b', 1.5, 'c', 'inf', 'd', '-inf', 'e', 1e300, 'f', 0.1, '5', 3, ''],
  ['ZADD', 'zset of integers', ...INTEGERS.slice(0, 23).flatMap((score, index) => [score, index])],
  ['ZADD', 'zset long', ...many(2000, index => [index / 7, `member ${index}`])],
  ['ZADD', 'zset of infinities', 'inf', noise(100), '-inf', noise(101), 5e-324, noise(102), 0.1, 'x'],
  ['SET', 'expires', 'x', 'PXAT', 4_102_444_800_123],
  ['PEXPIREAT', 'hash small', 4_102_444_800_456],
  ['EXPIREAT', 'list small', 4_102_444_800],
  ['SELECT', 3],
  ['SET', 'in 3', 'x'],
  ['RPUSH', 'list in 3', 'a', 'b'],
  ['SELECT', 15],
  ['ZADD', 'zset in 15', 1, 'a'],
]
const DATABASES = [0, 3, 15]

const READ: Readonly<
  Record<string, { readonly words: (key: string) => Words; readonly unordered: boolean }>
> = {
  string: { words: key => ['GET', key], unordered: false },
  list: { words: key => ['LRANGE', key, 0, -1], unordered: false },
  hash: { words: key => ['HGETALL', key], unordered: true },
  set: { words: key => ['SMEMBERS', key], unordered: true },
  zset: { words: key => ['ZRANGE', key, 0, -1, 'WITHSCORES'], unordered: false },
}

/** Expects both to have the same keys, values and expiries. */
async function expectSame(embedded: EmbeddedServer, redis: RedisServer): Promise<void> {
  using pair = await ConnectionPair.open(embedded, redis)
  // Pairs of HGETALL stay together in a map only.
  await pair.both(['HELLO', 3])
  for (const db of DATABASES) {
    await pair.same(['SELECT', db])
    await pair.same(['DBSIZE'])
    for (const key of keysOf(await pair.same(['KEYS', '*'], { unordered: true }))) {
      const type = (await pair.same(['TYPE', key])).slice(1, -2)
      const read = READ[type]
      if (read === undefined) throw new Error(`${key} is a ${type}`)
      await pair.same(read.words(key), { unordered: read.unordered })
      await pair.same(['PEXPIRETIME', key])
    }
  }
}

function keysOf(answer: string): readonly string[] {
  const keys: string[] = []
  for (let at = answer.indexOf('\r\n') + 2; at < answer.length; ) {
    const line = answer.indexOf('\r\n', at)
    const length = Number(answer.slice(at + 1, line))
    keys.push(answer.slice(line + 2, line + 2 + length))
    at = line + 2 + length + 2
  }
  return keys
}

async function ask(port: number, requests: readonly Words[]): Promise<readonly string[]> {
  using wire = await Wire.open(port)
  const answers: string[] = []
  for (const words of requests) answers.push((await wire.ask(...words)).raw)
  return answers
}

const engineIn = (dir: string): Embedded => new Embedded({ ...DEFAULTS, dir, dbfilename: 'dump.rdb' })

async function fill(redis: RedisServer): Promise<void> {
  const answers = await ask(redis.port, [...CONTENT, ['SAVE']])
  expect(answers.filter(answer => answer.startsWith('-'))).toEqual([])
}

// The digest of all keys and values is one of its commands for debugging.
const DEBUG = ['--enable-debug-command', 'yes']
const digestOf = async (redis: RedisServer): Promise<string | undefined> =>
  (await ask(redis.port, [['DEBUG', 'DIGEST']]))[0]

// Without a redis-server there is nothing that writes such files, or reads them.
describe.skipIf(redisServer === undefined)('snapshots, exchanged with redis-server', () => {
  it.each([
    ['as it is by default', []],
    ['without compression', ['--rdbcompression', 'no']],
    ['without a checksum', ['--rdbchecksum', 'no']],
    ['with compressed pieces of lists', ['--list-compress-depth', '1', '--list-max-listpack-size', '-1']],
    [
      'with small collections packed to the largest',
      [
        '--hash-max-listpack-entries',
        '5000',
        '--hash-max-listpack-value',
        '100000',
        '--zset-max-listpack-entries',
        '5000',
        '--zset-max-listpack-value',
        '1000',
        '--list-max-listpack-size',
        '-5',
      ],
    ],
    [
      'with nothing packed',
      [
        '--hash-max-listpack-entries',
        '0',
        '--zset-max-listpack-entries',
        '0',
        '--set-max-intset-entries',
        '0',
        '--list-max-listpack-size',
        '1',
      ],
    ],
  ])(
    'has what redis-server saved, %s, and gives it back',
    async (_, args) => {
      await using redis = await RedisServer.open([...DEBUG, ...args])
      await fill(redis)
      await using embedded = await EmbeddedServer.open({ dir: redis.dir, dbfilename: 'dump.rdb' })
      const [, ...sizes] = await ask(
        redis.port,
        DATABASES.flatMap((db): Words[] => [['SELECT', db], ['DBSIZE']]),
      )
      const keys = sizes
        .filter(size => size.startsWith(':'))
        .reduce((sum, size) => sum + Number(size.slice(1)), 0)
      expect(await loadSnapshot(embedded.engine)).toBe(keys)
      expect(embedded.engine.dirty).toBe(0)

      using back = new SnapshotFolder()
      const engine = engineIn(back.dir)
      writeFileSync(back.path, readFileSync(join(redis.dir, 'dump.rdb')))
      await loadSnapshot(engine)
      const saved = saveSnapshot(engine)
      expect(saved).toEqual({ keys, bytes: statSync(back.path).size })
      // Sanitized: it looks at every byte of what is packed.
      await using again = await RedisServer.open([...DEBUG, '--sanitize-dump-payload', 'yes'], back.dir)
      expect(await digestOf(again)).toBe(await digestOf(redis))
      await expectSame(embedded, again)
    },
    60_000,
  )

  it.each([
    [
      ['XADD', 'my stream', '*', 'f', 'v'],
      /key "my stream" is a stream, which this engine cannot serve, at byte \d+$/,
    ],
    [
      ['FUNCTION', 'LOAD', "#!lua name=mylib\nredis.register_function('f', function() end)"],
      /it has the function library "mylib", which this engine cannot serve, at byte \d+$/,
    ],
  ] as const)('is not loaded with what cannot be served: %j', async (words, message) => {
    await using redis = await RedisServer.open()
    const [answer, saved] = await ask(redis.port, [words, ['SAVE']])
    expect(answer).not.toMatch(/^-/)
    expect(saved).toBe('+OK\r\n')
    await expect(loadSnapshot(engineIn(redis.dir))).rejects.toThrow(message)
  })

  const redisCheckRdb = join(dirname(redisServer ?? ''), 'redis-check-rdb')
  // Some packages of redis-server come without it.
  it.skipIf(!existsSync(redisCheckRdb))('is accepted by redis-check-rdb', async () => {
    using folder = new SnapshotFolder()
    const engine = engineIn(folder.dir)
    const db = engine.firstDatabase
    db.set('a', 'x'.repeat(100_000))
    db.set('b', 'x')
    db.expire('b', Date.now() + 3_600_000)
    saveSnapshot(engine)
    const told = execFileSync(redisCheckRdb, [folder.path], { encoding: 'latin1' })
    expect(told).toContain('Checksum OK')
    expect(told).toContain('RDB looks OK')
    expect(told).toContain('2 keys read')
    expect(told).toContain('1 expires')
  })
})

describe('the snapshot', () => {
  it('is none where there is no file', async () => {
    using folder = new SnapshotFolder()
    expect(await loadSnapshot(engineIn(folder.dir))).toBeUndefined()
  })

  it('holds databases, expiries and bytes', async () => {
    using folder = new SnapshotFolder()
    const engine = engineIn(folder.dir)
    const at = Date.now() + 3_600_000
    engine.firstDatabase.set(ALL_BYTES, ALL_BYTES)
    engine.firstDatabase.set('expires', 'x')
    engine.firstDatabase.expire('expires', at)
    engine.databases[7]?.set('seven', '')
    expect(engine.dirty).toBeGreaterThan(0)
    const before = Date.now()
    saveSnapshot(engine)
    expect(engine.dirty).toBe(0)
    expect(engine.lastSaveAt).toBeGreaterThanOrEqual(before)
    expect(readdirSync(folder.dir)).toEqual(['dump.rdb'])

    const loaded = engineIn(folder.dir)
    expect(await loadSnapshot(loaded)).toBe(3)
    expect(loaded.firstDatabase.get(ALL_BYTES)).toBe(ALL_BYTES)
    expect(loaded.firstDatabase.expiryOf('expires')).toBe(at)
    expect(loaded.firstDatabase.expiryOf(ALL_BYTES)).toBeUndefined()
    expect(loaded.databases[7]?.get('seven')).toBe('')
  })

  it('is without what has expired, when it is written and when it is read', async () => {
    using folder = new SnapshotFolder()
    const engine = engineIn(folder.dir)
    for (const key of ['gone', 'soon', 'stays']) engine.firstDatabase.set(key, 'x')
    engine.firstDatabase.expire('gone', Date.now() - 1)
    engine.firstDatabase.expire('soon', Date.now() + 60_000)
    expect(saveSnapshot(engine).keys).toBe(2)
    const loaded = engineIn(folder.dir)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 })
    expect(await loadSnapshot(loaded)).toBe(1)
    vi.useRealTimers()
    expect([...loaded.firstDatabase.keys()]).toEqual(['stays'])
  })

  it('holds the latest expiry that there can be', async () => {
    using folder = new SnapshotFolder()
    const engine = engineIn(folder.dir)
    engine.firstDatabase.set('a', 'x')
    engine.firstDatabase.expire('a', Number(2n ** 63n - 1n))
    saveSnapshot(engine)
    const loaded = engineIn(folder.dir)
    expect(await loadSnapshot(loaded)).toBe(1)
    expect(loaded.firstDatabase.expiryOf('a')).toBe(2 ** 63)
  })

  it('replaces the one before it', async () => {
    using folder = new SnapshotFolder(Buffer.from('old'))
    saveSnapshot(engineIn(folder.dir))
    expect(await loadSnapshot(engineIn(folder.dir))).toBe(0)
  })

  it('is not written over by an engine that could not load it', async () => {
    using folder = new SnapshotFolder(Buffer.from('damaged'))
    const engine = engineIn(folder.dir)
    await expect(loadSnapshot(engine)).rejects.toThrow(SnapshotError)
    expect(() => saveSnapshot(engine)).toThrow(/dump\.rdb could not be loaded, so it is not written over$/)
    expect(readFileSync(folder.path, 'latin1')).toBe('damaged')
  })

  it('is not written without a name', async () => {
    const engine = new Embedded(DEFAULTS)
    expect(() => saveSnapshot(engine)).toThrow(SnapshotError)
    expect(await loadSnapshot(engine)).toBeUndefined()
  })

  it('says in the words of Redis that its folder is gone', async () => {
    using folder = new SnapshotFolder()
    const engine = engineIn(join(folder.dir, 'gone'))
    engine.firstDatabase.set('a', 'x')
    expect(() => saveSnapshot(engine)).toThrow(
      /^Failed opening the temp RDB file .*temp-\d+\.rdb \(in server root dir .*gone\) for saving: ENOENT/,
    )
    expect(engine.dirty).toBe(1)
  })

  it('leaves nothing beside it when it cannot be renamed', async () => {
    using folder = new SnapshotFolder()
    mkdirSync(folder.path)
    expect(() => saveSnapshot(engineIn(folder.dir))).toThrow(/^Error moving temp DB file .*dump\.rdb/)
    expect(readdirSync(folder.dir)).toEqual(['dump.rdb'])
  })

  // Only Linux has a device that is always full.
  it.skipIf(!existsSync('/dev/full'))('stays what it was when the disk is full', async () => {
    using folder = new SnapshotFolder(Buffer.from('old'))
    symlinkSync('/dev/full', join(folder.dir, `temp-${process.pid}.rdb`))
    expect(() => saveSnapshot(engineIn(folder.dir))).toThrow(/^Write error saving DB on disk: ENOSPC/)
    expect(readdirSync(folder.dir)).toEqual(['dump.rdb'])
    expect(readFileSync(folder.path, 'latin1')).toBe('old')
  })

  it('cannot be a folder', async () => {
    using folder = new SnapshotFolder()
    mkdirSync(folder.path)
    await expect(loadSnapshot(engineIn(folder.dir))).rejects.toThrow(SnapshotError)
  })
})
