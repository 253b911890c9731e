import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisServer } from '../../project.js'
import { ConnectionPairs, describeCases, sameMessage } from '../cases.js'
import { EmbeddedServer, RedisServer } from '../compare-with-redis.js'

describeCases('PUBSUB', {
  'subscribes to one, and out of it': [
    ...[
      ['SUBSCRIBE', 'a'],
      ['SUBSCRIBE', 'a'],
      ['PSUBSCRIBE', 'a*'],
      ['UNSUBSCRIBE', 'a'],
      ['UNSUBSCRIBE', 'b'],
    ],
    ...[['PUNSUBSCRIBE'], ['UNSUBSCRIBE'], ['PUNSUBSCRIBE'], ['PUNSUBSCRIBE', 'x'], ['PING'], ['SUBSCRIBE']],
    ...[['UNSUBSCRIBE', ''], ['SUBSCRIBE', '\xff\0\r\n'], ['UNSUBSCRIBE'], ['GET', 'a']],
  ],
  'allows little to who has subscribed': [
    ...[['SUBSCRIBE', 'a'], ['GET', 'a'], ['CLIENT', 'GETNAME'], ['CLIENT', 'NOPE'], ['PING'], ['PING', 'x']],
    ...[['MULTI'], ['EXEC'], ['NOPE'], ['GET'], ['SET', 'a', 'b'], ['DISCARD'], ['INFO', 'nope'], ['RESET']],
    ...[['GET', 'a'], ['PSUBSCRIBE', 'x'], ['GET', 'a'], ['QUIT']],
  ],
  'publishes to nobody': [
    ['PUBLISH', 'a', 'b'],
    ['PUBLISH', 'a'],
    ['PUBLISH', 'a', 'b', 'c'],
  ],
  'tells what there is': [
    ...[
      ['PUBSUB'],
      ['PUBSUB', 'NOPE'],
      ['PUBSUB', 'NUMSUB'],
      ['PUBSUB', 'NUMSUB', 'a', 'b'],
      ['PUBSUB', 'NUMPAT'],
    ],
    ...[
      ['PUBSUB', 'CHANNELS'],
      ['PUBSUB', 'CHANNELS', 'a', 'b'],
      ['PUBSUB', 'NUMPAT', 'x'],
    ],
    { on: 'b', words: ['SUBSCRIBE', 'one'] },
    { on: 'c', words: ['PSUBSCRIBE', 'o*'] },
    { on: 'd', words: ['PSUBSCRIBE', 'o*'] },
    ...[
      ['PUBSUB', 'NUMSUB', 'one', 'o*'],
      ['PUBSUB', 'NUMPAT'],
      ['PUBSUB', 'CHANNELS'],
      ['PUBSUB', 'CHANNELS', 'x*'],
    ],
    ...[
      ['PUBSUB', 'CHANNELS', '*'],
      ['PUBSUB', 'channels', '[o]ne'],
      ['PUBLISH', 'one', 'm'],
      ['PUBLISH', 'o', 'm'],
    ],
  ],
})

describe.skipIf(redisServer === undefined)('messages', () => {
  let embedded: EmbeddedServer
  let redis: RedisServer
  beforeAll(async () => {
    ;[embedded, redis] = await Promise.all([EmbeddedServer.open(), RedisServer.open()])
  })
  afterAll(async () => {
    await embedded[Symbol.asyncDispose]()
    await redis[Symbol.asyncDispose]()
  })

  it.each([2, 3])('reach subscribers of channels and of patterns in RESP%d', async protocol => {
    await using pairs = new ConnectionPairs(embedded, redis, protocol)
    const [channel, pattern, sender] = [await pairs.get('a'), await pairs.get('b'), await pairs.get('c')]
    await channel.same(['SUBSCRIBE', 'news'])
    await pattern.same(['PSUBSCRIBE', 'n?ws'])
    await pattern.same(['SUBSCRIBE', 'news'])
    expect(await sender.same(['PUBLISH', 'news', 'bytes\0\r\n\xff'])).toBe(':3\r\n')
    await sameMessage(channel)
    await sameMessage(pattern)
    await sameMessage(pattern)
    await sender.same(['PUBLISH', 'nuws', ''])
    await sameMessage(pattern)
  })

  it('reach the sender itself before its answer, and within its transaction', async () => {
    await using pairs = new ConnectionPairs(embedded, redis, 3)
    const pair = await pairs.get('a')
    await pair.same(['SUBSCRIBE', 'me'])
    await pair.same(['PUBLISH', 'me', 'x'])
    await sameMessage(pair)
    for (const words of [['MULTI'], ['PING'], ['PUBLISH', 'me', 'y'], ['SUBSCRIBE', 'b', 'c'], ['EXEC']])
      await pair.same(words)
    await pair.same(['PING', 'in order'])
    await sameMessage(pair)
    expect(await sameMessage(pair)).toBe('$8\r\nin order\r\n')
  })

  it('reach who wants no answers', async () => {
    await using pairs = new ConnectionPairs(embedded, redis, 3)
    const pair = await pairs.get('a')
    const sender = await pairs.get('b')
    await pair.same(['SUBSCRIBE', 'quiet'])
    pair.embedded.send(['CLIENT', 'REPLY', 'OFF'])
    pair.redis.send(['CLIENT', 'REPLY', 'OFF'])
    // Asked after it on the same connection, so REPLY OFF has been done when the message is sent.
    for (const wire of [pair.embedded, pair.redis]) wire.send(['PUBLISH', 'quiet', 'x'])
    await sameMessage(pair)
    await sender.same(['PUBLISH', 'quiet', 'y'])
    await sameMessage(pair)
    for (const wire of [pair.embedded, pair.redis]) wire.send(['CLIENT', 'REPLY', 'ON'])
    await sameMessage(pair)
  })

  it.each([2, 3])('confirm subscriptions to who wants no answers, in RESP%d', async protocol => {
    await using pairs = new ConnectionPairs(embedded, redis, protocol)
    const pair = await pairs.get('a')
    const send = (...words: string[]) => {
      for (const wire of [pair.embedded, pair.redis]) wire.send(words)
    }
    send('CLIENT', 'REPLY', 'SKIP')
    expect(await pair.same(['SUBSCRIBE', 'a'])).toContain('$1\r\na\r\n:1\r\n')
    await pair.same(['PING'])
    await pair.same(['UNSUBSCRIBE'])
    send('CLIENT', 'REPLY', 'OFF')
    send('PING')
    await pair.same(['SUBSCRIBE', 'b', 'c'])
    expect(await sameMessage(pair)).toContain('$1\r\nc\r\n:2\r\n')
    await pair.same(['PSUBSCRIBE', 'p'])
    send('SUBSCRIBE')
    await pair.same(['UNSUBSCRIBE', 'a'])
    await pair.same(['PUNSUBSCRIBE'])
    await pair.same(['PUNSUBSCRIBE'])
    await pair.same(['UNSUBSCRIBE', 'b', 'c'])
    await sameMessage(pair)
    for (const words of [['MULTI'], ['PING'], ['SUBSCRIBE', 'd'], ['EXEC']]) send(...words)
    await sameMessage(pair)
    await pair.same(['RESET'])
    await pair.same(['PING'])
  })
})
