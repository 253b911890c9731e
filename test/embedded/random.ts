// Random commands, asked of the embedded engine and of a redis-server.
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { redisServer } from '../project.js'
import { ConnectionPair, EmbeddedServer, RedisServer } from './compare-with-redis.js'
import { type Generator, randomOf } from './random-commands/random.js'

/** `SKYFLY_RANDOM_COMMANDS=100000` asks for more, `SKYFLY_RANDOM_SEED` for the same again. */
const SEED = Number(process.env.SKYFLY_RANDOM_SEED ?? Date.now() % 2 ** 31)

const folder = new URL('random-commands/', import.meta.url)
const files = readdirSync(folder).filter(file => file.endsWith('.ts') && file !== 'random.ts')

export function describeRandomCommands(commands: number): void {
  const count = Number(process.env.SKYFLY_RANDOM_COMMANDS ?? commands)
  // Without a redis-server there is nothing to compare with.
  describe.skipIf(redisServer === undefined)(`random commands, seed ${SEED}`, () => {
    it.each([2, 3] as const)(
      `get the same answers as from redis-server in RESP%d`,
      async protocol => {
        const modules = await Promise.all(files.map(file => import(new URL(file, folder).href)))
        const generators = modules.flatMap(module => module.COMMANDS as readonly Generator[])
        await using embedded = await EmbeddedServer.open()
        await using redis = await RedisServer.open()
        using pair = await ConnectionPair.open(embedded, redis)
        const random = randomOf(SEED + protocol)
        if (protocol === 3) await pair.both(['HELLO', '3'])
        const history: string[] = []
        let isTainted = false
        for (let step = 0; step < count; step++) {
          const { words, unordered = false, ignore = false } = random.pick(generators)(random)
          const [ours, theirs] = await pair.both(words)
          history.push(`${JSON.stringify(words)} -> ${JSON.stringify(theirs.raw)}`)
          // What chance decides in a transaction comes with its EXEC.
          if (theirs.raw === '+QUEUED\r\n') isTainted ||= ignore || unordered
          const isEnd = theirs.raw !== '+QUEUED\r\n' && /^(?:exec|discard|reset)$/i.test(String(words[0]))
          const isUnknown = ignore || (isEnd && isTainted)
          if (isEnd) isTainted = false
          if (isUnknown) continue
          const [got, wanted] = unordered ? [ours.sorted, theirs.sorted] : [ours.raw, theirs.raw]
          if (got === wanted) continue
          // What led there tells more than the one answer.
          expect.fail(
            `step ${step} of seed ${SEED}: ${JSON.stringify(words)}\n  redis-server: ${JSON.stringify(wanted)}\n  embedded:     ${JSON.stringify(got)}\nbefore it:\n  ${history.slice(-12).join('\n  ')}`,
          )
        }
        expect(history).toHaveLength(count)
      },
      600_000,
    )
  })
}
