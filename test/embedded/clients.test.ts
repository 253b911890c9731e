// The clients that programs use, each in its own words: both speak to one engine as they would to Redis.
import { type EventEmitter, once } from 'node:events'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'
import { Redis } from 'ioredis'
import { createClient, RESP_TYPES, WatchError } from 'redis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../project.js'
import { EmbeddedServer } from './compare-with-redis.js'

const PASSWORD = 'a secret'

const openIoredis = async (port: number, protocol: 2 | 3 | undefined, password?: string) => {
  const redis = new Redis({
    port,
    host: '127.0.0.1',
    lazyConnect: true,
    retryStrategy: () => 1,
    protocol,
    password,
  })
  // A connection that is killed is an error to who listens, and the end of the process to who does not.
  redis.on('error', () => {})
  await redis.connect()
  return redis
}

const openNodeRedis = async (port: number, RESP: 2 | 3, password?: string) => {
  const redis = createClient({
    RESP,
    socket: { port, host: '127.0.0.1', reconnectStrategy: () => 1 },
    ...(password === undefined ? {} : { password }),
  })
  redis.on('error', () => {})
  await redis.connect()
  return redis
}

type NodeRedis = Awaited<ReturnType<typeof openNodeRedis>>

/** Not events.once, which fails at the error that the loss of the connection is. */
const readyAgain = (redis: EventEmitter) => new Promise(resolve => redis.once('ready', resolve))

/** Opens a connection of one kind; it is closed after the test. */
type Open<T> = () => Promise<T>

interface Case {
  readonly title: string
  readonly ioredis: (redis: Redis, open: Open<Redis>, embedded: EmbeddedServer) => Promise<unknown>
  readonly nodeRedis: (redis: NodeRedis, open: Open<NodeRedis>, embedded: EmbeddedServer) => Promise<unknown>
  readonly expected: unknown
}

const ITEMS = Array.from({ length: 1_000 }, (_, index) => `item:${index}`)
const JOBS = Array.from({ length: 200 }, (_, index) => `job ${index}`)
const TEXT = 'größer als 7 €, 日本語 🐉'

const CASES: readonly Case[] = [
  {
    title: 'keep strings, of all bytes',
    ioredis: async redis => [
      await redis.set('a', TEXT),
      await redis.get('a'),
      await redis.set('a', 'other', 'NX'),
      await redis.incrby('n', 41),
      await redis.incrbyfloat('n', 0.5),
      await redis.set('b', Buffer.from([0, 255, 13, 10])),
      [...((await redis.getBuffer('b')) ?? [])],
      await redis.mget('a', 'none'),
    ],
    nodeRedis: async redis => [
      await redis.set('a', TEXT),
      await redis.get('a'),
      await redis.set('a', 'other', { condition: 'NX' }),
      await redis.incrBy('n', 41),
      await redis.incrByFloat('n', 0.5),
      await redis.set('b', Buffer.from([0, 255, 13, 10])),
      [...((await redis.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }).get('b')) ?? [])],
      await redis.mGet(['a', 'none']),
    ],
    expected: ['OK', TEXT, null, 41, '41.5', 'OK', [0, 255, 13, 10], [TEXT, null]],
  },
  {
    title: 'read hashes as objects',
    ioredis: async redis => [
      await redis.hset('h', { name: TEXT, age: 7 }),
      await redis.hincrby('h', 'age', 1),
      await redis.hgetall('h'),
      await redis.hgetall('none'),
      await redis.hmget('h', 'name', 'none'),
    ],
    nodeRedis: async redis => [
      await redis.hSet('h', { name: TEXT, age: 7 }),
      await redis.hIncrBy('h', 'age', 1),
      { ...(await redis.hGetAll('h')) },
      { ...(await redis.hGetAll('none')) },
      await redis.hmGet('h', ['name', 'none']),
    ],
    expected: [2, 8, { name: TEXT, age: '8' }, {}, [TEXT, null]],
  },
  {
    title: 'rank a sorted set, with scores that are no integers',
    ioredis: async redis => {
      const added = await redis.zadd('z', 1.5, 'one', 2, 'two', 'inf', 'all')
      const score = await redis.zscore('z', 'one')
      const [popped] = (await redis.zpopmin('z')).flat()
      return [
        added,
        Number(score),
        popped,
        await redis.zrevrank('z', 'two'),
        await redis.zrange('z', '0', '-1'),
      ]
    },
    nodeRedis: async redis => {
      const added = await redis.zAdd('z', [
        { score: 1.5, value: 'one' },
        { score: 2, value: 'two' },
        { score: Number.POSITIVE_INFINITY, value: 'all' },
      ])
      const score = await redis.zScore('z', 'one')
      const popped = (await redis.zPopMin('z'))?.value
      return [added, score, popped, await redis.zRevRank('z', 'two'), await redis.zRange('z', 0, -1)]
    },
    expected: [3, 1.5, 'one', 1, ['two', 'all']],
  },
  {
    title: 'share a queue of jobs: two consumers that wait, each job done once',
    ioredis: async (redis, open, embedded) => {
      const done: string[] = []
      const consume = async (consumer: Redis) => {
        for (;;) {
          const [, job = ''] = (await consumer.blpop('jobs', 0)) ?? []
          if (job === 'stop') return
          done.push(job)
        }
      }
      const consumers = [consume(await open()), consume(await open())]
      await until(() => embedded.engine.blocking.count === 2)
      for (const job of JOBS) await redis.rpush('jobs', job)
      await redis.rpush('jobs', 'stop', 'stop')
      await Promise.all(consumers)
      return [done.sort(), await redis.brpop('jobs', 0.01)]
    },
    nodeRedis: async (redis, open, embedded) => {
      const done: string[] = []
      const consume = async (consumer: NodeRedis) => {
        for (;;) {
          const job = (await consumer.blPop('jobs', 0))?.element ?? ''
          if (job === 'stop') return
          done.push(job)
        }
      }
      const consumers = [consume(await open()), consume(await open())]
      await until(() => embedded.engine.blocking.count === 2)
      for (const job of JOBS) await redis.rPush('jobs', job)
      await redis.rPush('jobs', ['stop', 'stop'])
      await Promise.all(consumers)
      return [done.sort(), await redis.brPop('jobs', 0.01)]
    },
    expected: [[...JOBS].sort(), null],
  },
  {
    title: 'hear what is published, by channel and by pattern',
    ioredis: async (redis, open) => {
      const heard: unknown[] = []
      const subscriber = await open()
      subscriber.on('message', (channel, message) => heard.push([channel, message]))
      subscriber.on('pmessage', (pattern, channel, message) => heard.push([pattern, channel, message]))
      await subscriber.subscribe('news')
      await subscriber.psubscribe('n?ws')
      const receivers = await redis.publish('news', TEXT)
      await until(() => heard.length === 2)
      await subscriber.unsubscribe('news')
      return [receivers, heard, await redis.publish('news', 'to the pattern alone')]
    },
    nodeRedis: async (redis, open) => {
      const heard: unknown[] = []
      const subscriber = await open()
      await subscriber.subscribe('news', (message, channel) => heard.push([channel, message]))
      await subscriber.pSubscribe('n?ws', (message, channel) => heard.push(['n?ws', channel, message]))
      const receivers = await redis.publish('news', TEXT)
      await until(() => heard.length === 2)
      await subscriber.unsubscribe('news')
      return [receivers, heard, await redis.publish('news', 'to the pattern alone')]
    },
    expected: [
      2,
      [
        ['news', TEXT],
        ['n?ws', 'news', TEXT],
      ],
      1,
    ],
  },
  {
    title: 'do a transaction as a whole, and not when a watched key was changed',
    ioredis: async (redis, open) => {
      const done = await redis.multi().set('a', 1).incr('a').get('a').exec()
      await redis.watch('a')
      await (await open()).set('a', 'by another')
      const refused = await redis.multi().set('a', 'mine').exec()
      return [done?.map(([, answer]) => answer), refused, await redis.get('a')]
    },
    nodeRedis: async (redis, open) => {
      const done = await redis.multi().set('a', 1).incr('a').get('a').exec()
      await redis.watch('a')
      await (await open()).set('a', 'by another')
      // This client throws where the server answers nothing.
      const refused = await redis
        .multi()
        .set('a', 'mine')
        .exec()
        .catch(error => (error instanceof WatchError ? null : error))
      return [done, refused, await redis.get('a')]
    },
    expected: [['OK', 2, '2'], null, 'by another'],
  },
  {
    title: 'send a thousand requests at once, answered in order, errors among them',
    ioredis: async redis => {
      const pipeline = redis.pipeline()
      for (const item of ITEMS) pipeline.set(item, item)
      for (const item of ITEMS) pipeline.get(item)
      const answers = (await pipeline.lpush('item:1', 'x').ping().exec()) ?? []
      const [error] = answers.at(-2) ?? []
      return [answers.slice(1_000, 2_000).map(([, value]) => value), error?.message, answers.at(-1)?.[1]]
    },
    nodeRedis: async redis => {
      // This client sends together what is asked for together.
      const set = ITEMS.map(item => redis.set(item, item))
      const got = Promise.all(ITEMS.map(item => redis.get(item)))
      const refused = redis.lPush('item:1', 'x').catch(error => error.message)
      const pong = redis.ping()
      await Promise.all(set)
      return [await got, await refused, await pong]
    },
    expected: [ITEMS, 'WRONGTYPE Operation against a key holding the wrong kind of value', 'PONG'],
  },
  {
    title: 'find every key with SCAN, every field with HSCAN',
    ioredis: async redis => {
      await redis.mset(Object.fromEntries(ITEMS.map(item => [item, '1'])))
      await redis.set('other', '1')
      await redis.hset('h', Object.fromEntries(ITEMS.map(item => [item, '1'])))
      const keys: string[] = []
      for await (const some of redis.scanStream({ match: 'item:*', count: 50 })) keys.push(...some)
      const fields: string[] = []
      for await (const some of redis.hscanStream('h')) fields.push(...some)
      return [keys.sort(), fields.filter(field => field !== '1').sort()]
    },
    nodeRedis: async redis => {
      await redis.mSet(Object.fromEntries(ITEMS.map(item => [item, '1'])))
      await redis.set('other', '1')
      await redis.hSet('h', Object.fromEntries(ITEMS.map(item => [item, '1'])))
      const keys: string[] = []
      for await (const some of redis.scanIterator({ MATCH: 'item:*', COUNT: 50 })) keys.push(...some)
      const fields: string[] = []
      for await (const some of redis.hScanIterator('h')) fields.push(...some.map(({ field }) => field))
      return [keys.sort(), fields.sort()]
    },
    expected: [[...ITEMS].sort(), [...ITEMS].sort()],
  },
  {
    title: 'keep sessions that end, and live on when they are used',
    ioredis: async redis => [
      await redis.setex('session', 10, '{"user":1}'),
      (await redis.ttl('session')) <= 10,
      await redis.getex('session', 'EX', 1_000),
      (await redis.ttl('session')) > 10,
      await redis.pexpire('session', 0),
      await redis.getex('session', 'EX', 1_000),
      await redis.ttl('session'),
    ],
    nodeRedis: async redis => [
      await redis.setEx('session', 10, '{"user":1}'),
      (await redis.ttl('session')) <= 10,
      await redis.getEx('session', { type: 'EX', value: 1_000 }),
      (await redis.ttl('session')) > 10,
      await redis.pExpire('session', 0),
      await redis.getEx('session', { type: 'EX', value: 1_000 }),
      await redis.ttl('session'),
    ],
    expected: ['OK', true, '{"user":1}', true, 1, null, -2],
  },
  {
    title: 'limit a rate: the window begins with the first request',
    ioredis: async redis => {
      const hit = async (seconds: number) =>
        (await redis.multi().incr('rate').expire('rate', seconds, 'NX').exec())?.map(([, answer]) => answer)
      return [await hit(60), await hit(9_000), await hit(9_000), (await redis.ttl('rate')) <= 60]
    },
    nodeRedis: async redis => {
      const hit = (seconds: number) => redis.multi().incr('rate').expire('rate', seconds, 'NX').exec()
      return [await hit(60), await hit(9_000), await hit(9_000), (await redis.ttl('rate')) <= 60]
    },
    expected: [[1, 1], [2, 0], [3, 0], true],
  },
  {
    title: 'come back after CLIENT KILL, to the same database',
    ioredis: async (redis, open) => {
      await redis.select(3)
      await redis.set('a', 1)
      const before = await redis.client('ID')
      const ready = readyAgain(redis)
      await (await open()).client('KILL', 'ID', before)
      await ready
      return [await redis.get('a'), (await redis.client('ID')) > before]
    },
    nodeRedis: async (redis, open) => {
      await redis.select(3)
      await redis.set('a', 1)
      const before = await redis.clientId()
      const ready = readyAgain(redis)
      await (await open()).clientKill({ filter: 'ID', id: before })
      await ready
      return [await redis.get('a'), (await redis.clientId()) > before]
    },
    expected: ['1', true],
  },
]

describe.each([
  ['ioredis, with its default protocol', undefined],
  ['ioredis, with protocol 2', 2],
] as const)('programs with %s', (_, protocol) => {
  const opened: Redis[] = []
  let embedded: EmbeddedServer
  const open = async (password?: string) => {
    const redis = await openIoredis(embedded.port, protocol, password)
    opened.push(redis)
    return redis
  }
  beforeEach(async () => {
    embedded = await EmbeddedServer.open()
  })
  afterEach(async () => {
    for (const redis of opened.splice(0)) redis.disconnect()
    await embedded[Symbol.asyncDispose]()
  })

  it.each(CASES)('$title', async ({ ioredis, expected }) => {
    expect(await ioredis(await open(), () => open(), embedded)).toEqual(expected)
  })

  it('speak the protocol that they are meant to', async () => {
    await open()
    expect([...embedded.engine.clients.values()].map(({ replies }) => replies.version)).toEqual([
      protocol ?? 3,
    ])
  })

  it('log in with the password, and are refused with another', async () => {
    embedded.engine.config.requirepass = PASSWORD
    expect(await (await open(PASSWORD)).set('a', 1)).toBe('OK')
    const refused = new Redis(embedded.port, {
      password: 'wrong',
      lazyConnect: true,
      retryStrategy: () => null,
      protocol,
    })
    // connect() tells that the connection was closed, and this event why.
    const why = once(refused, 'error')
    await expect(refused.connect()).rejects.toThrow('Connection is closed.')
    expect((await why)[0].message).toMatch(/^WRONGPASS /)
  })
})

describe.each([
  ['node-redis, with RESP 2', 2],
  ['node-redis, with RESP 3', 3],
] as const)('programs with %s', (_, version) => {
  const opened: NodeRedis[] = []
  let embedded: EmbeddedServer
  const open = async (password?: string) => {
    const redis = await openNodeRedis(embedded.port, version, password)
    opened.push(redis)
    return redis
  }
  beforeEach(async () => {
    embedded = await EmbeddedServer.open()
  })
  afterEach(async () => {
    for (const redis of opened.splice(0)) redis.destroy()
    await embedded[Symbol.asyncDispose]()
  })

  it.each(CASES)('$title', async ({ nodeRedis, expected }) => {
    expect(await nodeRedis(await open(), () => open(), embedded)).toEqual(expected)
  })

  it('speak the protocol that they are meant to', async () => {
    await open()
    expect([...embedded.engine.clients.values()].map(({ replies }) => replies.version)).toEqual([version])
  })

  it('log in with the password, and are refused with another', async () => {
    embedded.engine.config.requirepass = PASSWORD
    expect(await (await open(PASSWORD)).set('a', 1)).toBe('OK')
    const refused = createClient({
      RESP: version,
      password: 'wrong',
      socket: { port: embedded.port, host: '127.0.0.1', reconnectStrategy: false },
    })
    refused.on('error', () => {})
    await expect(refused.connect()).rejects.toThrow(/^WRONGPASS /)
  })
})

const redisCli = (process.env.PATH ?? '')
  .split(delimiter)
  .map(folder => join(folder, 'redis-cli'))
  .find(existsSync)

// The program itself is what is looked at here: `apt-get install redis-tools`.
describe.skipIf(redisCli === undefined)('people with redis-cli (needs it)', () => {
  let embedded: EmbeddedServer
  beforeEach(async () => {
    embedded = await EmbeddedServer.open()
  })
  afterEach(() => embedded[Symbol.asyncDispose]())

  const cli = async (args: readonly string[], input = '') => {
    const all = ['-h', '127.0.0.1', '-p', String(embedded.port), ...args]
    const { stdout } = await execa(redisCli ?? 'redis-cli', all, { input })
    return stdout
  }

  it('send 10,000 requests with --pipe, and find the keys with --scan', async () => {
    const lines = Array.from({ length: 10_000 }, (_, index) => `SET key:${index} ${index}\r\n`)
    expect(await cli(['--pipe'], lines.join(''))).toContain('errors: 0, replies: 10000')
    const found = (await cli(['--scan', '--pattern', 'key:*'])).split('\n')
    expect(new Set(found).size).toBe(10_000)
    expect(await cli(['GET', 'key:9999'])).toBe('9999')
  })

  it.each([
    [['-3'], '{"x":"1","y":"2"}'],
    [['-2'], '["x","1","y","2"]'],
  ])('read a hash with %j', async (options, json) => {
    await cli(['HSET', 'h', 'x', '1', 'y', '2'])
    expect(await cli([...options, '--json', 'HGETALL', 'h'])).toBe(json)
  })

  it('find the largest keys with --bigkeys', async () => {
    await cli(['SET', 'small', 'x'])
    await cli(['SET', 'large', 'x'.repeat(500)])
    await cli(['RPUSH', 'queue', 'a', 'b', 'c'])
    await cli(['HSET', 'hash', 'a', '1'])
    await cli(['SADD', 'set', 'a', 'b'])
    await cli(['ZADD', 'ranks', '1', 'a'])
    const told = await cli(['--bigkeys'])
    for (const biggest of [
      /Biggest string found .*large.* has 500 bytes/,
      /Biggest\s+list found .*queue.* has 3 items/,
      /Biggest\s+hash found .*hash.* has 1 fields/,
      /Biggest\s+set found .*set.* has 2 members/,
      /Biggest\s+zset found .*ranks.* has 1 members/,
    ])
      expect(told).toMatch(biggest)
  })
})
