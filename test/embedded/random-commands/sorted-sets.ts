// Commands of sorted sets, the wrong ones included.
import type { Words } from '../wire.js'
import type { Generator, Random } from './random.js'

const some = (random: Random, most: number, make: () => string): string[] =>
  Array.from({ length: random.int(most) }, make)
const plain =
  (make: (random: Random) => Words): Generator =>
  random => ({ words: make(random) })
const keys = (random: Random): string[] => some(random, 3, () => random.key())
const pairs = (random: Random): string[] =>
  Array.from({ length: 1 + random.int(4) }, () => [random.number(), random.member()]).flat()
/** Now and then what does not belong there. */
const junk = (random: Random): string[] => (random.int(15) === 0 ? [random.member()] : [])

const option = (random: Random): string =>
  random.pick(['NX', 'XX', 'GT', 'LT', 'CH', 'INCR', 'nx', 'Ch', 'incr'])
const bound = (random: Random): string =>
  random.pick(['-inf', '+inf', 'inf', random.number(), `(${random.number()}`, `(${random.int(9)}`])
const lexBound = (random: Random): string =>
  random.pick(['-', '+', '[', '(', `[${random.member()}`, `(${random.member()}`, random.member()])
const limit = (random: Random): string[] =>
  random.pick([[], [], ['LIMIT', random.number(), random.number()], ['limit', '1', '3'], ['LIMIT', '0']])
const withScores = (random: Random): string[] => random.pick([[], ['WITHSCORES'], ['withscores']])
/** Where all scores are the same: elsewhere the order of members means nothing. */
const LEX = ['lex', 'lex', 'lex', 'large lex'] as const

const rangeOptions = (random: Random): string[] => [
  ...random.pick([[], [], ['BYSCORE'], ['byscore'], ['REV'], ['BYSCORE', 'REV'], ['REV', 'REV']]),
  ...limit(random),
  ...withScores(random),
  ...junk(random),
]

const sources = (random: Random): string[] => {
  const named = [random.key(), ...keys(random)]
  const count = random.int(12) === 0 ? random.number() : String(named.length)
  return [count, ...named]
}
const weights = (random: Random, [, ...named]: readonly string[]): string[] =>
  random.pick([[], ['WEIGHTS', ...named.map(() => random.number())], ['weights', '2']])
const aggregate = (random: Random): string[] =>
  random.pick([[], ['AGGREGATE', random.pick(['SUM', 'min', 'MAX', 'avg'])]])

export const COMMANDS: readonly Generator[] = [
  ...Array.from({ length: 6 }, () =>
    plain(random => ['ZADD', random.key(), ...pairs(random), ...junk(random)]),
  ),
  ...Array.from({ length: 3 }, () =>
    plain(random => ['ZADD', random.key(), ...some(random, 4, () => option(random)), ...pairs(random)]),
  ),
  plain(random => [
    'ZADD',
    random.key(),
    'INCR',
    ...some(random, 3, () => option(random)),
    ...pairs(random).slice(0, 2),
  ]),
  plain(random => ['ZADD', random.key(), ...some(random, 4, () => option(random))]),
  plain(random => ['ZINCRBY', random.key(), random.number(), random.member(), ...junk(random)]),
  plain(random => ['ZREM', random.key(), random.member(), ...some(random, 3, () => random.member())]),
  plain(random => ['ZCARD', random.key(), ...junk(random)]),
  plain(random => ['ZSCORE', random.key(), random.member(), ...junk(random)]),
  plain(random => ['ZMSCORE', random.key(), ...some(random, 4, () => random.member())]),
  plain(random => [random.pick(['ZRANK', 'ZREVRANK']), random.key(), random.member(), ...junk(random)]),
  plain(random => ['ZCOUNT', random.key(), bound(random), bound(random), ...junk(random)]),
  plain(random => ['ZRANGE', random.key(), random.number(), random.number(), ...rangeOptions(random)]),
  plain(random => ['ZRANGE', random.key(), bound(random), bound(random), 'BYSCORE', ...rangeOptions(random)]),
  plain(random => ['ZRANGE', random.key(), bound(random), bound(random), 'REV', ...rangeOptions(random)]),
  plain(random => ['ZRANGE', random.key(), '0', '-1', ...withScores(random)]),
  plain(random => [
    'ZREVRANGE',
    random.key(),
    random.number(),
    random.number(),
    ...withScores(random),
    ...junk(random),
  ]),
  plain(random => ['ZREVRANGE', random.key(), '0', '-1', ...limit(random)]),
  plain(random => [
    random.pick(['ZRANGEBYSCORE', 'ZREVRANGEBYSCORE']),
    random.key(),
    bound(random),
    bound(random),
    ...limit(random),
    ...withScores(random),
    ...junk(random),
  ]),
  plain(random => [
    'ZRANGESTORE',
    random.key(),
    random.key(),
    bound(random),
    bound(random),
    ...rangeOptions(random),
  ]),
  plain(random => ['ZRANGESTORE', random.key(), random.key(), '0', String(random.int(5)), ...limit(random)]),
  plain(random => ['ZREMRANGEBYRANK', random.key(), random.number(), random.number(), ...junk(random)]),
  plain(random => ['ZREMRANGEBYSCORE', random.key(), bound(random), bound(random), ...junk(random)]),

  plain(random => ['ZADD', random.pick(LEX), '0', random.member(), '0', random.member()]),
  plain(random => ['ZADD', 'large lex', '0', 'x'.repeat(100), '0', random.member(), '0', random.member()]),
  plain(random => ['ZLEXCOUNT', random.pick(LEX), lexBound(random), lexBound(random), ...junk(random)]),
  plain(random => [
    random.pick(['ZRANGEBYLEX', 'ZREVRANGEBYLEX']),
    random.pick(LEX),
    lexBound(random),
    lexBound(random),
    ...limit(random),
    ...withScores(random).slice(random.int(8) === 0 ? 0 : 1),
  ]),
  plain(random => [
    'ZRANGE',
    random.pick(LEX),
    lexBound(random),
    lexBound(random),
    'BYLEX',
    ...random.pick([[], ['REV'], ['BYSCORE'], ['WITHSCORES']]),
    ...limit(random),
  ]),
  plain(random => [
    'ZRANGESTORE',
    'lex',
    random.pick(LEX),
    lexBound(random),
    lexBound(random),
    'BYLEX',
    ...limit(random),
  ]),
  plain(random => ['ZREMRANGEBYLEX', random.pick(LEX), lexBound(random), lexBound(random)]),

  plain(random => [random.pick(['ZPOPMIN', 'ZPOPMAX']), random.key()]),
  plain(random => [random.pick(['ZPOPMIN', 'ZPOPMAX']), random.key(), random.number(), ...junk(random)]),
  plain(random => [
    'ZMPOP',
    ...sources(random),
    random.pick(['MIN', 'max', 'MAX']),
    ...random.pick([[], ['COUNT', random.number()], ['count', '2'], ['COUNT']]),
    ...junk(random),
  ]),
  // A short time, since both may have to wait for it.
  plain(random => [
    random.pick(['BZPOPMIN', 'BZPOPMAX']),
    random.key(),
    ...keys(random),
    random.pick(['0.001', '0.001', '1e-3', '-1', 'x', '1e300', 'nan']),
  ]),
  plain(random => [
    'BZMPOP',
    random.pick(['0.001', '0.001', '-1', 'x']),
    ...sources(random),
    random.pick(['MIN', 'MAX', 'mid']),
    ...random.pick([[], ['COUNT', random.number()]]),
  ]),

  random => ({
    words: ['ZRANDMEMBER', random.key(), random.pick(['2', '-3']), ...withScores(random)],
    ignore: true,
  }),
  random => ({
    words: [
      'ZRANDMEMBER',
      random.key(),
      random.pick(['0', '1000', 'x', '1.5', '']),
      ...withScores(random).slice(random.int(2)),
    ],
    unordered: true,
  }),
  plain(random => ['ZRANDMEMBER', random.key(), '-9223372036854775807', 'WITHSCORES', ...junk(random)]),
  plain(random => ['ZRANDMEMBER', 'missing', ...some(random, 4, () => random.number())]),
  plain(random => ['ZSCAN', random.key(), '0', 'MATCH', random.member(), 'COUNT', '1000']),
  plain(random => ['ZSCAN', random.key(), random.pick(['x', '-', '1x']), 'COUNT', random.number()]),

  ...['ZUNION', 'ZINTER', 'ZDIFF'].map(name =>
    plain(random => {
      const named = sources(random)
      return [
        name,
        ...named,
        ...weights(random, named),
        ...aggregate(random),
        ...withScores(random),
        ...junk(random),
      ]
    }),
  ),
  ...['ZUNIONSTORE', 'ZINTERSTORE', 'ZDIFFSTORE'].map(name =>
    plain(random => {
      const named = sources(random)
      const options = name === 'ZDIFFSTORE' ? [] : [...weights(random, named), ...aggregate(random)]
      return [name, random.key(), ...named, ...options, ...junk(random)]
    }),
  ),
  plain(random => [
    'ZINTERCARD',
    ...sources(random),
    ...random.pick([[], ['LIMIT', random.number()], ['limit']]),
    ...junk(random),
  ]),
]
