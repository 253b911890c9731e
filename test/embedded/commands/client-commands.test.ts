import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisServer, until } from '../../project.js'
import { ConnectionPairs, describeCases } from '../cases.js'
import { ConnectionPair, EmbeddedServer, RedisServer } from '../compare-with-redis.js'
import type { Wire, Words } from '../wire.js'

describeCases('CLIENT', {
  'names a client': [
    ...[
      ['CLIENT', 'GETNAME'],
      ['CLIENT', 'SETNAME', 'a~!'],
      ['CLIENT', 'GETNAME'],
      ['CLIENT', 'SETNAME', ''],
    ],
    ...[
      ['CLIENT', 'GETNAME'],
      ['CLIENT', 'SETNAME', 'a b'],
      ['CLIENT', 'SETNAME', '\xff'],
      ['CLIENT', 'SETNAME'],
    ],
  ],
  'refuses subcommands that it has not, or with too many words': [
    ...[
      ['CLIENT'],
      ['CLIENT', 'NOPE'],
      ['CLIENT', 'no\r\npe\0x', 'y'],
      ['CLIENT', 'ID', 'x'],
      ['client', 'kill'],
    ],
    ...[
      ['CLIENT', 'x'.repeat(200)],
      ['CLIENT', 'UNPAUSE', 'x'],
      ['CLIENT', 'GETNAME', 'x'],
    ],
  ],
  'refuses a strange pause': [
    ...[
      ['CLIENT', 'PAUSE'],
      ['CLIENT', 'PAUSE', 'x'],
      ['CLIENT', 'PAUSE', '-1'],
      ['CLIENT', 'PAUSE', '1', 'foo'],
    ],
    ...[
      ['CLIENT', 'PAUSE', 'x', 'foo'],
      ['CLIENT', 'PAUSE', '1', 'write', 'x'],
      ['CLIENT', 'PAUSE', '1.5'],
    ],
    ...[
      ['CLIENT', 'PAUSE', '9223372036854775807'],
      ['CLIENT', 'PAUSE', '9223372036854775808'],
      ['SET', 'a', '1'],
    ],
  ],
  'pauses for a moment': [['CLIENT', 'PAUSE', '5'], ['PING'], ['CLIENT', 'PAUSE', '0'], ['PING']],
  'pauses writes, and goes on': [
    ...[
      ['CLIENT', 'PAUSE', '100000', 'WRITE'],
      ['GET', 'a'],
      ['CLIENT', 'UNPAUSE'],
      ['SET', 'a', '1'],
      ['GET', 'a'],
    ],
  ],
  'lists by conditions': [
    ...[
      ['CLIENT', 'LIST', 'TYPE', 'foo'],
      ['CLIENT', 'LIST', 'TYPE', 'master'],
      ['CLIENT', 'LIST', 'x'],
    ],
    ...[
      ['CLIENT', 'LIST', 'ID', 'x'],
      ['CLIENT', 'LIST', 'ID', '99999'],
      ['CLIENT', 'LIST', 'ID'],
    ],
    ...[
      ['CLIENT', 'LIST', 'TYPE', 'pubsub', 'x'],
      ['CLIENT', 'LIST', 'type', 'replica'],
      ['CLIENT', 'LIST', 'TYPE'],
    ],
  ],
  'kills by conditions': [
    ...[
      ['CLIENT', 'KILL', 'a'],
      ['CLIENT', 'KILL', 'ID', '1', 'x'],
      ['CLIENT', 'KILL', 'ID', '0'],
    ],
    ...[
      ['CLIENT', 'KILL', 'ID', 'x'],
      ['CLIENT', 'KILL', 'TYPE', 'x'],
      ['CLIENT', 'KILL', 'TYPE', 'pubsub'],
    ],
    ...[
      ['CLIENT', 'KILL', 'USER', 'x'],
      ['CLIENT', 'KILL', 'SKIPME', 'x'],
      ['CLIENT', 'KILL', 'NOPE', 'x'],
    ],
    ...[
      ['CLIENT', 'KILL', 'ID', '99999', 'SKIPME', 'no'],
      ['CLIENT', 'KILL', 'ADDR', '1.2.3.4:5'],
    ],
    ...[['CLIENT', 'KILL', 'LADDR', 'x', 'TYPE', 'normal'], ['CLIENT', 'KILL', 'ID', '-1'], ['PING']],
  ],
  'refuses to unblock strange clients': [
    ...[
      ['CLIENT', 'UNBLOCK', 'x'],
      ['CLIENT', 'UNBLOCK', '999'],
      ['CLIENT', 'UNBLOCK', '999', 'foo'],
    ],
    ...[
      ['CLIENT', 'UNBLOCK', 'x', 'foo'],
      ['CLIENT', 'UNBLOCK', '999', 'error'],
      ['CLIENT', 'UNBLOCK'],
    ],
    ['CLIENT', 'UNBLOCK', '999', 'TIMEOUT', 'x'],
  ],
  'is told not to evict': [
    ['CLIENT', 'NO-EVICT', 'x'],
    ['CLIENT', 'NO-EVICT', 'ON'],
    ['CLIENT', 'NO-EVICT', 'off'],
  ],
  'refuses a strange reply mode': [
    ['CLIENT', 'REPLY', 'x'],
    ['CLIENT', 'REPLY'],
    ['CLIENT', 'REPLY', 'ON'],
  ],
})

// Without a redis-server there is nothing to compare with.
describe.skipIf(redisServer === undefined)('CLIENT, with events', () => {
  let embedded: EmbeddedServer
  let redis: RedisServer
  beforeAll(async () => {
    ;[embedded, redis] = await Promise.all([EmbeddedServer.open(), RedisServer.open()])
  })
  afterAll(async () => {
    await embedded[Symbol.asyncDispose]()
    await redis[Symbol.asyncDispose]()
  })
  const idOf = async (wire: Wire) => (await wire.ask('CLIENT', 'ID')).raw.slice(1, -2)
  const field = (line: string, name: string) => new RegExp(` ${name}=(\\S*)`).exec(line)?.[1]

  it('answers only what is wanted', async () => {
    using pair = await ConnectionPair.open(embedded, redis)
    const silent: readonly Words[] = [
      ['CLIENT', 'REPLY', 'SKIP'],
      ['PING', 'skipped'],
      ['PING', 'told'],
      ['CLIENT', 'REPLY', 'SKIP'],
      ['CLIENT', 'REPLY', 'SKIP'],
      ['NOPE'],
      ['NOPE', 'told'],
      ['CLIENT', 'REPLY', 'OFF'],
      ['CLIENT', 'REPLY', 'SKIP'],
      ['PING', 'silent'],
      ['BLPOP', 'none', '0.001'],
      ['CLIENT', 'REPLY', 'ON'],
      ['PING', 'last'],
    ]
    for (const wire of [pair.embedded, pair.redis]) for (const words of silent) wire.send(words)
    for (let answers = 0; answers < 4; answers++) {
      const [ours, theirs] = [await pair.embedded.read(), await pair.redis.read()]
      expect(ours.raw).toBe(theirs.raw)
    }
  })

  it('shows the same fields of a client', async () => {
    using pair = await ConnectionPair.open(embedded, redis)
    for (const words of [
      ['SELECT', '3'],
      ['CLIENT', 'SETNAME', 'x'],
      ['WATCH', 'k'],
      ['SUBSCRIBE', 'a'],
    ])
      await pair.both(words)
    using asking = await ConnectionPair.open(embedded, redis)
    const [ours, theirs] = await asking.both(['CLIENT', 'LIST', 'TYPE', 'pubsub'])
    const names = (raw: string) => [...raw.matchAll(/(\S+)=/g)].map(([, name]) => name)
    expect(names(ours.raw)).toEqual(names(theirs.raw))
    for (const name of [
      'name',
      'db',
      'flags',
      'sub',
      'psub',
      'multi',
      'cmd',
      'user',
      'redir',
      'resp',
      'age',
      'idle',
    ])
      expect([name, field(ours.raw, name)]).toEqual([name, field(theirs.raw, name)])
  })

  it.each(['TIMEOUT', 'ERROR'])('unblocks a client with %s', async reason => {
    await using pairs = new ConnectionPairs(embedded, redis, 2)
    const blocked = await pairs.get('blocked')
    const other = await pairs.get('other')
    const ids = [await idOf(blocked.embedded), await idOf(blocked.redis)] as const
    blocked.embedded.send(['BLPOP', 'none', '0'])
    blocked.redis.send(['BLPOP', 'none', '0'])
    await until(async () => {
      const [ours, theirs] = await Promise.all([
        other.embedded.ask('CLIENT', 'UNBLOCK', ids[0], reason),
        other.redis.ask('CLIENT', 'UNBLOCK', ids[1], reason),
      ])
      expect(ours.raw).toBe(theirs.raw)
      return ours.raw === ':1\r\n'
    })
    expect((await blocked.embedded.read()).raw).toBe((await blocked.redis.read()).raw)
    await blocked.same(['PING'])
  })

  it('kills others and itself, itself with an answer', async () => {
    using first = await ConnectionPair.open(embedded, redis)
    using second = await ConnectionPair.open(embedded, redis)
    for (const [wire, asking] of [
      [first.embedded, second.embedded],
      [first.redis, second.redis],
    ] as const) {
      const closed = once(wire.socket, 'close')
      expect((await asking.ask('CLIENT', 'KILL', 'ID', await idOf(wire))).raw).toBe(':1\r\n')
      await closed
      const ended = once(asking.socket, 'close')
      expect((await asking.ask('CLIENT', 'KILL', 'ID', await idOf(asking), 'SKIPME', 'no')).raw).toBe(
        ':1\r\n',
      )
      await ended
    }
    using third = await ConnectionPair.open(embedded, redis)
    for (const wire of [third.embedded, third.redis]) {
      const { localAddress, localPort } = wire.socket
      expect((await wire.ask('CLIENT', 'KILL', `${localAddress}:${localPort}`)).raw).toBe('+OK\r\n')
      await until(() => wire.isClosed)
    }
  })

  it('holds writes back while they are paused, and does them after it in order', async () => {
    await using pairs = new ConnectionPairs(embedded, redis, 2)
    const [a, b, c] = [await pairs.get('a'), await pairs.get('b'), await pairs.get('c')]
    await a.same(['CLIENT', 'PAUSE', '100000', 'WRITE'])
    for (const wire of [b.embedded, b.redis])
      for (const words of [['RPUSH', 'l', 'b'], ['PING']]) wire.send(words)
    await c.same(['MULTI'])
    await c.same(['GET', 'x'])
    await c.same(['EXEC'])
    await c.same(['SET'])
    await a.same(['LLEN', 'l'])
    await a.same(['CLIENT', 'UNPAUSE'])
    for (let answers = 0; answers < 2; answers++)
      expect((await b.embedded.read()).raw).toBe((await b.redis.read()).raw)
    await a.same(['LRANGE', 'l', '0', '-1'])
  })
})
