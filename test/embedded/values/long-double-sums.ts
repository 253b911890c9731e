// Sums of long doubles, as redis-server makes them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addLongDoubles, parseLongDouble } from '../../../src/embedded/values/long-double.js'
import { redisServer } from '../../project.js'
import { RedisServer } from '../compare-with-redis.js'
import { randomOf } from '../random-commands/random.js'
import { Wire } from '../wire.js'

const NUMBERS: readonly string[] = [
  ...[
    '0',
    '-0',
    '1',
    '-1',
    '0.1',
    '0.2',
    '1.1',
    '3.0e3',
    '5.0e3',
    '1e-17',
    '5e-18',
    '15e-18',
    '25e-18',
    '4.9e-18',
  ],
  ...['18446744073709551615', '18446744073709551616', '18446744073709551617', '36893488147419103233', '1e30'],
  ...[
    '9007199254740993',
    '0.30000000000000000001',
    '123456789.123456789',
    '1e308',
    '1e309',
    '1e4931',
    '-1e4931',
  ],
  ...[
    '1.18973149535723176502e4932',
    '1.18973149535723176503e4932',
    '1.19e4932',
    '3.6e-4951',
    '1e-4951',
    '1.8e-4951',
  ],
  ...[
    '1e-4940',
    '1e99999999999999999999',
    '1e-99999999999999999999',
    '0e99999999999999999999',
    '00001.5',
    '.5',
    '5.',
  ],
  ...[
    '.',
    '+.5',
    '-.5',
    '+5',
    '--5',
    '+-5',
    '1e',
    '1e+',
    '1e+5',
    '1E5',
    '1e5.5',
    '0x',
    '0x1',
    '0X1.8P3',
    '0x.8',
    '0x1p',
  ],
  ...[
    '0x1p-3',
    '0x.p1',
    'inf',
    'INF',
    '-infinity',
    '+inf',
    'infin',
    'nan',
    '-nan',
    'nan(1)',
    '',
    ' 1',
    '1 ',
    '1\0',
    '1,5',
  ],
  ...[
    `${'0'.repeat(5118)}1`,
    `${'0'.repeat(5119)}1`,
    `0.${'3'.repeat(3000)}`,
    '1'.repeat(4000),
    '9'.repeat(4933),
  ],
]

/**
 * @param every how many of the numbers there are for each that a number is added to; 1: it is added to all
 * @param pairs how many random numbers are added to another
 */
export function describeLongDoubles({
  every,
  pairs,
}: {
  readonly every: number
  readonly pairs: number
}): void {
  // Without a redis-server there is nothing to compare with; other processors have another long double.
  describe.skipIf(redisServer === undefined || process.arch !== 'x64')('long doubles', () => {
    let redis: RedisServer
    beforeAll(async () => {
      redis = await RedisServer.open()
    })
    afterAll(async () => {
      await redis[Symbol.asyncDispose]()
    })

    /** What INCRBYFLOAT makes of them; undefined: an error. */
    async function sumOf(wire: Wire, a: string, b: string): Promise<string | undefined> {
      await wire.ask('SET', 'a', a)
      const { raw } = await wire.ask('INCRBYFLOAT', 'a', b)
      return raw.startsWith('-') ? undefined : raw.slice(raw.indexOf('\r\n') + 2, -2)
    }

    function ownSum(a: string, b: string): string | undefined {
      const [one, other] = [parseLongDouble(a), parseLongDouble(b)]
      return one === undefined || other === undefined ? undefined : addLongDoubles(one, other)
    }

    it.each(NUMBERS.map((number, first) => [number.slice(0, 40), number, first] as const))(
      '%j is added to others as by redis-server',
      async (_, number, first) => {
        using wire = await Wire.open(redis.port)
        for (const [index, other] of NUMBERS.entries()) {
          if ((index + first) % every !== 0) continue
          expect([number, other, ownSum(number, other)]).toEqual([
            number,
            other,
            await sumOf(wire, number, other),
          ])
        }
      },
    )

    it('adds random numbers as redis-server does', async () => {
      using wire = await Wire.open(redis.port)
      const seed = Date.now() % 2 ** 31
      const random = randomOf(seed)
      const number = () => {
        const digits = (most: number) =>
          Array.from({ length: random.int(most) }, () => random.int(10)).join('')
        const exponent = random.int(2) === 0 ? '' : `e${random.int(60) - 30}`
        return `${random.pick(['', '-'])}${random.int(10)}${digits(25)}${random.pick(['', `.${digits(30)}`])}${exponent}`
      }
      for (let count = 0; count < pairs; count++) {
        const [a, b] = [number(), number()]
        expect([seed, a, b, ownSum(a, b)]).toEqual([seed, a, b, await sumOf(wire, a, b)])
      }
    })
  })
}
