import { describeCases } from '../cases.js'

const SETS = [
  ['ZADD', 'a', '1', 'x', '2', 'y', '3', 'z'],
  ['ZADD', 'b', '10', 'y', '20', 'z', '30', 'w'],
  ['ZADD', 'c', 'inf', 'y', '-inf', 'z', '0.1', 'v'],
  ['SADD', 'plain', 'x', 'y', 'v'],
]
const KEYS = [
  ['1', 'a'],
  ['2', 'a', 'b'],
  ['3', 'a', 'b', 'c'],
  ['2', 'plain', 'a'],
  ['2', 'a', 'plain'],
  ['2', 'a', 'a'],
  ['2', 'a', 'none'],
  ['2', 'none', 'a'],
  ['1', 'none'],
  ['1', 'plain'],
]
const AGGREGATES = [[], ['AGGREGATE', 'SUM'], ['aggregate', 'min'], ['AGGREGATE', 'Max']]

describeCases('unions, intersections and differences of sorted sets', {
  'are told': [
    ...SETS,
    ...['ZUNION', 'ZINTER'].flatMap(name =>
      KEYS.flatMap(keys => AGGREGATES.map(aggregate => [name, ...keys, ...aggregate, 'WITHSCORES'])),
    ),
    ...KEYS.flatMap(keys => ['ZUNION', 'ZINTER', 'ZDIFF'].map(name => [name, ...keys])),
    ...KEYS.map(keys => ['ZDIFF', ...keys, 'withscores']),
    ...KEYS.map(keys => ['ZINTERCARD', ...keys]),
  ],
  'are stored': ['ZUNIONSTORE', 'ZINTERSTORE', 'ZDIFFSTORE'].flatMap(name =>
    KEYS.flatMap(keys => [
      ...SETS,
      ['SET', 'to', 'text', 'EX', '100'],
      [name, 'to', ...keys],
      ['TTL', 'to'],
      ['TYPE', 'to'],
      [name, 'a', ...keys],
      ['ZRANGE', 'a', '0', '-1', 'WITHSCORES'],
    ]),
  ),
  'are weighted': [
    ...SETS,
    ...['ZUNION', 'ZINTER'].flatMap(name =>
      ['2', '0', '-1', '-0', '0.5', 'inf', '-inf', '1e300', 'nan', 'x', ''].flatMap(weight => [
        [name, '2', 'a', 'c', 'WEIGHTS', weight, '1', 'WITHSCORES'],
        [name, '2', 'a', 'c', 'weights', '1', weight, 'AGGREGATE', 'MIN', 'WITHSCORES'],
        [name, '2', 'c', 'a', 'WITHSCORES', 'WEIGHTS', weight, weight, 'AGGREGATE', 'MAX'],
        [name, '2', 'plain', 'a', 'WEIGHTS', weight, '3', 'WITHSCORES'],
      ]),
    ),
    ['ZUNIONSTORE', 'to', '2', 'a', 'b', 'WEIGHTS', '2', '3', 'AGGREGATE', 'MAX'],
    ['ZRANGE', 'to', '0', '-1', 'WITHSCORES'],
  ],
  'add up in the order of sizes': [
    ['ZADD', 'a', '0.1', 'x', '1', 'p', '1', 'q'],
    ['ZADD', 'b', '0.2', 'x', '1', 'r'],
    ['ZADD', 'c', '0.3', 'x'],
    ['ZADD', 'd', '1e16', 'x', '1', 'r'],
    ['ZUNION', '3', 'a', 'b', 'c', 'WITHSCORES'],
    ['ZINTER', '3', 'a', 'b', 'c', 'WITHSCORES'],
    ['ZUNION', '4', 'd', 'c', 'b', 'a', 'WITHSCORES'],
    ['ZUNION', '4', 'b', 'd', 'a', 'c', 'WITHSCORES'],
  ],
  'are refused, the first of several mistakes': [
    ...SETS,
    ['SET', 'text', 'x'],
    ...['ZUNION', 'ZINTER', 'ZDIFF', 'ZINTERCARD'].flatMap(name => [
      ...['0', '-1', 'x', '1.5', '5', '9223372036854775807'].map(count => [name, count, 'a', 'b']),
      [name, '2', 'none', 'text'],
      [name, '1', 'text', 'x'],
      [name, '3', 'text', 'x'],
      [name, '1', 'a', 'x'],
      [name, '1', 'a', 'WEIGHTS', '1'],
      [name, '1', 'a', 'WEIGHTS'],
      [name, '2', 'a', 'b', 'WEIGHTS', '1'],
      [name, '1', 'a', 'AGGREGATE', 'AVG'],
      [name, '1', 'a', 'AGGREGATE'],
      [name, '1', 'a', 'WITHSCORES', 'WITHSCORES'],
      [name, '1', 'a', 'LIMIT', '1'],
      [name, '1'],
    ]),
    ...['ZUNIONSTORE', 'ZINTERSTORE', 'ZDIFFSTORE'].flatMap(name => [
      ...['0', '-1', 'x', '5'].map(count => [name, 'to', count, 'a', 'b']),
      [name, 'to', '1', 'text'],
      [name, 'to', '1', 'a', 'WITHSCORES'],
      [name, 'to', '1', 'a', 'WEIGHTS', '1'],
      [name, 'to', '1'],
    ]),
    ['EXISTS', 'to'],
  ],
  'have common members that are counted': [
    ...SETS,
    ['ZINTERCARD', '2', 'a', 'b', 'LIMIT', '1'],
    ['ZINTERCARD', '2', 'a', 'b', 'limit', '0'],
    ['ZINTERCARD', '2', 'a', 'b', 'LIMIT', '5', 'LIMIT', '1'],
    ['ZINTERCARD', '2', 'a', 'plain'],
    ['ZINTERCARD', '2', 'a', 'b', 'LIMIT', '-1'],
    ['ZINTERCARD', '2', 'a', 'b', 'LIMIT', 'x'],
    ['ZINTERCARD', '2', 'a', 'b', 'LIMIT'],
  ],
})
