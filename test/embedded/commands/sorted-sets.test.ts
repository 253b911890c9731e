import { describe, expect, it } from 'vitest'
import { formatDouble } from '../../../src/embedded/protocol/reply.js'
import { inOrder, RankedTree } from '../../../src/embedded/values/ranked-tree.js'
import { parseScore, parseScoreBound } from '../../../src/embedded/values/scores.js'
import { SortedSetValue } from '../../../src/embedded/values/sorted-set.js'
import { describeCases } from '../cases.js'

const SCORES = [
  ...[
    '0',
    '-0',
    '+5',
    '5.',
    '.5',
    '1e5',
    '1E-5',
    '-1.5e+3',
    '0x10',
    '0x1.8p3',
    '-0X.8P-1',
    '0x1p-1074',
    '0x.0p5',
  ],
  ...['inf', '+inf', '-INF', 'Infinity', '-infinity', 'nan', '-nan', 'NaN(1)', 'infx', 'in'],
  ...[
    '1e308',
    '1e309',
    '-1e309',
    '1e-310',
    '1e-400',
    '0e-400',
    '0.0e999',
    '0x1p-1080',
    '0x1p1024',
    '0x0p99999',
  ],
  ...['', ' ', ' 1', '1 ', '1\x00', '--1', '+', '.', '0x', '0xg', '1e', '1e+', '1_000', '1,5', 'one'],
  ...['3.3', '0.1', '1e15', '1e16', '1e17', '123456789012345678', '72057594037927936', '9007199254740993'],
  ...[
    '100000000000000.125',
    '100000000000000.375',
    '-100000000000000.125',
    '0.0001',
    '0.00001',
    '1e21',
    '1e22',
  ],
  ...[
    '9223372036854775807',
    '-9223372036854775808',
    '1.7976931348623157e308',
    '4.9e-324',
    '5e-324',
    '2e-324',
  ],
]

describeCases('sorted sets', {
  'members are added, moved and removed': [
    ['ZADD', 'a', '1', 'x', '2', 'y', '3', 'z'],
    ['ZADD', 'a', '5', 'x', '4', 'new', '6', 'new'],
    ['ZRANGE', 'a', '0', '-1', 'WITHSCORES'],
    ['ZCARD', 'a'],
    ['ZSCORE', 'a', 'x'],
    ['ZSCORE', 'a', 'nobody'],
    ['ZMSCORE', 'a', 'x', 'nobody', 'y'],
    ['ZRANK', 'a', 'y'],
    ['ZREVRANK', 'a', 'y'],
    ['ZRANK', 'a', 'nobody'],
    ['ZREVRANK', 'a', 'nobody'],
    ['ZREM', 'a', 'x', 'x', 'nobody'],
    ['ZREM', 'a', 'y', 'z', 'new'],
    ['EXISTS', 'a'],
  ],
  'a key that is missing is an empty sorted set': [
    ['ZCARD', 'a'],
    ['ZSCORE', 'a', 'x'],
    ['ZMSCORE', 'a', 'x', 'y'],
    ['ZRANK', 'a', 'x'],
    ['ZREVRANK', 'a', 'x'],
    ['ZREM', 'a', 'x'],
    ['ZSCAN', 'a', '0'],
    ['ZRANDMEMBER', 'a'],
    ['ZRANDMEMBER', 'a', '3'],
    ['ZRANDMEMBER', 'a', '3', 'WITHSCORES'],
    ['ZPOPMIN', 'a'],
    ['ZPOPMAX', 'a', '2'],
    ['ZMPOP', '2', 'a', 'b', 'MIN'],
  ],
  'each way to write a score': SCORES.flatMap((score, index) => [
    ['ZADD', 'a', score, `member ${index}`],
    ['ZSCORE', 'a', `member ${index}`],
    ['ZINCRBY', 'b', score, `member ${index}`],
    ['ZADD', 'c', 'INCR', score, 'one'],
    ['ZSCORE', 'c', 'one'],
  ]),
  'options of ZADD': [
    ['ZADD', 'a', '1', 'x', '2', 'y'],
    ['ZADD', 'a', 'NX', '9', 'x', '3', 'z'],
    ['ZADD', 'a', 'XX', '9', 'x', '3', 'nobody'],
    ['ZADD', 'a', 'XX', 'CH', '10', 'x', '3', 'nobody'],
    ['ZADD', 'a', 'CH', '10', 'x', '4', 'y', '1', 'new'],
    ['ZADD', 'a', 'GT', 'CH', '5', 'x', '5', 'y', '5', 'gt'],
    ['ZADD', 'a', 'LT', 'CH', '5', 'x', '7', 'y', '5', 'lt'],
    ['ZADD', 'a', 'gt', 'xx', 'ch', '50', 'x', '50', 'nobody'],
    ['ZADD', 'a', 'INCR', '1.5', 'x'],
    ['ZADD', 'a', 'NX', 'INCR', '1', 'x'],
    ['ZADD', 'a', 'XX', 'INCR', '1', 'nobody'],
    ['ZADD', 'none', 'XX', 'INCR', '1', 'nobody'],
    ['ZADD', 'none', 'XX', '1', 'nobody'],
    ['EXISTS', 'none'],
    ['ZADD', 'a', 'GT', 'INCR', '-1', 'x'],
    ['ZADD', 'a', 'LT', 'INCR', '-1', 'x'],
    ['ZADD', 'a', 'LT', 'INCR', '0', 'x'],
    ['ZADD', 'a', 'CH', 'INCR', '1', 'x'],
    ['ZADD', 'a', 'NX', 'NX', '1', 'twice'],
    ['ZRANGE', 'a', '0', '-1', 'WITHSCORES'],
  ],
  'options of ZADD that are refused': [
    ['ZADD', 'a', '1', 'x'],
    ['ZADD', 'a', 'NX', 'XX', '1', 'x'],
    ['ZADD', 'a', 'NX', 'GT', '1', 'x'],
    ['ZADD', 'a', 'NX', 'LT', '1', 'x'],
    ['ZADD', 'a', 'GT', 'LT', '1', 'x'],
    ['ZADD', 'a', 'NX', 'XX', 'GT', 'LT', 'x', 'x'],
    ['ZADD', 'a', 'INCR', '1', 'x', '2', 'y'],
    ['ZADD', 'a', 'INCR', '1'],
    ['ZADD', 'a', 'NX', 'XX', '1'],
    ['ZADD', 'a', 'CH', 'INCR'],
    ['ZADD', 'a', '1', 'NX', '2'],
    ['ZADD', 'a', '1', 'NX', 'x', 'y'],
    ['ZADD', 'a', '1', 'x', 'one', 'y'],
    ['ZRANGE', 'a', '0', '-1', 'WITHSCORES'],
    ['SET', 'text', 'x'],
    ['ZADD', 'text', 'NX', 'XX', '1', 'x'],
    ['ZADD', 'text', 'one', 'x'],
    ['ZADD', 'text', '1', 'x'],
  ],
  'infinities that meet are no number': [
    ['ZADD', 'a', 'inf', 'x', '-inf', 'y'],
    ['ZINCRBY', 'a', '-inf', 'x'],
    ['ZADD', 'a', 'INCR', '+inf', 'y'],
    ['ZADD', 'a', 'LT', 'INCR', '-inf', 'x'],
    ['ZADD', 'a', 'NX', 'INCR', '-inf', 'x'],
    ['ZINCRBY', 'a', '1', 'x'],
    ['ZINCRBY', 'a', '-1e308', 'y'],
    ['ZADD', 'b', '1.7e308', 'x'],
    ['ZINCRBY', 'b', '1.7e308', 'x'],
  ],
  'minus 0 is 0 in what Redis packs, and stays in what it does not': [
    ['ZADD', 'a', '-0', 'x', '0', 'a'],
    ['ZRANGE', 'a', '0', '-1', 'WITHSCORES'],
    ['ZINCRBY', 'a', '-0', 'new'],
    ['ZSCORE', 'a', 'new'],
    ['ZADD', 'large', '1', 'x'.repeat(65), '-0', 'y'],
    ['ZSCORE', 'large', 'y'],
    ['ZSCAN', 'large', '0', 'MATCH', 'y'],
    ['ZADD', 'many', ...Array.from({ length: 128 }, (_, index) => ['-0', `m${index}`]).flat()],
    ['ZADD', 'many', '-0', 'n'],
    ['ZMSCORE', 'many', 'm1', 'n'],
    ['ZUNION', '1', 'a', 'WEIGHTS', '-1', 'WITHSCORES'],
    ['ZUNIONSTORE', 'to', '1', 'a', 'WEIGHTS', '-1'],
    ['ZRANGE', 'to', '0', '-1', 'WITHSCORES'],
    ['ZUNIONSTORE', 'to', '1', 'large', 'WEIGHTS', '-1'],
    ['ZRANGE', 'to', '0', '-1', 'WITHSCORES'],
    ['ZRANGESTORE', 'to', 'large', '0', '-1'],
    ['ZRANGE', 'to', '0', '-1', 'WITHSCORES'],
  ],
  'those of one score are in the order of their bytes': [
    ['ZADD', 'a', '0', 'b', '0', 'a', '0', 'B', '0', '', '0', '\xff', '0', 'aa', '0', '\x00', '-1', 'z'],
    ['ZRANGE', 'a', '0', '-1'],
    ['ZRANK', 'a', '\xff'],
    ['ZRANK', 'a', ''],
  ],
  'another type is refused': [
    ['SET', 'text', 'x'],
    ...['ZCARD', 'ZPOPMIN', 'ZPOPMAX', 'ZRANDMEMBER'].map(name => [name, 'text']),
    ...['ZSCORE', 'ZMSCORE', 'ZRANK', 'ZREVRANK', 'ZREM'].map(name => [name, 'text', 'x']),
    ['ZINCRBY', 'text', '1', 'x'],
    ['ZINCRBY', 'text', 'one', 'x'],
    ['ZPOPMIN', 'text', '0'],
    ['ZPOPMIN', 'text', '-1'],
    ['ZRANDMEMBER', 'text', '0'],
    ['ZMPOP', '2', 'none', 'text', 'MIN'],
    ['ZMPOP', '1', 'text', 'MIN', 'COUNT', '0'],
    ['ZSCAN', 'text', '0'],
    ['SADD', 'set', 'x'],
    ['ZSCORE', 'set', 'x'],
    ['GET', 'none'],
  ],
  'the first and the last are taken': [
    ['ZADD', 'a', '1', 'x', '2', 'y', '3', 'z', '4', 'w', '5', 'v', '6', 'u'],
    ['ZPOPMIN', 'a'],
    ['ZPOPMAX', 'a'],
    ['ZPOPMIN', 'a', '0'],
    ['ZPOPMIN', 'a', '1'],
    ['ZPOPMAX', 'a', '2'],
    ['ZPOPMAX', 'a', '100'],
    ['EXISTS', 'a'],
    ['ZADD', 'a', '1', 'x'],
    ...['-1', 'x', '1.5', ''].map(count => ['ZPOPMIN', 'a', count]),
    ['ZPOPMAX', 'a', '1', '1'],
    ['ZPOPMAX', 'a', 'x', '1'],
  ],
  'the first of several keys': [
    ['ZADD', 'a', '1', 'x', '2', 'y', '3', 'z'],
    ['ZADD', 'b', '1', 'x'],
    ['ZMPOP', '2', 'none', 'a', 'MIN'],
    ['ZMPOP', '2', 'b', 'a', 'max', 'count', '10'],
    ['ZMPOP', '2', 'b', 'a', 'MAX', 'COUNT', '1'],
    ...['0', '-1', 'x', '1.5', '9223372036854775807'].map(count => ['ZMPOP', count, 'a', 'MIN']),
    ['ZMPOP', '2', 'a', 'MIN'],
    ['ZMPOP', '1', 'a', 'MID'],
    ['ZMPOP', '1', 'a', 'MIN', 'COUNT'],
    ['ZMPOP', '1', 'a', 'MIN', 'COUNT', '0'],
    ['ZMPOP', '1', 'a', 'MIN', 'COUNT', 'x'],
    ['ZMPOP', '1', 'a', 'MIN', 'COUNT', '1', 'COUNT', '1'],
    ['ZMPOP', '1', 'a', 'MIN', 'LIMIT', '1'],
  ],
  'members by chance': [
    ['ZADD', 'a', '1', 'x', '2', 'y', '3', 'z'],
    { unordered: ['ZRANDMEMBER', 'a', '3'] },
    { unordered: ['ZRANDMEMBER', 'a', '100'] },
    ['ZRANDMEMBER', 'a', '0'],
    ['ZRANDMEMBER', 'a', '0', 'WITHSCORES'],
    ['ZADD', 'single', '1.5', 'one'],
    ['ZRANDMEMBER', 'single'],
    ['ZRANDMEMBER', 'single', '1', 'withscores'],
    ['ZRANDMEMBER', 'single', '-3', 'WITHSCORES'],
    ['ZRANDMEMBER', 'single', '-3'],
    ...['-9223372036854775808', 'x', '1.5', ''].map(count => ['ZRANDMEMBER', 'a', count]),
    ['ZRANDMEMBER', 'a', '-9223372036854775807', 'WITHSCORES'],
    ['ZRANDMEMBER', 'a', '4611686018427387904', 'WITHSCORES'],
    ['ZRANDMEMBER', 'single', '4611686018427387903', 'WITHSCORES'],
    ['ZRANDMEMBER', 'a', '1', 'x'],
    ['ZRANDMEMBER', 'a', '1', 'WITHSCORES', 'x'],
    ['ZRANDMEMBER', 'a', 'x', 'x'],
  ],
  'a scan': [
    ['ZADD', 'a', '2.5', 'x', '1', 'y', 'inf', 'z', '3.3', 'w'],
    ['ZSCAN', 'a', '0'],
    ['ZSCAN', 'a', '0', 'MATCH', '[xy]', 'COUNT', '1'],
    ['ZSCAN', 'a', 'x'],
    ['ZSCAN', 'a', '0', 'COUNT', '0'],
    ['ZSCAN', 'a', '0', 'NOVALUES'],
  ],
  'a number of words that does not fit': [
    ...['ZADD', 'ZREM', 'ZSCORE', 'ZMSCORE', 'ZINCRBY', 'ZRANK', 'ZREVRANK', 'ZSCAN', 'ZMPOP'].map(name => [
      name,
      'a',
    ]),
    ...['ZCARD', 'ZPOPMIN', 'ZPOPMAX', 'ZRANDMEMBER'].map(name => [name]),
    ['ZRANK', 'a', 'x', 'WITHSCORE'],
    ['ZCARD', 'a', 'b'],
  ],
  'what changes nothing leaves a watched key alone': [
    ['ZADD', 'a', '1', 'x'],
    ['WATCH', 'a', 'none'],
    ['ZADD', 'a', '1', 'x'],
    ['ZADD', 'a', 'NX', '2', 'x'],
    ['ZADD', 'a', 'GT', '0', 'x'],
    ['ZADD', 'none', 'XX', '0', 'x'],
    ['ZREM', 'a', 'nobody'],
    ['ZPOPMIN', 'a', '0'],
    ['ZREMRANGEBYSCORE', 'a', '5', '6'],
    ['ZUNIONSTORE', 'none', '1', 'nothing'],
    ['ZRANGESTORE', 'none', 'a', '5', '6'],
    ['MULTI'],
    ['EXEC'],
    ['WATCH', 'a'],
    ['ZADD', 'a', '2', 'x'],
    ['MULTI'],
    ['EXEC'],
  ],
})

/** A few thousand changes that are the same each time. */
function* changes(): Generator<{
  readonly member: string
  readonly score: number
  readonly isRemoval: boolean
}> {
  let seed = 11
  const below = (n: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 1
    return seed % n
  }
  for (let step = 0; step < 20_000; step++)
    yield { member: `m${below(3_000)}`, score: below(50), isRemoval: below(step < 10_000 ? 4 : 2) === 0 }
}

describe('a sorted set', () => {
  it('is the same as a sorted array after the same changes', () => {
    const zset = new SortedSetValue()
    const known = new Map<string, number>()
    let step = 0
    for (const { member, score, isRemoval } of changes()) {
      if (isRemoval) expect(zset.delete(member)).toBe(known.delete(member))
      else {
        zset.set(member, score)
        known.set(member, score)
      }
      if (++step % 1_000 > 0) continue
      const sorted = inOrder(Array.from(known, ([name, value]) => ({ member: name, score: value })))
      expect([...zset]).toEqual(sorted)
      expect(zset.size).toBe(sorted.length)
      expect(zset.slice(100, 200)).toEqual(sorted.slice(100, 200))
      for (const [rank, entry] of sorted.entries()) expect(zset.rank(entry.member)).toBe(rank)
      expect(zset.search(entry => entry.score >= 25)).toBe(sorted.findIndex(entry => entry.score >= 25))
    }
    const copy = zset.copy()
    for (const member of [...zset.members()]) zset.delete(member)
    expect(zset.size).toBe(0)
    expect([...zset]).toEqual([])
    expect(copy.size).toBe(known.size)
    zset.set('again', 1)
    expect(zset.at(0)).toEqual({ member: 'again', score: 1 })
  })

  it.each(['rising', 'falling', 'mixed'])(
    'adds, ranks and removes 200,000 members with %s scores in no time',
    order => {
      const count = 200_000
      const scoreOf = (index: number) =>
        order === 'rising' ? index : order === 'falling' ? -index : (index * 7919) % count
      const zset = new SortedSetValue()
      const start = performance.now()
      for (let index = 0; index < count; index++) zset.set(`m${index}`, scoreOf(index))
      let sum = 0
      for (let index = 0; index < count; index++) sum += zset.rank(`m${index}`) ?? 0
      expect(sum).toBe((count * (count - 1)) / 2)
      for (let index = 0; index < count; index++) zset.delete(zset.at(0)?.member ?? '')
      expect(zset.size).toBe(0)
      // Steps that look at all the members would take many minutes.
      expect(performance.now() - start).toBeLessThan(10_000)
    },
  )

  it.each([
    [1e14 + 0.125, '100000000000000.12'],
    [-1e14 - 0.125, '-100000000000000.12'],
    [1e14 + 0.375, '100000000000000.38'],
    [2 ** 56, '72057594037927936'],
    [2 ** 53, '9007199254740992'],
    [1e17, '1e+17'],
    [3.3, '3.2999999999999998'],
    [0.0001, '0.0001'],
    [-0.00001, '-1.0000000000000001e-05'],
    [5e-324, '4.9406564584124654e-324'],
    [Number.MAX_VALUE, '1.7976931348623157e+308'],
    [-0, '-0'],
    [-Infinity, '-inf'],
  ])('tells %s as C does: %s', (value, text) => {
    expect(formatDouble(value)).toBe(text)
  })
})

describe('a tree made at once', () => {
  it.each([0, 1, 64, 65, 4_096, 4_097, 10_000])('is as one of %d entries that came one by one', count => {
    const entries = Array.from({ length: count }, (_, score) => ({ member: `m${score}`, score }))
    const tree = RankedTree.of(entries)
    expect([...tree.entries()]).toEqual(entries)
    expect(tree.slice(count - 3, count)).toEqual(entries.slice(Math.max(0, count - 3)))
    for (const { score } of entries) expect(tree.search(other => other.score >= score)).toBe(score)
    for (const { score } of entries) tree.insert({ member: 'between', score: score + 0.5 })
    for (const entry of entries) tree.remove(entry)
    expect([...tree.entries()].map(({ score }) => score)).toEqual(entries.map(({ score }) => score + 0.5))
  })
})

describe('a score', () => {
  const digits = '1'.repeat(60_000)
  it.each([`${digits}x`, `0x${digits}x`, `${digits}.x`, '1'.repeat(50_000_000)])(
    'of many digits is refused at once (%#)',
    text => {
      const start = performance.now()
      expect(parseScore(text)).toBeUndefined()
      expect(() => parseScoreBound(`(${text}`)).toThrow('ERR min or max is not a float')
      // Each part of the digits once more for each digit took seconds.
      expect(performance.now() - start).toBeLessThan(500)
    },
  )
})
