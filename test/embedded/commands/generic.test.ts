import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisServer } from '../../project.js'
import { ConnectionPair, EmbeddedServer, RedisServer } from '../compare-with-redis.js'
import { randomOf } from '../random-commands/random.js'
import { type Answer, Wire, type Words } from '../wire.js'

const FAR = '4102444800'

const CASES: Readonly<Record<string, readonly Words[]>> = {
  'deletes and counts keys': [
    ['MSET', 'a', '1', 'b', '2', 'c', '3', 'd', '4'],
    ['EXISTS', 'a', 'a', 'none'],
    ['TOUCH', 'a', 'b', 'none', 'a'],
    ['DBSIZE'],
    ['DEL', 'a', 'a', 'none'],
    ['UNLINK', 'b', 'b'],
    ['DBSIZE'],
    ['SET', 'old', '1', 'PXAT', '1'],
    ['DEL', 'old'],
    ['DEL'],
    ['EXISTS'],
    ['TOUCH'],
    ['UNLINK'],
    ['DBSIZE', 'x'],
  ],
  'tells types': [
    ['SET', 's', '1'],
    ['RPUSH', 'l', '1'],
    ['HSET', 'h', 'f', '1'],
    ['SADD', 'u', '1'],
    ['ZADD', 'z', '1', 'm'],
    ...['s', 'l', 'h', 'u', 'z', 'none'].map((key): Words => ['TYPE', key]),
    ['TYPE'],
  ],
  flushes: [
    ['SET', 'a', '1'],
    ['SELECT', '1'],
    ['SET', 'a', '1'],
    ['FLUSHDB', 'ASYNC'],
    ['DBSIZE'],
    ['SELECT', '0'],
    ['DBSIZE'],
    ['FLUSHALL', 'sync'],
    ['DBSIZE'],
    ['FLUSHALL', 'FOO'],
    ['FLUSHDB', 'SYNC', 'ASYNC'],
    ['FLUSHDB', 'ssync'],
    ['FLUSHDB', 'SYNC'],
    ['FLUSHALL', 'ASYNC'],
  ],
  renames: [
    ['SET', 'a', '1', 'EXAT', FAR],
    ['RENAME', 'a', 'b'],
    ['EXISTS', 'a'],
    ['EXPIRETIME', 'b'],
    ['SET', 'c', '2'],
    ['RENAME', 'c', 'b'],
    ['TTL', 'b'],
    ['GET', 'b'],
    ['RENAME', 'b', 'b'],
    ['RENAMENX', 'b', 'b'],
    ['RENAME', 'none', 'none'],
    ['RENAMENX', 'none', 'b'],
    ['SET', 'd', '1'],
    ['RENAMENX', 'b', 'd'],
    ['EXPIREAT', 'b', FAR],
    ['RENAMENX', 'b', 'e'],
    ['EXPIRETIME', 'e'],
    ['GET', 'e'],
    ['RPUSH', 'list', '1', '2'],
    ['RENAME', 'list', 'e'],
    ['LRANGE', 'e', '0', '-1'],
    ['TTL', 'e'],
    ['SET', 'old', '1', 'PXAT', '1'],
    ['RENAMENX', 'e', 'old'],
    ['TTL', 'old'],
    ['RENAME', 'a'],
  ],
  'copies every type': [
    ['SET', 's', '1', 'EXAT', FAR],
    ['RPUSH', 'l', '1', '2'],
    ['HSET', 'h', 'f', '1'],
    ['SADD', 'u', '1'],
    ['ZADD', 'z', '1', 'm'],
    ...['s', 'l', 'h', 'u', 'z', 'none'].flatMap((key): Words[] => [
      ['COPY', key, `${key}2`],
      ['COPY', key, `${key}2`],
      ['COPY', key, `${key}2`, 'REPLACE'],
      ['COPY', key, key, 'DB', '1'],
      ['COPY', key, key, 'db', '1', 'replace'],
      ['COPY', key, key],
      ['COPY', key, key, 'DB', '0'],
      ['EXPIRETIME', `${key}2`],
    ]),
    // The copy is no other name of the same.
    ['APPEND', 's', 'x'],
    ['RPUSH', 'l', '3'],
    ['HSET', 'h', 'g', '2'],
    ['SADD', 'u', '2'],
    ['ZADD', 'z', '2', 'n'],
    ['GET', 's2'],
    ['LRANGE', 'l2', '0', '-1'],
    ['HGETALL', 'h2'],
    ['SMEMBERS', 'u2'],
    ['ZRANGE', 'z2', '0', '-1', 'WITHSCORES'],
    ['COPY', 's', 'l2', 'REPLACE'],
    ['TYPE', 'l2'],
    ['SELECT', '1'],
    ['DBSIZE'],
    ['EXPIRETIME', 's'],
    ['LRANGE', 'l', '0', '-1'],
    ['SELECT', '0'],
    ...['16', '-1', 'x', '', '2147483648', '9223372036854775808'].flatMap((db): Words[] => [
      ['COPY', 's', 'n', 'DB', db],
      ['COPY', 's', 's', 'FOO', 'DB', db],
      ['MOVE', 's', db],
    ]),
    ['COPY', 's', 's3', 'DB', '1', 'DB', '0'],
    ['EXISTS', 's3'],
    ['COPY', 's', 'n', 'DB'],
    ['COPY', 's', 'n', 'FOO'],
    ['COPY', 's'],
  ],
  'moves to another database': [
    ['SET', 'a', '1', 'EXAT', FAR],
    ['MOVE', 'a', '1'],
    ['MOVE', 'a', '1'],
    ['MOVE', 'a', '0'],
    ['SELECT', '1'],
    ['EXPIRETIME', 'a'],
    ['GET', 'a'],
    ['SELECT', '0'],
    ['SET', 'a', '2'],
    ['MOVE', 'a', '1'],
    ['GET', 'a'],
    ['MOVE', 'a'],
  ],
  'refuses bad scans': [
    ['SET', 'a', '1'],
    ...['x', '-', '+', ' 0', '0 ', '0x', '1.5', '18446744073709551616'].map(
      (cursor): Words => ['SCAN', cursor],
    ),
    ...['', '0', '+0', '-0', '00', '0\0x'].map((cursor): Words => ['SCAN', cursor]),
    ['SCAN', '0', 'COUNT'],
    ['SCAN', '0', 'COUNT', '0'],
    ['SCAN', '0', 'COUNT', '-1'],
    ['SCAN', '0', 'COUNT', 'x'],
    ['SCAN', '0', 'MATCH'],
    ['SCAN', '0', 'FOO', 'x'],
    ['SCAN', '0', 'TYPE'],
    ['SCAN', '0', 'TYPE', 'foo'],
    ['SCAN', '0', 'TYPE', 'STRING'],
    ['SCAN', '0', 'type', 'list'],
    ['SCAN', '0', 'MATCH', 'b*', 'COUNT', '5', 'match', 'a'],
    ['SCAN', 'x', 'FOO'],
    ['SCAN'],
    ['HSET', 'h', 'f', '1'],
    ['HSCAN', 'h', '0', 'TYPE', 'hash'],
    ['HSCAN', 'none', '0', 'FOO'],
    ['HSCAN', 'none', 'x'],
    ['HSCAN', 'h', '7'],
    ['HSCAN', 'a', '0', 'FOO'],
    ['KEYS'],
    ['RANDOMKEY', 'x'],
  ],
}

// Without a redis-server there is nothing to compare with.
describe.skipIf(redisServer === undefined).each([2, 3] as const)('keys in RESP%d', protocol => {
  let embedded: EmbeddedServer
  let redis: RedisServer
  beforeAll(async () => {
    ;[embedded, redis] = await Promise.all([EmbeddedServer.open(), RedisServer.open()])
  })
  afterAll(async () => {
    await embedded[Symbol.asyncDispose]()
    await redis[Symbol.asyncDispose]()
  })

  it.each(Object.entries(CASES))('%s', async (_, list) => {
    using pair = await ConnectionPair.open(embedded, redis)
    await pair.both(['HELLO', protocol])
    await pair.same(['FLUSHALL'])
    for (const words of list) await pair.same(words)
  })

  it('finds the same keys by patterns, whole scans and types', async () => {
    using pair = await ConnectionPair.open(embedded, redis)
    await pair.both(['HELLO', protocol])
    await pair.same(['FLUSHALL'])
    await pair.same(['RANDOMKEY'])
    await pair.same(['SET', 'only', '1'])
    await pair.same(['RANDOMKEY'])
    const names = [
      '',
      'a',
      'b',
      'ab',
      'abc',
      'a*',
      'a]',
      '[',
      '\\',
      'h\xe9llo',
      'hello',
      'hallo',
      'a-c',
      '^',
      'a\n',
    ]
    for (const name of names) await pair.same(['SET', name, '1'])
    const patterns = [
      '*',
      '**',
      '',
      '?',
      'a?',
      'a*',
      '*a',
      'h[ae]llo',
      'h[^a]llo',
      'a\\*',
      '[',
      '[^',
      '[a',
      '[a-',
    ]
    const others = [
      '[z-a]*',
      '[a-]',
      '[a-]]',
      'a[]]',
      '\\',
      '\\\\',
      'h[\xe0-\xff]llo',
      'h[\x01-\xe9]llo',
      '*l*o',
      '[\\]a]*',
    ]
    for (const pattern of [...patterns, ...others]) {
      await pair.same(['KEYS', pattern], { unordered: true })
      const words = ['SCAN', '0', 'COUNT', '1000', 'MATCH', pattern, 'TYPE', 'string']
      const [ours, theirs] = await pair.both(words)
      expect([pattern, ...partsOf(ours)]).toEqual([pattern, ...partsOf(theirs)])
    }
  })

  it('finds the same keys by random patterns', async () => {
    using pair = await ConnectionPair.open(embedded, redis)
    await pair.both(['HELLO', protocol])
    await pair.same(['FLUSHALL'])
    const seed = Date.now() % 2 ** 31
    const random = randomOf(seed)
    const word = (letters: readonly string[]) =>
      Array.from({ length: random.int(9) }, () => random.pick(letters)).join('')
    const plain = ['a', 'b', 'c', '-', ']', '\xff']
    for (let count = 0; count < 300; count++) await pair.same(['SET', word(plain), '1'])
    for (let count = 0; count < 1_000; count++) {
      const words = ['KEYS', word([...plain, '*', '*', '?', '[', '[', '^', '\\'])]
      const [ours, theirs] = await pair.both(words)
      expect([seed, words, ours.sorted]).toEqual([seed, words, theirs.sorted])
    }
  })
})

/** In an order of their own: those within an answer to SCAN have none. */
function partsOf({ raw }: Answer): readonly string[] {
  return raw.split('\r\n').sort()
}

describe('RANDOMKEY', () => {
  it('tells any of many keys, and only those that are there', async () => {
    await using embedded = await EmbeddedServer.open()
    using wire = await Wire.open(embedded.port)
    const keys = new Set(Array.from({ length: 3_000 }, (_, index) => `k${index}`))
    await wire.ask('MSET', ...[...keys].flatMap(key => [key, 'x']))
    while (keys.size > 0) {
      const key = (await wire.ask('RANDOMKEY')).raw.split('\r\n')[1] ?? ''
      expect(keys.delete(key)).toBe(true)
      await wire.ask('DEL', key)
    }
    expect((await wire.ask('RANDOMKEY')).raw).toBe('$-1\r\n')
  })

  it('keeps no memory of keys that come and go afterwards', async () => {
    await using embedded = await EmbeddedServer.open()
    using wire = await Wire.open(embedded.port)
    const db = embedded.engine.firstDatabase
    for (let index = 0; index < 10_000; index++) db.set(`k${index}`, 'x')
    await wire.ask('RANDOMKEY')
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    collect()
    const before = process.memoryUsage().heapUsed
    for (let index = 0; index < 1_000_000; index++) {
      db.set(`k${index + 10_000}`, 'x')
      db.delete(`k${index}`)
    }
    collect()
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(10_000_000)
  })
})
