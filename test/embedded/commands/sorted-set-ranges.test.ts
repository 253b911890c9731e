import { describeCases } from '../cases.js'

const NUMBERS = [
  ...['0', '1', '3', '-1', '-3', '100', '-100'],
  ...['9223372036854775807', '-9223372036854775808', '9223372036854775808', 'x', '1.5', ''],
]
const BOUNDS = [
  '-inf',
  '+inf',
  'inf',
  '2',
  '(2',
  '4',
  '(4',
  '(-inf',
  '2.5',
  '(',
  '',
  ' 2',
  '( 2',
  'nan',
  'x',
  '((2',
  '1e400',
]
const STRANGE_BOUNDS = ['4\x00x', '(2\x00', ' ', '0x3', '-1e400', '\x00', '2 ', '\t\n2']
const LEX_BOUNDS = ['-', '+', '[', '(', '[b', '(b', '[d', '(d', '[bb', '[\xff']
const WRONG_LEX_BOUNDS = ['', 'b', '-x', '+x', '-\x00', '{b']
const PAIR_COUNT = 200

const ADD = [
  'ZADD',
  'a',
  '1',
  'x',
  '2',
  'y',
  '2',
  'z',
  '3',
  'w',
  '4',
  'v',
  '5',
  'u',
  'inf',
  'top',
  '-inf',
  'bottom',
]
const ADD_LEX = [
  'ZADD',
  'a',
  ...['a', 'b', 'bb', 'c', 'd', 'e', 'B', '', '\xfe'].flatMap(member => ['0', member]),
]
const ADD_MANY = [
  'ZADD',
  'a',
  ...Array.from({ length: PAIR_COUNT }, (_, index) => [String(index % 7), `m${index}`]).flat(),
]
const ADD_MANY_LEX = [
  'ZADD',
  'a',
  ...Array.from({ length: PAIR_COUNT }, (_, index) => ['0', `${index}`]).flat(),
]
/** Where scores differ, the order of members means nothing; Redis still has an answer for the few that it packs. */
const ADD_MIXED = ['ZADD', 'a', '1', 'c', '2', 'a', '3', 'd', '4', 'b', '5', 'e', '6', 'aa']

const cross = <T, U>(list: readonly T[], others: readonly U[]): [T, U][] =>
  list.flatMap(item => others.map(other => [item, other] as [T, U]))

describeCases('ranges of sorted sets', {
  'by rank': [
    ADD,
    ...cross(NUMBERS, NUMBERS).flatMap(([start, stop]) => [
      ['ZRANGE', 'a', start, stop],
      ['ZREVRANGE', 'a', start, stop, 'WITHSCORES'],
      ['ZRANGE', 'a', start, stop, 'REV'],
    ]),
  ],
  'by score': [
    ADD,
    ...cross(BOUNDS, BOUNDS).flatMap(([min, max]) => [
      ['ZRANGEBYSCORE', 'a', min, max],
      ['ZREVRANGEBYSCORE', 'a', max, min, 'WITHSCORES'],
      ['ZRANGE', 'a', min, max, 'BYSCORE', 'REV'],
      ['ZCOUNT', 'a', min, max],
    ]),
    ...STRANGE_BOUNDS.flatMap(bound => [
      ['ZRANGEBYSCORE', 'a', bound, '+inf'],
      ['ZRANGEBYSCORE', 'a', '-inf', bound],
      ['ZCOUNT', 'a', bound, bound],
    ]),
  ],
  'by member': [
    ADD_LEX,
    ...cross([...LEX_BOUNDS, ...WRONG_LEX_BOUNDS], LEX_BOUNDS).flatMap(([min, max]) => [
      ['ZRANGEBYLEX', 'a', min, max],
      ['ZREVRANGEBYLEX', 'a', max, min],
      ['ZRANGE', 'a', min, max, 'BYLEX'],
      ['ZRANGE', 'a', min, max, 'BYLEX', 'REV'],
      ['ZLEXCOUNT', 'a', min, max],
      ['ZLEXCOUNT', 'a', max, min],
    ]),
  ],
  'by member where scores differ': [
    ADD_MIXED,
    ...cross(LEX_BOUNDS, LEX_BOUNDS).flatMap(([min, max]) => [
      ['ZRANGEBYLEX', 'a', min, max],
      ['ZREVRANGEBYLEX', 'a', max, min],
      ['ZLEXCOUNT', 'a', min, max],
    ]),
    ['ZREMRANGEBYLEX', 'a', '[b', '(d'],
    ['ZRANGE', 'a', '0', '-1'],
  ],
  'of many': [
    ADD_MANY,
    ...cross(['0', '50', '-50', '-1', '1000'], ['10', '150', '-1', '-10']).flatMap(([start, stop]) => [
      ['ZRANGE', 'a', start, stop],
      ['ZREVRANGE', 'a', start, stop],
    ]),
    ...cross(BOUNDS, ['3', '(3', '+inf']).map(([min, max]) => [
      'ZRANGEBYSCORE',
      'a',
      min,
      max,
      'LIMIT',
      '5',
      '9',
    ]),
    ['ZREMRANGEBYSCORE', 'a', '(2', '4'],
    ['ZREMRANGEBYRANK', 'a', '10', '-10'],
    ['ZRANGE', 'a', '0', '-1', 'WITHSCORES'],
  ],
  'of many by member': [
    ADD_MANY_LEX,
    ...cross(['-', '[1', '(1', '[50', '+'], ['+', '[150', '(50', '-']).flatMap(([min, max]) => [
      ['ZRANGEBYLEX', 'a', min, max],
      ['ZREVRANGEBYLEX', 'a', max, min],
      ['ZLEXCOUNT', 'a', min, max],
    ]),
    ['ZREMRANGEBYLEX', 'a', '[11', '(30'],
    ['ZRANGE', 'a', '0', '-1'],
  ],
  LIMIT: [
    ADD,
    ...cross(['0', '1', '5', '100', '-1', '-5', '9223372036854775807', 'x'], NUMBERS).flatMap(
      ([offset, count]) => [
        ['ZRANGEBYSCORE', 'a', '1', '4', 'LIMIT', offset, count],
        ['ZREVRANGEBYSCORE', 'a', '4', '1', 'WITHSCORES', 'LIMIT', offset, count],
        ['ZRANGE', 'a', '-', '+', 'BYLEX', 'limit', offset, count],
        ['ZRANGE', 'a', '0', '-1', 'LIMIT', offset, count],
      ],
    ),
    ['ZRANGEBYSCORE', 'a', '1', '4', 'LIMIT', '1', '3', 'LIMIT', '0', '1'],
    ['ZRANGEBYSCORE', 'a', '1', '4', 'LIMIT', '1'],
    ['ZRANGEBYSCORE', 'a', '1', '4', 'LIMIT'],
    ['ZREVRANGE', 'a', '0', '-1', 'LIMIT', '0', '-1'],
    ['ZREVRANGE', 'a', '0', '-1', 'LIMIT', '0', '1'],
  ],
  'options that do not go together': [
    ADD,
    ['ZRANGE', 'a', '0', '1', 'BYSCORE', 'BYLEX'],
    ['ZRANGE', 'a', '0', '1', 'BYLEX', 'BYLEX'],
    ['ZRANGE', 'a', '0', '1', 'REV', 'REV'],
    ['ZRANGE', 'a', '0', '1', 'WITHSCORES', 'withscores'],
    ['ZRANGE', 'a', '0', '1', 'BYLEX', 'WITHSCORES'],
    ['ZRANGE', 'a', 'x', 'y', 'LIMIT', '0', '1', 'WITHSCORES'],
    ['ZRANGE', 'a', '[x', '[y', 'BYLEX', 'WITHSCORES', 'LIMIT', '0'],
    ['ZREVRANGE', 'a', '0', '1', 'REV'],
    ['ZREVRANGE', 'a', '0', '1', 'BYSCORE'],
    ['ZRANGEBYSCORE', 'a', '0', '1', 'REV'],
    ['ZRANGEBYLEX', 'a', '-', '+', 'BYLEX'],
    ['ZRANGEBYLEX', 'a', '-', '+', 'WITHSCORES'],
    ['ZREVRANGEBYLEX', 'a', '+', '-', 'REV'],
    ['ZRANGE', 'a', '0', '1', 'MORE'],
  ],
  'a missing key, another type, and which of the errors comes first': [
    ['SET', 'text', 'x'],
    ...['none', 'text'].flatMap(key => [
      ['ZRANGE', key, '0', '-1'],
      ['ZRANGE', key, 'x', '-1'],
      ['ZRANGE', key, '0', '-1', 'MORE'],
      ['ZRANGEBYSCORE', key, '0', '-1'],
      ['ZRANGEBYSCORE', key, 'x', '-1', 'MORE'],
      ['ZRANGEBYLEX', key, '-', 'x'],
      ['ZCOUNT', key, '0', '1'],
      ['ZCOUNT', key, 'x', '1'],
      ['ZLEXCOUNT', key, '-', '+'],
      ['ZLEXCOUNT', key, 'x', '+'],
      ['ZREMRANGEBYRANK', key, '0', '1'],
      ['ZREMRANGEBYRANK', key, 'x', '1'],
      ['ZREMRANGEBYSCORE', key, '0', '1'],
      ['ZREMRANGEBYSCORE', key, 'x', '1'],
      ['ZREMRANGEBYLEX', key, '-', '+'],
      ['ZREMRANGEBYLEX', key, 'x', '+'],
      ['ZRANGESTORE', 'to', key, '0', '-1'],
      ['ZRANGESTORE', 'to', key, 'x', '-1'],
    ]),
  ],
  'a range is removed': [
    ADD,
    ['ZREMRANGEBYRANK', 'a', '1', '2'],
    ['ZREMRANGEBYRANK', 'a', '5', '3'],
    ['ZREMRANGEBYSCORE', 'a', '(2', '3'],
    ['ZREMRANGEBYSCORE', 'a', '100', '200'],
    ['ZRANGE', 'a', '0', '-1', 'WITHSCORES'],
    ['ZREMRANGEBYRANK', 'a', '0', '-1'],
    ['EXISTS', 'a'],
    ADD_LEX,
    ['ZREMRANGEBYLEX', 'a', '[b', '(d'],
    ['ZRANGE', 'a', '0', '-1'],
    ['ZREMRANGEBYLEX', 'a', '-', '+'],
    ['EXISTS', 'a'],
  ],
  'a range is stored': [
    ADD,
    ['ZRANGESTORE', 'to', 'a', '1', '3'],
    ['ZRANGE', 'to', '0', '-1', 'WITHSCORES'],
    ['ZRANGESTORE', 'to', 'a', '(2', '5', 'BYSCORE', 'LIMIT', '1', '2'],
    ['ZRANGE', 'to', '0', '-1', 'WITHSCORES'],
    ['ZRANGESTORE', 'to', 'a', '5', '2', 'BYSCORE', 'REV', 'LIMIT', '0', '2'],
    ['ZRANGE', 'to', '0', '-1', 'WITHSCORES'],
    ['ZRANGESTORE', 'to', 'a', '0', '1', 'REV'],
    ['ZRANGE', 'to', '0', '-1', 'WITHSCORES'],
    ['ZRANGESTORE', 'to', 'a', '0', '1', 'WITHSCORES'],
    ['ZRANGESTORE', 'to', 'a', '0', '1', 'LIMIT', '0', '1'],
    ['ZRANGESTORE', 'a', 'a', '2', '-2'],
    ['ZRANGE', 'a', '0', '-1', 'WITHSCORES'],
    ['SET', 'to', 'text', 'EX', '100'],
    ['ZRANGESTORE', 'to', 'a', '0', '1'],
    ['TTL', 'to'],
    ['SET', 'to', 'text'],
    ['ZRANGESTORE', 'to', 'a', '100', '200'],
    ['EXISTS', 'to'],
    ['ZRANGESTORE', 'to', 'none', '0', '1'],
    ['ZRANGESTORE', 'to', 'a', '0'],
  ],
  'a number of words that does not fit': [
    ...['ZRANGE', 'ZREVRANGE', 'ZRANGEBYSCORE', 'ZRANGEBYLEX', 'ZCOUNT', 'ZLEXCOUNT', 'ZREMRANGEBYRANK'].map(
      name => [name, 'a', '0'],
    ),
    ['ZCOUNT', 'a', '0', '1', '2'],
    ['ZREMRANGEBYSCORE', 'a', '0', '1', '2'],
  ],
})
