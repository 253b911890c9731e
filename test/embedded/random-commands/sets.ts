// Commands of sets, the wrong ones included.
import type { Words } from '../wire.js'
import type { Generator, Random } from './random.js'

const some = (random: Random, most: number, make: () => string): string[] =>
  Array.from({ length: random.int(most) }, make)
const plain =
  (make: (random: Random) => Words): Generator =>
  random => ({ words: make(random) })
const unordered =
  (make: (random: Random) => Words): Generator =>
  random => ({ words: make(random), unordered: true })
const members = (random: Random): string[] => some(random, 5, () => random.member())
const keys = (random: Random): string[] => some(random, 4, () => random.key())

export const COMMANDS: readonly Generator[] = [
  ...Array.from({ length: 4 }, () => plain(random => ['SADD', random.key(), ...members(random)])),
  plain(random => ['SADD', random.key(), random.number(), random.number()]),
  plain(random => ['SREM', random.key(), ...members(random)]),
  plain(random => ['SCARD', random.key(), ...keys(random).slice(2)]),
  plain(random => ['SISMEMBER', random.key(), ...members(random).slice(0, random.int(10) === 0 ? 9 : 1)]),
  plain(random => ['SMISMEMBER', random.key(), ...members(random)]),
  unordered(random => ['SMEMBERS', random.key(), ...keys(random).slice(2)]),
  plain(random => ['SMOVE', random.key(), random.key(), random.member(), ...keys(random).slice(2)]),
  unordered(random => ['SINTER', random.key(), ...keys(random)]),
  unordered(random => ['SUNION', random.key(), ...keys(random)]),
  unordered(random => ['SDIFF', random.key(), ...keys(random)]),
  unordered(random => [random.pick(['SINTER', 'SUNION', 'SDIFF', 'sinterstore']), ...keys(random)]),
  plain(random => [
    random.pick(['SINTERSTORE', 'SUNIONSTORE', 'SDIFFSTORE']),
    random.key(),
    random.key(),
    ...keys(random),
  ]),
  plain(random => ['SINTERCARD', String(random.int(3)), random.key(), ...keys(random)]),
  plain(random => {
    const named = [random.key(), ...keys(random)]
    return [
      'SINTERCARD',
      String(named.length),
      ...named,
      'LIMIT',
      random.number(),
      ...members(random).slice(4),
    ]
  }),
  plain(random => ['SINTERCARD', random.number(), random.key(), random.key(), 'limit', '2', 'LIMIT', '1']),
  // Chance must not decide about the data: all of them, none of them, or the only one.
  unordered(random => ['SPOP', random.key(), random.pick(['0', '1000', '-1', 'x', '9223372036854775807'])]),
  plain(random => ['SPOP', random.pick(['missing', 'single']), ...keys(random).slice(2)]),
  plain(() => ['SADD', 'single', 'one']),
  random => ({ words: ['SRANDMEMBER', random.key(), random.pick(['2', '-3', '1'])], ignore: true }),
  plain(random => ['SRANDMEMBER', random.pick(['missing', 'single']), ...keys(random).slice(2)]),
  unordered(random => ['SRANDMEMBER', random.key(), random.pick(['0', '1000', 'x', '1.5', ''])]),
  plain(random => ['SRANDMEMBER', random.key(), '-9223372036854775808', ...keys(random).slice(2)]),
  plain(random => ['SRANDMEMBER', 'single', String(-random.int(5))]),
  // The order of members is not told by Redis, so a pattern for one of them, and counts that reach the end.
  plain(random => ['SSCAN', random.key(), '0', 'MATCH', random.member(), 'COUNT', '1000']),
  plain(random => ['SSCAN', random.key(), random.pick(['x', '-', '1x']), 'COUNT', random.number()]),
  plain(random => ['SSCAN', random.key(), '0', random.pick(['COUNT', 'MATCH', 'TYPE', 'x'])]),
]
