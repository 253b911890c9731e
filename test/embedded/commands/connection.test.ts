import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisServer } from '../../project.js'
import { describeCases } from '../cases.js'
import { ConnectionPair, EmbeddedServer, RedisServer } from '../compare-with-redis.js'
import type { Words } from '../wire.js'

describeCases('connection', {
  'answers a ping': [['PING'], ['ping', 'x\r\n\0\xff'], ['PING', 'a', 'b'], ['PiNg', '']],
  'echoes bytes': [['ECHO', 'a\r\nb\0\xff'], ['ECHO', ''], ['ECHO'], ['ECHO', 'a', 'b']],
  'selects a database': [
    ...[
      ['SELECT', '1'],
      ['SET', 'a', 'b'],
      ['SELECT', '0'],
      ['GET', 'a'],
      ['SELECT', '15'],
      ['SELECT', '16'],
    ],
    ...[
      ['SELECT', '-1'],
      ['SELECT', 'x'],
      ['SELECT', '99999999999'],
      ['SELECT', '99999999999999999999'],
    ],
    ...[
      ['SELECT', ' 1'],
      ['SELECT', '-99999999999'],
      ['SELECT'],
      ['SELECT', '1', '2'],
      ['SELECT', '2147483647'],
    ],
  ],
  'refuses a strange hello': [
    ...[
      ['HELLO', 'x'],
      ['HELLO', '4'],
      ['HELLO', '1'],
      ['HELLO', '3', 'foo'],
      ['HELLO', '3', 'fo\r\no\0x'],
    ],
    ...[
      ['HELLO', '3', 'AUTH', 'a'],
      ['HELLO', '3', 'AUTH', 'a', 'b'],
      ['HELLO', '3', 'SETNAME'],
    ],
    ...[['HELLO', '3', 'SETNAME', 'a b'], ['HELLO', '99999999999999999999'], ['HELLO', '-1'], ['PING']],
    ...[
      ['HELLO', '2', 'SETNAME', 'x', 'AUTH', 'default'],
      ['CLIENT', 'GETNAME'],
    ],
  ],
  'refuses to log in without a password': [
    ...[['AUTH', 'a'], ['AUTH', 'a', 'b'], ['AUTH', 'default', 'b'], ['AUTH', 'a', 'b', 'c'], ['AUTH']],
    ['AUTH', 'x\0y', 'z'],
  ],
  'refuses what it does not know': [
    ...[
      ['NOPE'],
      ['NOPE', 'a', 'b'],
      ['NO\0PE', 'a\r\nb', 'c\0d'],
      ['', 'x'],
      ['a'.repeat(200), 'b'.repeat(200)],
    ],
    ['nope', ...Array.from({ length: 50 }, (_, i) => `argument ${i}`)],
    ['GET'],
    ['gEt', 'a', 'b'],
  ],
  'forgets everything at a reset': [
    ...[
      ['SELECT', '3'],
      ['CLIENT', 'SETNAME', 'me'],
      ['WATCH', 'a'],
      ['MULTI'],
      ['PING'],
      ['RESET'],
      ['EXEC'],
    ],
    ...[['CLIENT', 'GETNAME'], ['SET', 'a', '1'], ['SELECT', '3'], ['GET', 'a'], ['RESET', 'x'], ['PING']],
  ],
})

describe.skipIf(redisServer === undefined)('a password', () => {
  let embedded: EmbeddedServer
  let redis: RedisServer
  beforeAll(async () => {
    ;[embedded, redis] = await Promise.all([EmbeddedServer.open(), RedisServer.open()])
    using pair = await ConnectionPair.open(embedded, redis)
    await pair.same(['CONFIG', 'SET', 'requirepass', 's3cret'])
  })
  afterAll(async () => {
    await embedded[Symbol.asyncDispose]()
    await redis[Symbol.asyncDispose]()
  })

  const BEFORE: readonly Words[] = [
    ...[['PING'], ['GET', 'a'], ['NOPE'], ['GET'], ['HELLO'], ['HELLO', '3'], ['AUTH', 'wrong']],
    ...[
      ['AUTH', 'default', 'wrong'],
      ['AUTH', 'nobody', 's3cret'],
      ['HELLO', '3', 'AUTH', 'default', 'x'],
    ],
    ...[
      ['CLIENT', 'NOPE'],
      ['CLIENT', 'ID', 'x'],
      ['RESET'],
      ['MULTI'],
      ['EXEC'],
      ['CLIENT', 'SETNAME', 'x'],
    ],
  ]
  const AFTER: readonly Words[] = [['PING'], ['AUTH', 'wrong'], ['PING'], ['RESET'], ['PING'], ['QUIT']]

  it.each([[['AUTH', 's3cret']], [['AUTH', 'default', 's3cret']]])(
    'is asked for, and taken: %j',
    async login => {
      using pair = await ConnectionPair.open(embedded, redis)
      for (const words of [...BEFORE, login, ...AFTER]) await pair.same(words)
    },
  )

  it('is taken by HELLO', async () => {
    using pair = await ConnectionPair.open(embedded, redis)
    const [ours, theirs] = await pair.both(['HELLO', '3', 'AUTH', 'default', 's3cret', 'SETNAME', 'me'])
    expect(ours.raw.replace(/id\r\n:\d+/, '')).toBe(theirs.raw.replace(/id\r\n:\d+/, ''))
    await pair.same(['CLIENT', 'GETNAME'])
  })

  it('does not shut out who was there before it', async () => {
    await using open = await EmbeddedServer.open()
    await using other = await RedisServer.open()
    using pair = await ConnectionPair.open(open, other)
    await pair.same(['CONFIG', 'SET', 'requirepass', 'new'])
    await pair.same(['PING'])
    using late = await ConnectionPair.open(open, other)
    await late.same(['PING'])
    await pair.same(['CONFIG', 'SET', 'requirepass', ''])
    await late.same(['PING'])
  })
})
