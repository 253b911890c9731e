import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ListValue } from '../../../src/embedded/values/list.js'
import { redisServer } from '../../project.js'
import { ConnectionPair, EmbeddedServer, RedisServer } from '../compare-with-redis.js'
import { Wire, type Words } from '../wire.js'

const CASES: Readonly<Record<string, readonly Words[]>> = {
  'pushes at both ends': [
    ['RPUSH', 'a', '1'],
    ['RPUSH', 'a', '2', '3'],
    ['LPUSH', 'a', '0', '-1'],
    ['LLEN', 'a'],
    ['LRANGE', 'a', '0', '-1'],
    ['TYPE', 'a'],
    ['LLEN', 'none'],
    ['LPUSH', 'a'],
    ['RPUSH', 'a'],
    ['LLEN'],
    ['LLEN', 'a', 'b'],
  ],
  'pushes only to what exists': [
    ['LPUSHX', 'a', '1'],
    ['RPUSHX', 'a', '1', '2'],
    ['EXISTS', 'a'],
    ['RPUSH', 'a', 'x'],
    ['LPUSHX', 'a', '1', '2'],
    ['RPUSHX', 'a', '3', '4'],
    ['LRANGE', 'a', '0', '-1'],
    ['LPUSHX', 'a'],
    ['RPUSHX', 'a'],
  ],
  'keeps bytes as they are': [
    ['RPUSH', 'a', '\xff\x00\r\n', '', ' ', '007', '-0'],
    ['LRANGE', 'a', '0', '-1'],
    ['LPOS', 'a', '7'],
    ['LPOS', 'a', '007'],
    ['LPOS', 'a', ''],
    ['LREM', 'a', '0', '\xff\x00\r\n'],
    ['LINDEX', 'a', '0'],
  ],
  'pops at both ends': [
    ['RPUSH', 'a', '1', '2', '3', '4', '5', '6', '7'],
    ['LPOP', 'a'],
    ['RPOP', 'a'],
    ['LPOP', 'a', '2'],
    ['RPOP', 'a', '2'],
    ['LPOP', 'a', '0'],
    ['RPOP', 'a', '10'],
    ['EXISTS', 'a'],
    ['LPOP', 'a'],
    ['RPOP', 'a'],
    ['LPOP', 'a', '0'],
    ['RPOP', 'a', '3'],
  ],
  'refuses to pop a strange number': [
    ['RPUSH', 'a', '1'],
    ['LPOP', 'a', '-1'],
    ['RPOP', 'a', 'x'],
    ['LPOP', 'a', '1.5'],
    ['LPOP', 'a', ''],
    ['LPOP', 'a', '9223372036854775808'],
    ['LPOP', 'none', '-1'],
    ['LPOP', 'a', '1', '2'],
    ['rPop', 'a', '1', '2'],
    ['LPOP'],
    ['LPOP', 'a', '9223372036854775807'],
  ],
  'finds an element by its index': [
    ['RPUSH', 'a', '1', '2', '3'],
    ['LINDEX', 'a', '0'],
    ['LINDEX', 'a', '2'],
    ['LINDEX', 'a', '3'],
    ['LINDEX', 'a', '-1'],
    ['LINDEX', 'a', '-3'],
    ['LINDEX', 'a', '-4'],
    ['LINDEX', 'a', 'x'],
    ['LINDEX', 'none', 'x'],
    ['LINDEX', 'a', '9223372036854775807'],
    ['LINDEX', 'a', '-9223372036854775808'],
    ['LINDEX', 'a'],
  ],
  'tells a range': [
    ['RPUSH', 'a', '1', '2', '3', '4', '5'],
    ...['0 -1', '1 3', '-3 -2', '3 1', '-100 100', '5 10', '4 4', '-5 -5', '-6 -6', '0 -6', '0 0'].map(
      range => ['LRANGE', 'a', ...range.split(' ')],
    ),
    ['LRANGE', 'a', '9223372036854775807', '-9223372036854775808'],
    ['LRANGE', 'a', '-9223372036854775808', '9223372036854775807'],
    ['LRANGE', 'a', 'x', '1'],
    ['LRANGE', 'a', '0', ''],
    ['LRANGE', 'none', '0', 'x'],
    ['LRANGE', 'none', '0', '1'],
    ['LRANGE', 'a', '0'],
  ],
  'replaces an element': [
    ['LSET', 'a', '0', 'x'],
    ['LSET', 'a', 'x', 'x'],
    ['RPUSH', 'a', '1', '2', '3'],
    ['LSET', 'a', '0', 'x'],
    ['LSET', 'a', '-1', 'z'],
    ['LSET', 'a', '3', 'x'],
    ['LSET', 'a', '-4', 'x'],
    ['LSET', 'a', 'x', 'x'],
    ['LSET', 'a', '1'],
    ['LRANGE', 'a', '0', '-1'],
  ],
  'inserts beside an element': [
    ['LINSERT', 'a', 'before', '1', 'x'],
    ['RPUSH', 'a', '1', '2', '3', '2', '4'],
    ['LINSERT', 'a', 'before', '2', 'x'],
    ['LINSERT', 'a', 'AFTER', '2', 'y'],
    ['LINSERT', 'a', 'Before', '1', 'first'],
    ['LINSERT', 'a', 'after', '4', 'last'],
    ['LINSERT', 'a', 'after', '9', 'z'],
    ['LINSERT', 'a', 'beside', '1', 'z'],
    ['LINSERT', 'none', 'beside', '1', 'z'],
    ['LINSERT', 'a', 'after', '9'],
    ['LRANGE', 'a', '0', '-1'],
  ],
  'removes equal elements': [
    ['RPUSH', 'a', 'x', '1', 'x', '2', 'x', '3', 'x', '4', 'x'],
    ['LREM', 'a', '2', 'x'],
    ['LRANGE', 'a', '0', '-1'],
    ['LREM', 'a', '-2', 'x'],
    ['LRANGE', 'a', '0', '-1'],
    ['LREM', 'a', '0', 'x'],
    ['LREM', 'a', '0', 'x'],
    ['LREM', 'a', '1', 'none'],
    ['LREM', 'none', '1', 'x'],
    ['LREM', 'none', 'x', 'x'],
    ['LREM', 'a', '-9223372036854775807', '1'],
    ['LREM', 'a', '-9223372036854775808', '2'],
    ['LREM', 'a', '9223372036854775807', '3'],
    ['LREM', 'a', '1.0', '4'],
    ['LREM', 'a', '1'],
    ['LREM', 'a', '1', '4'],
    ['EXISTS', 'a'],
  ],
  trims: [
    ['LTRIM', 'none', '0', '1'],
    ['LTRIM', 'none', 'x', '1'],
    ['RPUSH', 'a', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    ['LTRIM', 'a', '0', '-1'],
    ['LTRIM', 'a', '1', '-2'],
    ['LRANGE', 'a', '0', '-1'],
    ['LTRIM', 'a', '-100', '3'],
    ['LRANGE', 'a', '0', '-1'],
    ['LTRIM', 'a', '-2', '100'],
    ['LRANGE', 'a', '0', '-1'],
    ['LTRIM', 'a', '0', 'x'],
    ['LTRIM', 'a', '0'],
    ['LTRIM', 'a', '5', '9'],
    ['EXISTS', 'a'],
    ['RPUSH', 'a', '1'],
    ['LTRIM', 'a', '1', '0'],
    ['EXISTS', 'a'],
  ],
  'refuses keys of another type': [
    ['SET', 's', 'x'],
    ['RPUSH', 'a', '1'],
    ['LPUSH', 's', '1'],
    ['RPUSHX', 's', '1'],
    ['LPOP', 's'],
    ['LPOP', 's', '0'],
    ['LPOP', 's', '-1'],
    ['LLEN', 's'],
    ['LINDEX', 's', 'x'],
    ['LRANGE', 's', '0', 'x'],
    ['LRANGE', 's', '0', '1'],
    ['LSET', 's', 'x', 'x'],
    ['LINSERT', 's', 'beside', 'x', 'x'],
    ['LINSERT', 's', 'before', 'x', 'x'],
    ['LREM', 's', '0', 'x'],
    ['LREM', 's', 'x', 'x'],
    ['LTRIM', 's', '0', '0'],
    ['LPOS', 's', 'x', 'RANK', '0'],
    ['LPOS', 's', 'x'],
    ['LMOVE', 's', 'a', 'left', 'left'],
    ['LMOVE', 'a', 's', 'left', 'left'],
    ['LMOVE', 'a', 's', 'left', 'up'],
    ['RPOPLPUSH', 's', 'a'],
    ['RPOPLPUSH', 'a', 's'],
    ['RPOPLPUSH', 'none', 's'],
    ['LMPOP', '2', 'a', 's', 'left'],
    ['LMPOP', '2', 's', 'a', 'left'],
    ['GET', 'a'],
    ['LRANGE', 'a', '0', '-1'],
  ],
  'counts as a change what Redis counts': [
    ['RPUSH', 'a', '1', '2'],
    ...(
      [
        ['LTRIM', 'a', '0', '-1'],
        ['LSET', 'a', '0', '1'],
        ['LREM', 'a', '0', 'none'],
        ['LPOP', 'a', '0'],
        ['LMOVE', 'a', 'a', 'left', 'left'],
        ['LINSERT', 'a', 'before', 'none', '1'],
        ['LPUSHX', 'none', '1'],
        ['LSET', 'a', '9', '1'],
      ] satisfies Words[]
    ).flatMap(words => [['WATCH', 'a', 'none'], words, ['MULTI'], ['PING'], ['EXEC']]),
  ],
}

// Without a redis-server there is nothing to compare with.
describe.skipIf(redisServer === undefined).each([2, 3] as const)('lists in RESP%d', protocol => {
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
})

describe('a list', () => {
  it.each([
    ['LPOP', 'l', '9'],
    ['RPOP', 'l', '9'],
    ['LMPOP', '1', 'l', 'LEFT', 'COUNT', '9'],
    ['BLMPOP', '0', '1', 'l', 'RIGHT', 'COUNT', '9'],
  ])('keeps what no answer can hold: %s %s %s', async (...words) => {
    await using embedded = await EmbeddedServer.open()
    using wire = await Wire.open(embedded.port)
    const list = new ListValue()
    for (let count = 0; count < 3; count++) list.pushBack('x'.repeat(200_000_000))
    embedded.engine.firstDatabase.set('l', list)
    expect((await wire.ask(...words)).raw).toBe('-ERR the answer is too large for this server\r\n')
    expect((await wire.ask('LLEN', 'l')).raw).toBe(':3\r\n')
  })
})
