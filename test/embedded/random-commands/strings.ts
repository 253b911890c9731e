// Commands of strings and their numbers, the wrong ones included.
import type { Words } from '../wire.js'
import type { Generator, Random } from './random.js'

const some = (random: Random, most: number, make: () => string): string[] =>
  Array.from({ length: random.int(most) }, make)
const plain =
  (make: (random: Random) => Words): Generator =>
  random => ({ words: make(random) })

/** Strings that share bytes, so that LCS finds something. */
const text = (random: Random): string =>
  random.pick([
    () => random.member(),
    () => random.number(),
    () => some(random, 30, () => random.pick(['a', 'b', 'c', '\x00', '\xff', '\x0f'])).join(''),
  ])()

// Far from now, or long ago: when a command comes must not matter.
const MOMENTS = [
  'EXAT 4102444800',
  'PXAT 4102444800123',
  'exat 1',
  'PXAT 4102444899999',
  'EXAT 0',
  'PXAT x',
  'EXAT',
]
const BAD_TIMES = [
  'EX 0',
  'PX -1',
  'EX x',
  'PX',
  'ex 9223372036854775807',
  'PX 9223372036854775807',
  'EX 1.5',
]
const SET_OPTIONS = ['NX', 'XX', 'GET', 'KEEPTTL', 'nx', 'Xx', 'PERSIST', 'FOO']

function setOption(random: Random): string[] {
  const kind = random.int(6)
  if (kind === 0) return random.pick(BAD_TIMES).split(' ')
  return random.pick(kind < 3 ? MOMENTS : SET_OPTIONS).split(' ')
}

const small = (random: Random): string =>
  random.int(10) === 0 ? random.pick(['x', '-1', '', '1.5', '99999999999']) : String(random.int(60))
export const COMMANDS: readonly Generator[] = [
  ...Array.from({ length: 3 }, () => plain(random => ['SET', random.key(), text(random)])),
  plain(random => ['SET', random.key(), text(random), ...setOption(random), ...setOption(random)]),
  plain(random => ['SET', random.key(), text(random), ...setOption(random)]),
  plain(random => ['SET', ...some(random, 3, () => random.key())]),
  plain(random => [random.pick(['GET', 'STRLEN', 'GETDEL', 'INCR', 'DECR']), random.key()]),
  plain(random => ['GET', random.key()]),
  plain(random => [
    'GETEX',
    random.key(),
    ...random.pick([...MOMENTS, ...BAD_TIMES, 'PERSIST', 'NX']).split(' '),
  ]),
  plain(random => ['GETEX', random.key(), ...random.pick(['PERSIST', '', 'PERSIST EXAT 1']).split(' ')]),
  plain(random => [random.pick(['SETNX', 'GETSET', 'APPEND']), random.key(), text(random)]),
  plain(random => [
    random.pick(['SETEX', 'PSETEX']),
    random.key(),
    random.pick(['0', '-1', 'x', '']),
    text(random),
  ]),
  // A key of its own: its expiry depends on when it was set.
  plain(random => [
    random.pick(['SETEX', 'PSETEX']),
    'relative',
    random.pick(['900000', '990000']),
    text(random),
  ]),
  plain(random => [
    'SET',
    'relative',
    text(random),
    random.pick(['EX', 'PX']),
    '900000',
    ...setOption(random),
  ]),
  plain(random => [
    random.pick(['MSET', 'MSETNX']),
    ...some(random, 4, () => '').flatMap(() => [random.key(), text(random)]),
    ...some(random, 2, () => random.key()),
  ]),
  plain(random => ['MGET', ...some(random, 5, () => random.key())]),
  plain(random => [random.pick(['GETRANGE', 'SUBSTR']), random.key(), random.number(), random.number()]),
  plain(random => ['SETRANGE', random.key(), small(random), text(random)]),
  plain(random => [random.pick(['INCRBY', 'DECRBY', 'INCRBYFLOAT']), random.key(), random.number()]),
  plain(random => ['LCS', random.key(), random.key()]),
  plain(random => [
    'LCS',
    random.key(),
    random.key(),
    ...some(random, 4, () => random.pick(['IDX', 'LEN', 'WITHMATCHLEN', 'MINMATCHLEN', '2', 'FOO'])),
  ]),
  plain(random => ['LCS', random.key(), random.key(), 'IDX', 'MINMATCHLEN', random.number(), 'WITHMATCHLEN']),
]
