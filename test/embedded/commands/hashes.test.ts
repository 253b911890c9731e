import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisServer } from '../../project.js'
import { ConnectionPair, EmbeddedServer, RedisServer } from '../compare-with-redis.js'
import type { Words } from '../wire.js'
import { describeHashSpeed } from './hash-speed.js'

const CASES: Readonly<Record<string, readonly Words[]>> = {
  'sets fields and tells them in the order of their coming': [
    ['HSET', 'a', 'z', '1'],
    ['HSET', 'a', 'y', '2', 'x', '3'],
    ['HSET', 'a', 'y', '4', 'w', '5', 'w', '6'],
    ['HGETALL', 'a'],
    ['HDEL', 'a', 'z'],
    ['HSET', 'a', 'z', '7'],
    ['HGETALL', 'a'],
    ['HKEYS', 'a'],
    ['HVALS', 'a'],
    ['HLEN', 'a'],
    ['TYPE', 'a'],
    ['HMSET', 'a', 'v', '8', 'y', '9'],
    ['HMSET', 'b', 'v', '8'],
    ['HGETALL', 'a'],
    ['HSET', 'a', 'b'],
    ['HSET', 'a', 'b', 'c', 'd'],
    ['hmSET', 'a', 'b', 'c', 'd'],
    ['HMSET', 'a', 'b'],
    ['HSET', 'a'],
  ],
  'tells nothing of what is not there': [
    ['HGETALL', 'none'],
    ['HKEYS', 'none'],
    ['HVALS', 'none'],
    ['HLEN', 'none'],
    ['HGET', 'none', 'f'],
    ['HMGET', 'none', 'f', 'g'],
    ['HDEL', 'none', 'f', 'g'],
    ['HEXISTS', 'none', 'f'],
    ['HSTRLEN', 'none', 'f'],
    ['HRANDFIELD', 'none'],
    ['HRANDFIELD', 'none', '3'],
    ['HRANDFIELD', 'none', '-3', 'withvalues'],
    ['HSCAN', 'none', '0', 'BESIDE'],
  ],
  'keeps bytes as they are': [
    ['HSET', 'a', '\xff\x00\r\n', '\x00', '', '', '007', '007'],
    ['HGET', 'a', '\xff\x00\r\n'],
    ['HGET', 'a', ''],
    ['HGET', 'a', '7'],
    ['HGETALL', 'a'],
    ['HSTRLEN', 'a', '\xff\x00\r\n'],
  ],
  'reads fields': [
    ['HSET', 'a', 'f', 'value', 'g', ''],
    ['HGET', 'a', 'f'],
    ['HGET', 'a', 'x'],
    ['HMGET', 'a', 'f', 'x', 'g', 'f'],
    ['HEXISTS', 'a', 'f'],
    ['HEXISTS', 'a', 'x'],
    ['HSTRLEN', 'a', 'f'],
    ['HSTRLEN', 'a', 'g'],
    ['HSTRLEN', 'a', 'x'],
    ['HGET', 'a'],
    ['HMGET', 'a'],
    ['HEXISTS', 'a'],
    ['HSTRLEN', 'a', 'f', 'g'],
  ],
  'sets a field only once': [
    ['HSETNX', 'a', 'f', '1'],
    ['HSETNX', 'a', 'f', '2'],
    ['HSETNX', 'a', 'g', '2'],
    ['HGETALL', 'a'],
    ['HSETNX', 'a', 'f'],
  ],
  'goes with its last field': [
    ['HSET', 'a', 'f', '1', 'g', '2', 'h', '3'],
    ['HDEL', 'a', 'f', 'f', 'x'],
    ['HDEL', 'a', 'g', 'h', 'g'],
    ['EXISTS', 'a'],
    ['HDEL', 'a'],
  ],
  'counts in integers': [
    ['HINCRBY', 'a', 'n', '5'],
    ['HINCRBY', 'a', 'n', '-7'],
    ['HINCRBY', 'a', 'n', '9223372036854775807'],
    ['HINCRBY', 'a', 'n', '2'],
    ['HINCRBY', 'a', 'n', '9223372036854775808'],
    ['HINCRBY', 'a', 'n', '1.5'],
    ['HINCRBY', 'a', 'n', ''],
    [
      'HSET',
      'a',
      'text',
      'x',
      'plus',
      '+1',
      'zero',
      '007',
      'space',
      ' 1',
      'empty',
      '',
      'min',
      '-9223372036854775808',
    ],
    ...['text', 'plus', 'zero', 'space', 'empty'].map(field => ['HINCRBY', 'a', field, '1']),
    ['HINCRBY', 'a', 'min', '-1'],
    ['HINCRBY', 'a', 'min', '0'],
    ['HINCRBY', 'none', 'f', 'x'],
    ['EXISTS', 'none'],
    ['HINCRBY', 'a', 'n'],
    ['HGETALL', 'a'],
  ],
  'counts in long doubles': [
    ['HINCRBYFLOAT', 'a', 'n', '0.1'],
    ['HINCRBYFLOAT', 'a', 'n', '0.2'],
    ['HINCRBYFLOAT', 'a', 'n', '-0.3'],
    ['HINCRBYFLOAT', 'a', 'n', '1e20'],
    ['HINCRBYFLOAT', 'a', 'n', '0x10'],
    ['HINCRBYFLOAT', 'a', 'm', '3.0e2'],
    ['HINCRBYFLOAT', 'a', 'n', 'inf'],
    ['HINCRBYFLOAT', 'none', 'n', '-inf'],
    ['HINCRBYFLOAT', 'none', 'n', 'nan'],
    ['HINCRBYFLOAT', 'none', 'n', '1e5000'],
    ['HINCRBYFLOAT', 'none', 'n', ''],
    ['HINCRBYFLOAT', 'none', 'n', ' 1'],
    ['EXISTS', 'none'],
    ['HSET', 'a', 'text', 'x', 'empty', '', 'inf', 'inf', 'big', '1e4932', 'nan', 'nan', 'hex', '0x1p3'],
    ...['text', 'empty', 'inf', 'nan', 'hex'].map(field => ['HINCRBYFLOAT', 'a', field, '1']),
    ['HINCRBYFLOAT', 'a', 'big', '1e4932'],
    ['HINCRBYFLOAT', 'a', 'text', 'inf'],
    ['HINCRBYFLOAT', 'a', 'n'],
    ['HGETALL', 'a'],
  ],
  'refuses strange requests for random fields': [
    ['HSET', 'a', 'f', '1', 'g', '2'],
    ['HRANDFIELD', 'a', '0'],
    ['HRANDFIELD', 'a', '2'],
    ['HRANDFIELD', 'a', '3', 'WITHVALUES'],
    ['HRANDFIELD', 'a', 'x'],
    ['HRANDFIELD', 'a', 'x', 'beside'],
    ['HRANDFIELD', 'a', '1', 'beside'],
    ['HRANDFIELD', 'a', '1', 'withvalues', 'withvalues'],
    ['HRANDFIELD', 'a', '9223372036854775807'],
    ['HRANDFIELD', 'a', '-9223372036854775808'],
    ['HRANDFIELD', 'a', '-9223372036854775808', 'beside'],
    ['HRANDFIELD', 'a', '9223372036854775807', 'withvalues'],
    ['HRANDFIELD', 'a', '-9223372036854775807', 'withvalues'],
    ['HRANDFIELD', 'none', '-9223372036854775807', 'withvalues'],
    ['HRANDFIELD', 'none', '-9223372036854775807'],
    ['HRANDFIELD'],
  ],
  'chooses among the fields of now': [
    ['HSET', 'a', 'f', '1', 'g', '2', 'h', '3'],
    ['HRANDFIELD', 'a', '3'],
    ['HDEL', 'a', 'f'],
    ['HSET', 'a', 'i', '4'],
    ['HRANDFIELD', 'a', '9'],
    ['HSETNX', 'a', 'f', '5'],
    ['HINCRBY', 'a', 'g', '5'],
    ['HRANDFIELD', 'a', '9', 'withvalues'],
  ],
  'is scanned in one go while it is small': [
    ['HSET', 'a', 'f1', '1', 'f2', '2', 'g1', '3', 'g2', '4'],
    ['HSCAN', 'a', '0'],
    ['HSCAN', 'a', '0', 'MATCH', 'f*'],
    ['HSCAN', 'a', '0', 'COUNT', '1'],
    ['HSCAN', 'a', '0', 'count', '1', 'match', '?1'],
    ['HSCAN', 'a', '17'],
    ['HSCAN', 'a', 'x'],
    ['HSCAN', 'a', '0', 'COUNT', '0'],
    ['HSCAN', 'a', '0', 'COUNT', 'x'],
    ['HSCAN', 'a', '0', 'COUNT'],
    ['HSCAN', 'a', '0', 'TYPE', 'hash'],
    ['HSCAN', 'a', '0', 'NOVALUES'],
    ['HSCAN', 'a'],
  ],
  'refuses keys of another type': [
    ['SET', 's', 'x'],
    ['HSET', 'a', 'f', '1'],
    ['HSET', 's', 'f', '1'],
    ['HSET', 's', 'f', '1', 'g'],
    ['HMSET', 's', 'f', '1'],
    ['HSETNX', 's', 'f', '1'],
    ['HGET', 's', 'f'],
    ['HMGET', 's', 'f'],
    ['HGETALL', 's'],
    ['HKEYS', 's'],
    ['HVALS', 's'],
    ['HDEL', 's', 'f'],
    ['HLEN', 's'],
    ['HEXISTS', 's', 'f'],
    ['HSTRLEN', 's', 'f'],
    ['HINCRBY', 's', 'f', '1'],
    ['HINCRBY', 's', 'f', 'x'],
    ['HINCRBYFLOAT', 's', 'f', '1'],
    ['HINCRBYFLOAT', 's', 'f', 'x'],
    ['HRANDFIELD', 's'],
    ['HRANDFIELD', 's', '1'],
    ['HRANDFIELD', 's', 'x'],
    ['HSCAN', 's', '0'],
    ['HSCAN', 's', 'x'],
    ['HSCAN', 's', '0', 'BESIDE'],
    ['GET', 'a'],
    ['LPUSH', 'a', '1'],
  ],
  'counts as a change what Redis counts': [
    ['HSET', 'a', 'f', '1'],
    ...(
      [
        ['HSET', 'a', 'f', '1'],
        ['HSETNX', 'a', 'f', '2'],
        ['HDEL', 'a', 'none'],
        ['HINCRBY', 'a', 'f', '0'],
        ['HINCRBYFLOAT', 'a', 'f', '0'],
        ['HINCRBY', 'a', 'f', 'x'],
      ] satisfies Words[]
    ).flatMap(words => [['WATCH', 'a'], words, ['MULTI'], ['PING'], ['EXEC']]),
  ],
}

// Without a redis-server there is nothing to compare with.
describe.skipIf(redisServer === undefined).each([2, 3] as const)('hashes in RESP%d', protocol => {
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

  it('tells the same of a big one, in an order of its own', async () => {
    using pair = await ConnectionPair.open(embedded, redis)
    await pair.both(['HELLO', protocol])
    await pair.same(['FLUSHALL'])
    const fields = Array.from({ length: 2_000 }, (_, index) => [`f${index}`, `v${index}`]).flat()
    await pair.same(['HSET', 'a', ...fields])
    for (const name of ['HGETALL', 'HKEYS', 'HVALS']) await pair.same([name, 'a'], { unordered: true })
    await pair.same(['HRANDFIELD', 'a', '2000'], { unordered: true })
    await pair.same(['HRANDFIELD', 'a', '3000', 'withvalues'], { unordered: true })
  })

  it.each([['-5'], ['5'], ['-300'], ['150'], ['-3', 'WITHVALUES'], ['3', 'WITHVALUES']])(
    'tells random fields in the form of redis-server: %s %s',
    async (...words) => {
      using pair = await ConnectionPair.open(embedded, redis)
      await pair.both(['HELLO', protocol])
      await pair.same(['FLUSHALL'])
      // Equally long, so that the answers differ in digits only.
      const fields = Array.from({ length: 200 }, (_, index) => [1000 + index, 5000 + index]).flat()
      await pair.same(['HSET', 'a', ...fields])
      const [ours, theirs] = await pair.both(['HRANDFIELD', 'a', ...words])
      const blind = (raw: string) => raw.replace(/\d{4}/g, digits => `${digits[0]}xxx`)
      expect(blind(ours.raw)).toBe(blind(theirs.raw))
    },
  )

  it('tells every field in a scan, whatever comes and goes meanwhile', async () => {
    using pair = await ConnectionPair.open(embedded, redis)
    await pair.same(['FLUSHALL'])
    const wanted = Array.from({ length: 1_000 }, (_, index) => `stays${index}`)
    await pair.embedded.ask('HSET', 'a', ...wanted.flatMap(field => [field, `${field}!`]))
    const seen = new Map<string, string>()
    let cursor = '0'
    for (let step = 0; step === 0 || cursor !== '0'; step++) {
      const { raw } = await pair.embedded.ask('HSCAN', 'a', cursor, 'COUNT', '7')
      const words = [...raw.matchAll(/\$\d+\r\n(.*)\r\n/g)].map(([, word = '']) => word)
      cursor = words[0] ?? '0'
      for (let at = 1; at < words.length; at += 2) seen.set(words[at] ?? '', words[at + 1] ?? '')
      await pair.embedded.ask('HSET', 'a', `comes${step}`, 'x')
      await pair.embedded.ask('HDEL', 'a', `comes${step - 3}`)
      expect(step).toBeLessThan(1_000)
    }
    expect(wanted.filter(field => seen.get(field) !== `${field}!`)).toEqual([])
  })
})

describeHashSpeed(1_000)
