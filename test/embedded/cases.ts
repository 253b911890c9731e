// Tables of requests, each run against this engine and a redis-server in both protocols.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisServer } from '../project.js'
import { ConnectionPair, EmbeddedServer, RedisServer } from './compare-with-redis.js'
import type { Words } from './wire.js'

/** A request to both, on a connection of its own if it has a name. */
export type Step = Words | { readonly on: string; readonly words: Words } | { readonly unordered: Words }

/** @param redisArgs more flags for redis-server */
export function describeCases(
  title: string,
  cases: Readonly<Record<string, readonly Step[]>>,
  redisArgs: readonly string[] = [],
): void {
  // Without a redis-server there is nothing to compare with.
  describe.skipIf(redisServer === undefined)(title, () => {
    let embedded: EmbeddedServer
    let redis: RedisServer
    beforeAll(async () => {
      embedded = await EmbeddedServer.open()
      redis = await RedisServer.open(['--enable-debug-command', 'yes', ...redisArgs])
    })
    afterAll(async () => {
      await embedded[Symbol.asyncDispose]()
      await redis[Symbol.asyncDispose]()
    })

    describe.each([2, 3])('in RESP%d', protocol => {
      it.each(Object.entries(cases))('%s', async (_, steps) => {
        await using pairs = new ConnectionPairs(embedded, redis, protocol)
        await (await pairs.get('')).same(['FLUSHALL'])
        for (const step of steps) {
          if ('on' in step) await (await pairs.get(step.on)).same(step.words)
          else if ('unordered' in step) await (await pairs.get('')).same(step.unordered, { unordered: true })
          else await (await pairs.get('')).same(step)
        }
      })
    })
  })
}

/** Connections by name, opened when they are first asked for. */
export class ConnectionPairs implements AsyncDisposable {
  readonly #pairs = new Map<string, ConnectionPair>()

  constructor(
    readonly embedded: EmbeddedServer,
    readonly redis: RedisServer,
    readonly protocol: number,
  ) {}

  async get(name: string): Promise<ConnectionPair> {
    const known = this.#pairs.get(name)
    if (known !== undefined) return known
    const pair = await ConnectionPair.open(this.embedded, this.redis)
    this.#pairs.set(name, pair)
    if (this.protocol === 3) for (const { raw } of await pair.both(['HELLO', 3])) expect(raw).toMatch(/^%7/)
    return pair
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pair of this.#pairs.values()) pair[Symbol.dispose]()
  }
}

/** What came without being asked for, on both. */
export async function sameMessage({ embedded, redis }: ConnectionPair): Promise<string> {
  const [ours, theirs] = await Promise.all([embedded.read(), redis.read()])
  expect(ours.raw).toBe(theirs.raw)
  return ours.raw
}
