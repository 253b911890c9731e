import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisServer } from '../../project.js'
import { EmbeddedServer, RedisServer } from '../compare-with-redis.js'
import { play, type Scenario } from '../scenario.js'

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'serves those first who came first': [
    ...['a+ BLPOP k 0', 'b+ BLPOP k 0', 'c+ BRPOP k 0', 'd+ BLPOP k 0'],
    ...['x RPUSH k 1', 'a?', '=', 'x RPUSH k 2 3 4 5', 'b?', 'c?', 'd?', '=', 'x LRANGE k 0 -1'],
  ],
  'serves from the end that each one wants': [
    ...['a+ BLPOP k 0', 'b+ BRPOP k 0', 'c+ BLPOP k 0', 'x LPUSH k 1 2 3', 'a?', 'b?', 'c?', 'x EXISTS k'],
  ],
  'does not wait for what is there': [
    ...[
      'x RPUSH k 1 2 3 4',
      'a BLPOP k 0',
      'a BRPOP none k 0',
      'a BLMPOP 0 2 none k LEFT COUNT 5',
      'x EXISTS k',
    ],
    ...['x RPUSH k 1 2', 'a BLMOVE k t LEFT RIGHT 0', 'a BRPOPLPUSH k t 0', 'x LRANGE t 0 -1'],
  ],
  'takes the first key that has any, in the order of the request': [
    ...['x RPUSH k2 1', 'x RPUSH k3 2', 'a BLPOP k1 k3 k2 0', 'a BRPOP k1 k3 k2 0', 'a+ BLPOP k1 k3 k2 0'],
    ...['x RPUSH k2 3', 'a?'],
  ],
  'serves a key that is named twice once': [
    ...['a+ BLPOP k k k 0', 'b+ BLPOP k 0', 'x RPUSH k 1', 'a?', '=', 'x RPUSH k 2', 'b?'],
  ],
  'takes the key of a transaction that was ready first': [
    ...['a+ BLPOP k1 k2 0', 'x MULTI', 'x RPUSH k2 1', 'x RPUSH k1 2', 'x RPUSH k2 3', 'x EXEC', 'a?'],
    ...['x LRANGE k1 0 -1', 'x LRANGE k2 0 -1'],
  ],
  'counts a key as ready from when it became a list': [
    ...['a+ BLPOP k1 k2 0', 'x MULTI', 'x SET k1 text', 'x RPUSH k2 1', 'x DEL k1', 'x RPUSH k1 2', 'x EXEC'],
    ...['a?', 'x LRANGE k1 0 -1', 'x LRANGE k2 0 -1'],
  ],
  'serves the keys of a transaction one after the other': [
    ...['a+ BLPOP k1 0', 'b+ BLPOP k2 0', 'c+ BLPOP k2 k1 0', 'd+ BLPOP k1 k2 0'],
    ...['x MULTI', 'x RPUSH k1 1 2', 'x RPUSH k2 3 4', 'x EXEC', 'a?', 'b?', 'c?', 'd?', 'x EXISTS k1 k2'],
  ],
  'serves at the end of a transaction, with what is left': [
    ...['a+ BLPOP k 0', 'x MULTI', 'x RPUSH k 1 2 3', 'x LPOP k', 'x EXEC', 'a?', 'x LRANGE k 0 -1'],
    ...['x DEL k', 'a+ BLPOP k 0', 'x MULTI', 'x RPUSH k 1', 'x DEL k', 'x EXEC', '=', 'x RPUSH k 2', 'a?'],
  ],
  'does not wait in a transaction': [
    ...['a MULTI', 'a BLPOP k 0', 'a BRPOP k 0', 'a BLMPOP 0 1 k LEFT', 'a BLMOVE k t LEFT LEFT 0'],
    ...['a BRPOPLPUSH k t 0', 'a RPUSH k 1', 'a BLPOP k 0', 'a EXEC', '='],
  ],
  'waits on while the key is of another type': [
    ...[
      'a+ BLPOP k 0',
      'x SET k text',
      '=',
      'x DEL k',
      'x SADD k m',
      '=',
      'x DEL k',
      'x HSET k f v',
      'x DEL k',
    ],
    ...['x ZADD k 1 m', '=', 'b BLPOP k 0', 'b BLPOP none k 0', 'x DEL k', 'x RPUSH k 1', 'a?'],
  ],
  'tells lists and sorted sets apart': [
    ...[
      'a+ BLPOP k 0',
      'b+ BZPOPMIN k 0',
      'c+ BLPOP k 0',
      'x ZADD k 1 m',
      'b?',
      '=',
      'x RPUSH k 1 2',
      'a?',
      'c?',
    ],
  ],
  'refuses a key of another type at once': [
    ...['x SET s text', 'a BLPOP s 0', 'a BLPOP none s 0', 'a BLMPOP 0 1 s LEFT', 'a BLMOVE s t LEFT LEFT 0'],
    ...['a BRPOPLPUSH s t 0', 'x RPUSH k 1', 'a BLMOVE k s LEFT LEFT 0', 'x LRANGE k 0 -1'],
  ],
  'ends the waiting to move to a key of another type': [
    ...['a+ BLMOVE k t LEFT LEFT 0', 'b+ BLPOP k 0', 'x SET t text', 'x RPUSH k 1', 'a?', 'b?', 'x GET t'],
  ],
  'moves to a list that others wait for': [
    ...[
      'a+ BLMOVE k1 k2 LEFT RIGHT 0',
      'b+ BRPOPLPUSH k2 k3 0',
      'c+ BLPOP k3 0',
      'x RPUSH k1 1',
      'a?',
      'b?',
      'c?',
    ],
    ...['x EXISTS k1 k2 k3', '='],
  ],
  'moves to a list that another waited for longer': [
    ...['b+ BLPOP k2 0', 'a+ BLMOVE k1 k2 LEFT RIGHT 0', 'c+ BLPOP k1 0', 'x RPUSH k1 1 2', 'a?', 'b?', 'c?'],
  ],
  'moves within one list': [
    ...[
      'a+ BLMOVE k k LEFT RIGHT 0',
      'b+ BLMOVE k k RIGHT LEFT 0',
      'c+ BLPOP k 0',
      'x RPUSH k 1 2 3',
      'a?',
      'b?',
    ],
    ...['c?', 'x LRANGE k 0 -1', 'x DEL k', 'a+ BRPOPLPUSH k k 0', 'x RPUSH k 1', 'a?', 'x LRANGE k 0 -1'],
  ],
  'moves in a circle': [
    ...[
      'a+ BLMOVE k1 k2 LEFT LEFT 0',
      'b+ BLMOVE k2 k1 LEFT LEFT 0',
      'c+ BLPOP k1 0',
      'x RPUSH k1 1',
      'a?',
      'b?',
    ],
    ...['c?', 'x EXISTS k1 k2'],
  ],
  'gets what RPOPLPUSH and LMOVE push': [
    ...[
      'x RPUSH s 1 2',
      'a+ BLPOP k 0',
      'b+ BLPOP k 0',
      'x RPOPLPUSH s k',
      'a?',
      'x LMOVE s k LEFT LEFT',
      'b?',
    ],
  ],
  'gets what becomes a list by another name': [
    ...['a+ BLPOP k 0', 'x RPUSH s 1 2', 'x RENAME s k', 'a?', 'x LPOP k', 'a+ BLPOP k 0', 'x RPUSH s 3'],
    ...['x COPY s k', 'a?', 'a+ BLPOP k 0', 'x RENAMENX s k', 'a?', '='],
  ],
  'takes as many as BLMPOP wants': [
    ...[
      'a+ BLMPOP 0 2 k1 k2 RIGHT COUNT 2',
      'b+ BLMPOP 0 1 k2 LEFT COUNT 10',
      'x RPUSH k2 1 2 3 4',
      'a?',
      'b?',
    ],
    ...['a+ BLMPOP 0 2 k1 k2 LEFT', 'x RPUSH k1 1 2', 'a?', 'x LRANGE k1 0 -1'],
  ],
  'waits in its own database': [
    ...['a SELECT 1', 'a+ BLPOP k 0', 'x RPUSH k 1', '=', 'x MOVE k 1', 'a?', 'a+ BLPOP k 0', 'y SELECT 1'],
    ...['y RPUSH k 2', 'a?', 'x DBSIZE', 'y DBSIZE'],
  ],
  'waits on through FLUSHALL': ['a+ BLPOP k 0', 'x RPUSH o 1', 'x FLUSHALL', '=', 'x RPUSH k 1', 'a?'],
  'is not served by a push that does nothing': [
    ...['a+ BLPOP k 0', 'x RPUSHX k 1', 'x LPUSHX k 1', 'x LMOVE none k LEFT LEFT', '=', 'x LPUSH k 1', 'a?'],
  ],
  'ends when the time is over': [
    ...['a BLPOP k 0.01', 'a BRPOP k k2 1e-3', 'a BLMPOP 0.01 1 k LEFT', 'a BLMOVE k t LEFT LEFT 0.01'],
    ...['a BRPOPLPUSH k t 0x1p-7', 'a BLPOP k 1e-4000', '=', 'x RPUSH k 1', 'x LRANGE k 0 -1'],
  ],
  'serves the next when the time of the first is over': [
    ...['a BLPOP k 0.01', 'b+ BLPOP k 0', 'x RPUSH k 1', 'b?'],
  ],
  'refuses a strange time': [
    ...[
      'x',
      '-1',
      '-0.0011',
      'nan',
      'inf',
      '-inf',
      '1e300',
      '9223372036854776',
      '1x',
      '1e5000',
      '0x',
      '1e',
    ].flatMap(time => [
      `a BLPOP k ${time}`,
      `a BRPOP k ${time}`,
      `a BLMPOP ${time} 1 k LEFT`,
      `a BLMOVE k t LEFT LEFT ${time}`,
      `a BRPOPLPUSH k t ${time}`,
    ]),
    ...[
      'x SET s text',
      'a BLPOP s x',
      'a BLMOVE s t LEFT LEFT x',
      'a BLMOVE s t up LEFT x',
      'a BLMOVE s t LEFT up x',
    ],
    ...[
      'a BLMPOP x 0 s LEFT',
      'a BLMPOP x 1 s up',
      'a BLMPOP x 1 s LEFT COUNT 0',
      'a BLMPOP 0 1 s LEFT COUNT',
    ],
    ...[
      'a BLMPOP 0 2 s LEFT',
      'a BLMPOP 0 1 s LEFT COUNT 1 COUNT 1',
      'a BLPOP k',
      'a BLMPOP 0 1 k',
      'a BLMOVE k',
    ],
    ...['a BRPOPLPUSH k t', 'a BLPOP'],
  ],
  'waits for ever for a time that rounds to nothing, or is huge': [
    ...[
      'a+ BLPOP k -0.001',
      'b+ BLPOP k 9223372036854775.8',
      'c+ BLPOP k +99999999',
      'x RPUSH k 1 2 3',
      'a?',
      'b?',
      'c?',
    ],
  ],
  'goes on with what was sent meanwhile': [
    ...[
      'a+ BLPOP k 0',
      'a> PING',
      'a> BLPOP k 0',
      'a> ECHO after',
      'x RPUSH k 1',
      'a?',
      'a?',
      'x RPUSH k 2',
      'a?',
      'a?',
    ],
  ],
  'is unblocked by another client': [
    ...[
      'a+ BLPOP k 0',
      'x CLIENT UNBLOCK #a',
      'a?',
      'a+ BLMOVE k t LEFT LEFT 0',
      'x CLIENT UNBLOCK #a TIMEOUT',
      'a?',
    ],
    ...['a+ BLMPOP 0 1 k LEFT', 'x CLIENT UNBLOCK #a ERROR', 'a?', 'x CLIENT UNBLOCK #a', '=', 'x RPUSH k 1'],
    ...['x LRANGE k 0 -1', 'a PING'],
  ],
  'leaves its place when it is killed': [
    ...['a+ BLPOP k 0', 'b+ BLPOP k 0', 'x CLIENT KILL ID #a', 'a!', 'x RPUSH k 1', 'b?', '=', 'x EXISTS k'],
  ],
  'loses nothing to one that was killed in the same transaction': [
    ...[
      'a+ BLPOP k 0',
      'x MULTI',
      'x CLIENT KILL ID #a',
      'x RPUSH k 1',
      'x EXEC',
      'x LRANGE k 0 -1',
      'a!',
      '=',
    ],
  ],
  'leaves its place when it disconnects': [
    ...[
      'a+ BLPOP k k2 0',
      'b+ BLPOP k 0',
      'a-',
      '=',
      'x RPUSH k 1',
      'b?',
      'x RPUSH k2 2',
      'x LRANGE k2 0 -1',
    ],
  ],
  'breaks the WATCH of a key that it takes': [
    ...['a+ BLPOP k 0', 'x WATCH k', 'y RPUSH k 1', 'a?', 'x MULTI', 'x PING', 'x EXEC'],
  ],
}

// Without a redis-server there is nothing to compare with.
describe.skipIf(redisServer === undefined).each([2, 3] as const)('blocking on lists in RESP%d', protocol => {
  let embedded: EmbeddedServer
  let redis: RedisServer
  beforeAll(async () => {
    ;[embedded, redis] = await Promise.all([EmbeddedServer.open(), RedisServer.open()])
  })
  afterAll(async () => {
    await embedded[Symbol.asyncDispose]()
    await redis[Symbol.asyncDispose]()
  })

  it.each(Object.entries(SCENARIOS))('%s', async (_, scenario) => {
    const [ours, theirs] = await Promise.all([
      play(scenario, embedded.port, protocol),
      play(scenario, redis.port, protocol),
    ])
    expect(ours).toEqual(theirs)
  })
})
