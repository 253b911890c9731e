import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisServer } from '../../project.js'
import { EmbeddedServer, RedisServer } from '../compare-with-redis.js'
import { play, type Scenario } from '../scenario.js'

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'serves those first who came first': [
    ...['a+ BZPOPMIN k 0', 'b+ BZPOPMAX k 0', 'c+ BZPOPMIN k 0', 'x ZADD k 1 m', 'a?', '='],
    ...['x ZADD k 1 m 2 n 3 o', 'b?', 'c?', '=', 'x ZRANGE k 0 -1 WITHSCORES'],
  ],
  'does not wait for what is there': [
    ...['x ZADD k 1 m 2 n 3 o 4 p', 'a BZPOPMIN none k 0', 'a BZPOPMAX k none 0'],
    ...['a BZMPOP 0 2 none k MAX COUNT 5', 'x EXISTS k'],
  ],
  'takes the first key that has any, in the order of the request': [
    ...['x ZADD k2 1 m', 'x ZADD k3 2 n', 'a BZPOPMIN k1 k3 k2 0', 'a BZPOPMAX k1 k3 k2 0'],
    ...['a+ BZPOPMIN k1 k3 k2 0', 'x ZADD k2 3.3 o', 'a?'],
  ],
  'takes the key of a transaction that was ready first': [
    ...['a+ BZPOPMIN k1 k2 0', 'x MULTI', 'x ZADD k2 1 m', 'x ZADD k1 2 n', 'x EXEC', 'a?', 'x EXISTS k1 k2'],
  ],
  'serves at the end of a transaction, with what is left': [
    ...['a+ BZPOPMIN k 0', 'x MULTI', 'x ZADD k 1 m 2 n', 'x ZREM k m', 'x EXEC', 'a?', 'x EXISTS k'],
    ...['a+ BZPOPMIN k 0', 'x MULTI', 'x ZADD k 1 m', 'x DEL k', 'x EXEC', '=', 'x ZADD k 2 n', 'a?'],
  ],
  'does not wait in a transaction': [
    ...['a MULTI', 'a BZPOPMIN k 0', 'a BZPOPMAX k 0', 'a BZMPOP 0 1 k MIN', 'a ZADD k 1 m'],
    ...['a BZPOPMIN k 0', 'a EXEC', '='],
  ],
  'waits on while the key is of another type': [
    ...['a+ BZPOPMIN k 0', 'x SET k text', '=', 'x DEL k', 'x SADD k m', '=', 'x DEL k', 'x RPUSH k m', '='],
    ...['b BZPOPMIN k 0', 'b BZPOPMAX none k 0', 'b BZMPOP 0 2 none k MIN', 'x DEL k', 'x ZADD k 1 m', 'a?'],
  ],
  'refuses a key of another type only when it comes to it': [
    ...['x SET s text', 'x ZADD k 1 m 2 n', 'a BZPOPMIN k s 0', 'a BZPOPMIN s k 0'],
  ],
  'takes as many as BZMPOP wants': [
    ...['a+ BZMPOP 0 2 k1 k2 MAX COUNT 2', 'b+ BZMPOP 0 1 k2 MIN COUNT 10', 'x ZADD k2 1 m 2 n 3 o 4 p'],
    ...['a?', 'b?', 'a+ BZMPOP 0 2 k1 k2 MIN', 'x ZADD k1 1 m 2 n', 'a?', 'x ZRANGE k1 0 -1'],
  ],
  'gets what others store, rename and increase': [
    ...['x ZADD s 1 m 2 n', 'a+ BZPOPMIN k 0', 'x ZUNIONSTORE k 1 s', 'a?', 'x DEL k'],
    ...['a+ BZPOPMIN k 0', 'x ZRANGESTORE k s 0 0', 'a?', 'a+ BZPOPMAX k 0', 'x ZINCRBY k 5 m', 'a?'],
    ...['a+ BZPOPMAX k 0', 'x RENAME s k', 'a?'],
  ],
  'is not served by a command that adds nothing': [
    ...['a+ BZPOPMIN k 0', 'x ZADD k XX 1 m', 'x ZUNIONSTORE k 1 none', '=', 'x ZADD k NX 1 m', 'a?'],
  ],
  'ends when the time is over': [
    ...[
      'a BZPOPMIN k 0.01',
      'a BZPOPMAX k k2 1e-3',
      'a BZMPOP 0.01 1 k MIN',
      '=',
      'x ZADD k 1 m',
      'x ZCARD k',
    ],
  ],
  'refuses what is wrong in the order of Redis': [
    ...['x SET s text', 'a BZPOPMIN s x', 'a BZPOPMIN k -1', 'a BZPOPMAX k 1e300', 'a BZPOPMIN k nan'],
    ...['a BZMPOP x 0 s MIN', 'a BZMPOP x 1 s MIN', 'a BZMPOP -1 1 k MIN', 'a BZMPOP 0 1 s MIN'],
    ...['a BZMPOP x 1 s MID', 'a BZMPOP x 1 s MIN COUNT 0', 'a BZMPOP 0 2 s MIN', 'a BZMPOP 0 1 k MIN COUNT'],
    ...['a BZMPOP 0 1 k MIN COUNT 1 COUNT 1', 'a BZPOPMIN k', 'a BZMPOP 0 1 k'],
  ],
  'leaves its place when it disconnects': [
    ...['a+ BZPOPMIN k k2 0', 'b+ BZPOPMIN k 0', 'a-', 'x ZADD k 1 m', 'b?', 'x ZADD k2 2 n', 'x ZCARD k2'],
  ],
  'breaks the WATCH of a key that it takes': [
    ...['a+ BZPOPMIN k 0', 'x WATCH k', 'y ZADD k 1 m', 'a?', 'x MULTI', 'x PING', 'x EXEC'],
  ],
}

// Without a redis-server there is nothing to compare with.
describe.skipIf(redisServer === undefined).each([2, 3] as const)(
  'blocking on sorted sets in RESP%d',
  protocol => {
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
  },
)
