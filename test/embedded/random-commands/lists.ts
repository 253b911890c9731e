// Commands of lists, the wrong ones included; those that could block have a key or end at once.
import type { Words } from '../wire.js'
import type { Generator, Random } from './random.js'

const pushes = ['LPUSH', 'RPUSH', 'LPUSHX', 'RPUSHX'] as const
const ends = ['LEFT', 'RIGHT', 'left', 'Right'] as const

/** Mostly right. */
const end = (random: Random): string => (random.int(20) === 0 ? random.member() : random.pick(ends))
const some = (random: Random, most: number, make: () => string): string[] =>
  Array.from({ length: random.int(most) }, make)
const plain =
  (make: (random: Random) => Words): Generator =>
  random => ({ words: make(random) })

function posOption(random: Random): string[] {
  const option = random.pick(['RANK', 'COUNT', 'MAXLEN', 'rank', 'BESIDE'])
  return random.int(20) === 0 ? [option] : [option, random.number()]
}

export const COMMANDS: readonly Generator[] = [
  ...Array.from({ length: 3 }, () =>
    plain(random => [
      random.pick(pushes),
      random.key(),
      random.member(),
      ...some(random, 4, () => random.member()),
    ]),
  ),
  plain(random => [random.pick(pushes), ...some(random, 3, () => random.key())]),
  plain(random => [random.pick(['LPOP', 'RPOP']), random.key()]),
  plain(random => [random.pick(['LPOP', 'RPOP']), random.key(), ...some(random, 3, () => random.number())]),
  plain(random => ['LLEN', random.key(), ...some(random, 2, () => random.key()).slice(1)]),
  plain(random => ['LINDEX', random.key(), random.number()]),
  plain(random => ['LRANGE', random.key(), random.number(), random.number()]),
  plain(random => ['LSET', random.key(), random.number(), random.member()]),
  plain(random => [
    'LINSERT',
    random.key(),
    random.pick(['BEFORE', 'after', 'beside']),
    random.member(),
    random.member(),
  ]),
  plain(random => ['LREM', random.key(), random.number(), random.member()]),
  plain(random => ['LTRIM', random.key(), String(random.int(3)), String(-random.int(3))]),
  plain(random => ['LTRIM', random.key(), random.number(), random.number()]),
  plain(random => [
    'LPOS',
    random.key(),
    random.member(),
    ...some(random, 4, () => '').flatMap(() => posOption(random)),
  ]),
  plain(random => ['LMOVE', random.key(), random.key(), end(random), end(random)]),
  plain(random => ['RPOPLPUSH', random.key(), random.key()]),
  plain(random => {
    const keys = [random.key(), ...some(random, 3, () => random.key())]
    // Redis 7.0 reads beyond its arguments when the number is near 2^63.
    const count = random.int(10) === 0 ? random.pick(['0', '-1', 'x', '4', '1.5']) : keys.length
    return ['LMPOP', count, ...keys, end(random), ...some(random, 3, () => random.pick(['COUNT', '1', '2']))]
  }),
  // The timeout is wrong, so the answer comes at once whatever the key holds.
  plain(random => [
    random.pick(['BLPOP', 'BRPOP']),
    ...[random.key(), ...some(random, 3, () => random.key())],
    random.pick(['-1', 'x', '', 'nan', 'inf', '1e300', '-inf', ' 1']),
  ]),
  plain(random => ['BLMOVE', random.key(), random.key(), end(random), end(random), random.pick(['-1', 'x'])]),
  plain(random => ['BRPOPLPUSH', random.key(), random.key(), random.pick(['-1', 'x', 'inf'])]),
  plain(random => ['BLMPOP', random.pick(['-1', 'x']), '1', random.key(), end(random)]),
  // The time is over at once, or there was something.
  plain(random => [random.pick(['BLPOP', 'BRPOP']), random.key(), random.key(), '0.001']),
  plain(random => ['BLMOVE', random.key(), random.key(), end(random), end(random), '0.001']),
  plain(random => ['BRPOPLPUSH', random.key(), random.key(), '0.001']),
  plain(random => [
    'BLMPOP',
    '0.001',
    '2',
    random.key(),
    random.key(),
    end(random),
    'COUNT',
    random.number(),
  ]),
]
