import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisServer, until } from '../../project.js'
import { ConnectionPairs, describeCases } from '../cases.js'
import { EmbeddedServer, RedisServer } from '../compare-with-redis.js'
import type { Words } from '../wire.js'

const other = (...words: Words) => ({ on: 'other', words })

describeCases('transactions', {
  'does nothing before EXEC': [
    ...[['MULTI'], ['SET', 'a', '1'], ['INCR', 'a'], ['GET', 'a']],
    other('GET', 'a'),
    ...[['EXEC'], ['GET', 'a'], ['MULTI'], ['EXEC'], ['EXEC'], ['DISCARD'], ['EXEC', 'x'], ['MULTI', 'x']],
  ],
  'forgets what is discarded': [
    ['MULTI'],
    ['SET', 'a', '1'],
    ['DISCARD'],
    ['GET', 'a'],
    ['DISCARD', 'x'],
    ['EXEC'],
  ],
  'goes on after an error of a command': [
    ...[
      ['SET', 's', 'x'],
      ['MULTI'],
      ['INCR', 's'],
      ['LPUSH', 's', 'x'],
      ['SET', 's', 'y'],
      ['EXEC'],
      ['GET', 's'],
    ],
  ],
  'does nothing after an error in the queue': [
    ...[
      ['MULTI'],
      ['SET', 'a', '1'],
      ['NOPE'],
      ['EXEC'],
      ['GET', 'a'],
      ['MULTI'],
      ['GET'],
      ['SET', 'a', '1'],
    ],
    ...[['EXEC'], ['GET', 'a'], ['MULTI'], ['CLIENT', 'NOPE'], ['EXEC'], ['MULTI'], ['SAVE'], ['EXEC']],
    ...[['MULTI'], ['SHUTDOWN', 'NOSAVE'], ['EXEC'], ['MULTI'], ['CLIENT', 'ID', 'x'], ['EXEC']],
    ...[['MULTI'], ['EXEC', 'x'], ['EXEC'], ['PING'], ['EXEC', 'x']],
  ],
  'refuses MULTI and WATCH within': [
    ['MULTI'],
    ['MULTI'],
    ['WATCH', 'a'],
    ['SET', 'a', '1'],
    ['EXEC'],
    ['GET', 'a'],
  ],
  'queues everything else': [
    ...[['MULTI'], ['PING', 'x'], ['SELECT', '2'], ['SET', 'a', '2'], ['CLIENT', 'GETNAME'], ['UNWATCH']],
    ...[
      ['MONITOR'],
      ['AUTH', 'x'],
      ['COMMAND', 'GETKEYS', 'get', 'a'],
      ['PUBSUB', 'NUMPAT'],
      ['EXEC'],
      ['GET', 'a'],
    ],
    ...[
      ['SELECT', '0'],
      ['GET', 'a'],
      ['MULTI'],
      ['RESET'],
      ['EXEC'],
      ['MULTI'],
      ['SUBSCRIBE', 'x'],
      ['EXEC'],
    ],
  ],
  'does not block': [
    ...[
      ['MULTI'],
      ['BLPOP', 'l', '0'],
      ['RPUSH', 'l', 'x'],
      ['BLPOP', 'l', '0'],
      ['BRPOP', 'l', '0'],
      ['EXEC'],
    ],
  ],
  'does nothing when a watched key was changed': [
    ...[['WATCH', 'a', 'b'], ['MULTI'], ['PING']],
    other('SET', 'b', '1'),
    ...[['EXEC'], ['MULTI'], ['PING'], ['EXEC']],
    ...[['WATCH', 'a'], ['SET', 'a', '1'], ['MULTI'], ['PING'], ['EXEC'], ['WATCH'], ['UNWATCH', 'x']],
  ],
  'counts a change by each kind of command': [
    ...[
      ['RPUSH', 'l', '1'],
      ['WATCH', 'l'],
    ],
    other('LSET', 'l', '0', '2'),
    ...[['MULTI'], ['EXEC'], ['WATCH', 'l']],
    other('DEL', 'l'),
    ...[['MULTI'], ['EXEC'], ['WATCH', 'l']],
    other('DEL', 'l'),
    ...[['MULTI'], ['EXEC'], ['SET', 'k', '1'], ['WATCH', 'k']],
    other('EXPIRE', 'k', '100'),
    ...[['MULTI'], ['EXEC'], ['WATCH', 'k']],
    other('FLUSHALL'),
    ...[['MULTI'], ['EXEC'], ['WATCH', 'k']],
    other('FLUSHALL'),
    ...[['MULTI'], ['EXEC']],
  ],
  'does not mind other databases, looks, and failures': [
    ...[
      ['SET', 'k', '1'],
      ['WATCH', 'k'],
    ],
    other('SELECT', '1'),
    other('SET', 'k', '2'),
    other('SELECT', '0'),
    other('GET', 'k'),
    other('LPUSH', 'k', 'x'),
    other('SETNX', 'k', 'x'),
    ...[['MULTI'], ['PING'], ['EXEC']],
  ],
  'watches no more after UNWATCH, DISCARD and EXEC': [
    ...[['WATCH', 'a'], ['UNWATCH'], ['SET', 'a', '1'], ['MULTI'], ['PING'], ['EXEC']],
    ...[['WATCH', 'a'], ['MULTI'], ['DISCARD'], ['SET', 'a', '1'], ['MULTI'], ['PING'], ['EXEC']],
    ...[['WATCH', 'a'], ['MULTI'], ['EXEC'], ['SET', 'a', '1'], ['MULTI'], ['PING'], ['EXEC']],
  ],
  'goes on watching when more is watched after a change': [
    ...[
      ['WATCH', 'a'],
      ['SET', 'a', '1'],
      ['WATCH', 'b'],
      ['MULTI'],
      ['PING'],
      ['EXEC'],
      ['MULTI'],
      ['EXEC'],
    ],
  ],
  'takes a key that expired before it was watched for none': [
    ...[['SET', 'a', '1', 'PXAT', '1'], ['WATCH', 'a'], ['MULTI'], ['PING'], ['EXEC']],
  ],
})

describe.skipIf(redisServer === undefined)('transactions, with events', () => {
  let embedded: EmbeddedServer
  let redis: RedisServer
  beforeAll(async () => {
    embedded = await EmbeddedServer.open()
    redis = await RedisServer.open(['--enable-debug-command', 'yes'])
  })
  afterAll(async () => {
    await embedded[Symbol.asyncDispose]()
    await redis[Symbol.asyncDispose]()
  })

  it('do nothing when a watched key has expired', async () => {
    await using pairs = new ConnectionPairs(embedded, redis, 2)
    const pair = await pairs.get('a')
    // In one go, or the removal of what is expired comes before EXEC, which is to see it by itself.
    const steps = [
      ['SET', 'k', '1', 'PX', '50'],
      ['WATCH', 'k'],
      ['DEBUG', 'SLEEP', '0.1'],
      ['MULTI'],
      ['PING'],
      ['EXEC'],
    ]
    const bytes = steps.map(
      words => `*${words.length}\r\n${words.map(word => `$${word.length}\r\n${word}\r\n`).join('')}`,
    )
    for (const wire of [pair.embedded, pair.redis]) wire.raw(bytes.join(''))
    const answers: string[] = []
    for (const _ of steps) {
      const [ours, theirs] = await Promise.all([pair.embedded.read(), pair.redis.read()])
      expect(ours.raw).toBe(theirs.raw)
      answers.push(ours.raw)
    }
    expect(answers.at(-1)).toBe('*-1\r\n')
  })

  it('serve who waits for a key after all of it', async () => {
    await using pairs = new ConnectionPairs(embedded, redis, 2)
    const [waiting, pair] = [await pairs.get('a'), await pairs.get('b')]
    for (const wire of [waiting.embedded, waiting.redis]) wire.send(['BLPOP', 'q', '0'])
    await until(async () =>
      (await pair.both(['INFO', 'clients'])).every(({ raw }) => raw.includes('blocked_clients:1')),
    )
    for (const words of [['MULTI'], ['RPUSH', 'q', 'a'], ['DEL', 'q'], ['RPUSH', 'q', 'b', 'c'], ['EXEC']])
      await pair.same(words)
    expect((await waiting.embedded.read()).raw).toBe((await waiting.redis.read()).raw)
    await pair.same(['LRANGE', 'q', '0', '-1'])
  })
})
