import { afterAll, beforeAll, describe, it } from 'vitest'
import { redisServer } from '../project.js'
import { Own, Pair, Real, type Words } from './pair.js'

// Without a redis-server there is nothing to compare with.
describe.skipIf(redisServer === undefined)('strings', () => {
  let own: Own
  let real: Real
  beforeAll(async () => {
    ;[own, real] = await Promise.all([Own.open(), Real.open()])
  })
  afterAll(async () => {
    await own[Symbol.asyncDispose]()
    await real[Symbol.asyncDispose]()
  })

  const CASES: readonly (readonly Words[])[] = [
    [['SET', 'a', '1'], ['GET', 'a'], ['GET', 'b'], ['DEL', 'a', 'b'], ['GET'], ['FOO', 'x', 'y']],
  ]
  it.each(CASES.map((words, index) => [index, words] as const))(
    'answers as redis-server does: case %d',
    async (_, list) => {
      using pair = await Pair.open(own, real)
      for (const words of list) await pair.same(words)
    },
  )
})
