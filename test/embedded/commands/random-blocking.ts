// Eight clients that wait for lists and fill them by chance, at the embedded engine and at a redis-server.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisServer, until } from '../../project.js'
import { ConnectionPair, EmbeddedServer, RedisServer } from '../compare-with-redis.js'
import { blockedOf } from '../scenario.js'
import type { Wire, Words } from '../wire.js'

export function describeRandomBlocking(steps: number): void {
  // Without a redis-server there is nothing to compare with.
  describe.skipIf(redisServer === undefined).each([2, 3] as const)(
    'blocking on lists in RESP%d',
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

      const seed = Number(process.env.SKYFLY_RANDOM_SEED ?? Date.now() % 2 ** 31)
      it(`serves the same clients whatever comes, seed ${seed}`, async () => {
        const pairs = await Promise.all(Array.from({ length: 8 }, () => ConnectionPair.open(embedded, redis)))
        using _ = { [Symbol.dispose]: () => pairs.forEach(pair => void pair[Symbol.dispose]()) }
        using control = await ConnectionPair.open(embedded, redis)
        await control.same(['FLUSHALL'])
        for (const pair of pairs) await pair.both(['HELLO', protocol])
        // mulberry32, as for random commands, has more to it than is needed to choose among eight.
        let state = seed
        const below = (n: number) => {
          state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
          return Math.floor((state / 2 ** 32) * n)
        }
        const key = () => `k${below(4)}`
        const end = () => (below(2) === 0 ? 'LEFT' : 'RIGHT')
        const requests: readonly (() => Words)[] = [
          () => ['BLPOP', key(), key(), 0],
          () => ['BRPOP', key(), 0],
          () => ['BLMOVE', key(), key(), end(), end(), 0],
          () => ['BRPOPLPUSH', key(), key(), 0],
          () => ['BLMPOP', 0, 2, key(), key(), end(), 'COUNT', below(3) + 1],
          () => ['RPUSH', key(), ...Array.from({ length: below(3) + 1 }, () => `v${below(1000)}`)],
          () => ['LPUSH', key(), `v${below(1000)}`],
          () => ['LMOVE', key(), key(), end(), end()],
          () => ['DEL', key()],
          () => ['SET', key(), 'text'],
          () => ['RENAME', key(), key()],
        ]
        const asked = new Map<ConnectionPair, Asked>()
        for (let step = 0; step < steps; step++) {
          const free = pairs.filter(pair => !asked.has(pair))
          const asker = free[below(free.length)]
          const words =
            asker === undefined ? ['RPUSH', key(), 1, 2] : (requests[below(requests.length)]?.() ?? [])
          const told = `step ${step}: ${words.join(' ')}`
          if (asker !== undefined) asked.set(asker, new Asked(asker, words))
          else {
            // All of them wait: somebody else has to push.
            await control.same(['FLUSHALL'])
            await control.same(words)
          }
          const waiting = await Promise.all(
            (['embedded', 'redis'] as const).map(side => settled(side, [...asked.values()], control[side])),
          )
          expect(`${told}: ${waiting[0]} wait`).toBe(`${told}: ${waiting[1]} wait`)
          for (const [pair, { answers }] of asked) {
            expect(`${told} -> ${answers.embedded}`).toBe(`${told} -> ${answers.redis}`)
            if (answers.embedded !== undefined) asked.delete(pair)
          }
        }
      })
    },
  )
}

/** A request to both that may be answered later. */
class Asked {
  readonly answers: { embedded?: string; redis?: string } = {}

  constructor(pair: ConnectionPair, words: Words) {
    for (const side of ['embedded', 'redis'] as const) {
      pair[side].send(words)
      void pair[side].read().then(
        ({ raw }) => {
          this.answers[side] = raw
        },
        // The test is over.
        () => {},
      )
    }
  }
}

/** How many wait, as soon as all others are answered. */
async function settled(side: 'embedded' | 'redis', asked: readonly Asked[], control: Wire): Promise<number> {
  let waiting = 0
  await until(async () => {
    const answered = asked.filter(({ answers }) => answers[side] !== undefined).length
    waiting = await blockedOf(control)
    return answered + waiting === asked.length
  })
  return waiting
}
