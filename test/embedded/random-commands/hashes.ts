// Commands of hashes, the wrong ones included.
import type { Words } from '../wire.js'
import type { Generator, Random } from './random.js'

const some = (random: Random, most: number, make: () => string): string[] =>
  Array.from({ length: random.int(most) }, make)
const plain =
  (make: (random: Random) => Words): Generator =>
  random => ({ words: make(random) })
// In a big hash, and in one with a long value, Redis has an order of its own.
const unordered =
  (make: (random: Random) => Words): Generator =>
  random => ({ words: make(random), unordered: true })

const pair = (random: Random): string[] => [
  random.member(),
  random.int(2) === 0 ? random.member() : random.number(),
]

export const COMMANDS: readonly Generator[] = [
  ...Array.from({ length: 3 }, () =>
    plain(random => [
      random.pick(['HSET', 'HMSET']),
      random.key(),
      ...pair(random),
      ...some(random, 4, () => '').flatMap(() => pair(random)),
    ]),
  ),
  plain(random => [random.pick(['HSET', 'HMSET']), random.key(), ...some(random, 6, () => random.member())]),
  plain(random => ['HSETNX', random.key(), ...pair(random)]),
  plain(random => ['HGET', random.key(), random.member()]),
  plain(random => ['HMGET', random.key(), ...some(random, 5, () => random.member())]),
  plain(random => ['HDEL', random.key(), ...some(random, 5, () => random.member())]),
  plain(random => ['HLEN', random.key()]),
  plain(random => [random.pick(['HEXISTS', 'HSTRLEN']), random.key(), random.member()]),
  unordered(random => [random.pick(['HGETALL', 'HKEYS', 'HVALS']), random.key()]),
  plain(random => ['HINCRBY', random.key(), random.member(), random.number()]),
  plain(random => ['HINCRBYFLOAT', random.key(), random.member(), random.number()]),
  // All of them, or none.
  unordered(random => ['HRANDFIELD', random.key(), random.pick(['1000', '0', '100'])]),
  random => ({ words: ['HRANDFIELD', random.key()], ignore: true }),
  random => ({
    words: ['HRANDFIELD', random.key(), String(random.int(20) - 10), ...some(random, 2, () => 'WITHVALUES')],
    ignore: true,
  }),
  plain(random => [
    'HRANDFIELD',
    random.key(),
    random.pick(['x', '', '1.5', '-9223372036854775808', '9223372036854775808']),
    ...some(random, 3, () => random.pick(['WITHVALUES', 'withscores'])),
  ]),
  plain(random => ['HRANDFIELD', random.key(), random.number(), 'withscores']),
  plain(random => ['HRANDFIELD', random.key(), '9223372036854775807', 'withvalues']),
  // What is told in which part is for the server to decide.
  random => ({
    words: [
      'HSCAN',
      random.key(),
      '0',
      ...some(random, 3, () => random.pick(['MATCH', 'COUNT', '*', 'm*', '5'])),
    ],
    ignore: true,
  }),
  plain(random => ['HSCAN', random.key(), random.pick(['x', ' 1', '1x', '99999999999999999999'])]),
  plain(random => ['HSCAN', random.key(), '0', random.pick(['MATCH', 'COUNT', 'TYPE', 'x'])]),
  plain(random => ['HSCAN', random.key(), '0', 'COUNT', random.pick(['0', '-1', 'x', '1.5', ''])]),
]
