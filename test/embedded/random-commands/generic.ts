// Commands of keys of any type, the wrong ones included.
import type { Words } from '../wire.js'
import type { Generator, Random } from './random.js'

const some = (random: Random, most: number, make: () => string): string[] =>
  Array.from({ length: random.int(most) }, make)
const plain =
  (make: (random: Random) => Words): Generator =>
  random => ({ words: make(random) })

const PATTERNS = ['*', '?', '[a-c]', '[^a-c]', '*e*', 'long*', 'bin?', '\\a', '[', 'x*', ''] as const
// Far from now, or long ago: when a command comes must not matter.
const SECONDS = [
  '4102444800',
  '4102444801',
  '4102444900',
  '1',
  '0',
  '-1',
  'x',
  '',
  '9223372036854775807',
] as const
const MILLISECONDS = [
  '4102444800000',
  '4102444801499',
  '4102444801500',
  '1',
  '-9223372036854775808',
  '1.5',
] as const
/** Those that do not depend on now. */
const SPANS = ['0', '-1', '-100000', '-9223372036854775808', '9223372036854775807', 'x', '', '1.5'] as const
const conditions = (random: Random): string[] =>
  some(random, 3, () => random.pick(['NX', 'XX', 'GT', 'LT', 'nx', 'gt', random.int(5) === 0 ? 'FOO' : 'lt']))

export const COMMANDS: readonly Generator[] = [
  plain(random => [random.pick(['DEL', 'UNLINK']), random.key(), ...some(random, 3, () => random.key())]),
  plain(random => [
    random.pick(['EXISTS', 'TOUCH', 'DEL', 'UNLINK']),
    ...some(random, 2, () => random.key()),
  ]),
  plain(random => [random.pick(['EXISTS', 'TOUCH']), random.key(), ...some(random, 5, () => random.key())]),
  plain(random => ['TYPE', ...some(random, 3, () => random.key())]),
  plain(random => ['TYPE', random.key()]),
  random => ({ words: ['KEYS', random.pick(PATTERNS)], unordered: true }),
  // Which part comes first is for the server to decide.
  random => ({
    words: [
      'SCAN',
      random.pick(['0', '5', 'x']),
      ...some(random, 5, () => random.pick(['MATCH', 'COUNT', 'TYPE', '*', '3', 'string'])),
    ],
    ignore: true,
  }),
  random => ({ words: ['SCAN', 'x', ...some(random, 3, () => random.member())] }),
  plain(random => [
    'SCAN',
    '0',
    ...random.pick(['COUNT 0', 'COUNT -1', 'COUNT x', 'FOO 1', 'MATCH']).split(' '),
  ]),
  () => ({ words: ['RANDOMKEY'], ignore: true }),
  // One that is expired may still be counted.
  () => ({ words: ['DBSIZE'], ignore: true }),
  plain(random => [random.pick(['RENAME', 'RENAMENX']), random.key(), random.key()]),
  plain(random => [random.pick(['RENAME', 'RENAMENX']), ...some(random, 3, () => random.key())]),
  plain(random => ['COPY', random.key(), random.key(), ...some(random, 2, () => 'REPLACE')]),
  plain(random => [
    'COPY',
    random.key(),
    random.key(),
    ...random
      .pick(['DB 1', 'db 1 replace', 'DB', 'DB 16', 'DB x', 'DB 2 DB 0', 'FOO', 'replace DB -1'])
      .split(' '),
  ]),
  plain(random => ['MOVE', random.key(), random.pick(['0', '1', '2', '15', '16', '-1', 'x', '2147483648'])]),
  random => ({
    words: [
      random.int(4) === 0 ? 'FLUSHALL' : 'FLUSHDB',
      random.pick(random.int(4) === 0 ? ['ASYNC', 'SYNC', 'sync'] : ['FOO', '', 'a']),
    ],
  }),
  plain(random => ['EXPIREAT', random.key(), random.pick(SECONDS), ...conditions(random)]),
  plain(random => ['PEXPIREAT', random.key(), random.pick(MILLISECONDS), ...conditions(random)]),
  plain(random => [
    random.pick(['EXPIRE', 'PEXPIRE']),
    random.key(),
    random.pick(SPANS),
    ...conditions(random),
  ]),
  plain(random => [random.pick(['EXPIRE', 'PEXPIRE']), ...some(random, 3, () => random.key())]),
  plain(random => ['EXPIRE', 'relative', random.pick(['900000', '990000'])]),
  plain(random => [random.pick(['EXPIRETIME', 'PEXPIRETIME', 'PERSIST']), random.key()]),
  random => ({
    words: [random.pick(['TTL', 'PTTL']), random.pick(['relative', random.key()])],
    ignore: true,
  }),
  plain(random => [random.pick(['TTL', 'PTTL', 'PERSIST']), ...some(random, 2, () => '')]),
]
