import { describe, expect, it } from 'vitest'
import { SetValue } from '../../../src/embedded/values/set.js'
import { SortedSetValue } from '../../../src/embedded/values/sorted-set.js'
import { describeCases } from '../cases.js'
import { EmbeddedServer } from '../compare-with-redis.js'
import { Wire } from '../wire.js'

const MANY = Array.from({ length: 1_000 }, (_, index) => `member ${index}`)

describeCases('sets', {
  'members come and go': [
    ['SADD', 'a', '1', '2', '2', 'x'],
    ['SADD', 'a', 'x', 'y'],
    ['SCARD', 'a'],
    { unordered: ['SMEMBERS', 'a'] },
    ['SISMEMBER', 'a', '1'],
    ['SISMEMBER', 'a', '01'],
    ['SMISMEMBER', 'a', 'x', 'nobody', 'y', 'x'],
    ['SREM', 'a', '1', 'nobody', '1'],
    { unordered: ['SMEMBERS', 'a'] },
    ['SREM', 'a', '2', 'x', 'y', 'z'],
    ['EXISTS', 'a'],
    ['TYPE', 'a'],
  ],
  'a key that is missing is an empty set': [
    ['SCARD', 'a'],
    ['SMEMBERS', 'a'],
    ['SISMEMBER', 'a', 'x'],
    ['SMISMEMBER', 'a', 'x', 'y'],
    ['SREM', 'a', 'x'],
    ['SPOP', 'a'],
    ['SPOP', 'a', '3'],
    ['SPOP', 'a', '0'],
    ['SRANDMEMBER', 'a'],
    ['SRANDMEMBER', 'a', '3'],
    ['SRANDMEMBER', 'a', '-3'],
    ['SRANDMEMBER', 'a', '-9223372036854775807'],
    ['SMOVE', 'a', 'b', 'x'],
    ['SSCAN', 'a', '0'],
  ],
  'bytes are bytes': [
    ['SADD', 'a', '\xff\x00\r\n', '', ' ', '\xc3\xa9'],
    ['SISMEMBER', 'a', '\xff\x00\r\n'],
    ['SISMEMBER', 'a', ''],
    { unordered: ['SMEMBERS', 'a'] },
  ],
  'another type is refused': [
    ['SET', 'text', 'x'],
    ['SADD', 'set', 'x'],
    ...['SADD', 'SREM', 'SISMEMBER', 'SMISMEMBER'].map(name => [name, 'text', 'x']),
    ...['SCARD', 'SMEMBERS', 'SPOP', 'SRANDMEMBER'].map(name => [name, 'text']),
    ['SPOP', 'text', '0'],
    ['SRANDMEMBER', 'text', '0'],
    ['SSCAN', 'text', '0'],
    ['SSCAN', 'text', 'x'],
    ['SMOVE', 'text', 'set', 'x'],
    ['SMOVE', 'set', 'text', 'x'],
    ['SMOVE', 'set', 'text', 'nobody'],
    ['SMOVE', 'missing', 'text', 'x'],
    ['GET', 'set'],
  ],
  'a member moves': [
    ['SADD', 'a', 'x', 'y'],
    ['SADD', 'b', 'y'],
    ['SMOVE', 'a', 'b', 'nobody'],
    ['SMOVE', 'a', 'b', 'x'],
    { unordered: ['SMEMBERS', 'b'] },
    ['SMOVE', 'a', 'b', 'y'],
    ['EXISTS', 'a'],
    ['SMOVE', 'b', 'b', 'y'],
    ['SMOVE', 'b', 'b', 'nobody'],
    ['SMOVE', 'b', 'made', 'y'],
    ['SMEMBERS', 'made'],
  ],
  'a number of members is taken': [
    ['SADD', 'a', 'x', 'y', 'z'],
    ['SPOP', 'a', '0'],
    { unordered: ['SPOP', 'a', '3'] },
    ['EXISTS', 'a'],
    ['SADD', 'a', 'x'],
    ['SPOP', 'a', '9223372036854775807'],
    ['SADD', 'a', 'x'],
    ['SPOP', 'a'],
    ['SADD', 'a', 'x'],
    ...['-1', 'x', '1.5', '', '9223372036854775808'].map(count => ['SPOP', 'a', count]),
    ['SPOP', 'a', '1', '1'],
    ['SPOP', 'a', 'x', '1'],
  ],
  'members by chance': [
    ['SADD', 'a', 'x', 'y', 'z'],
    { unordered: ['SRANDMEMBER', 'a', '3'] },
    { unordered: ['SRANDMEMBER', 'a', '9223372036854775807'] },
    ['SRANDMEMBER', 'a', '0'],
    ['SADD', 'single', 'one'],
    ['SRANDMEMBER', 'single'],
    ['SRANDMEMBER', 'single', '1'],
    ['SRANDMEMBER', 'single', '-4'],
    ...['-9223372036854775808', 'x', '1.5', ''].map(count => ['SRANDMEMBER', 'a', count]),
    ['SRANDMEMBER', 'a', 'x', '1'],
  ],
  'a scan': [
    ['SADD', 'a', 'x'],
    ['SSCAN', 'a', '0'],
    ['SSCAN', 'a', '0', 'MATCH', 'y*'],
    ['SSCAN', 'a', '0', 'count', '100', 'match', '?'],
    ...['x', '-', '1x'].map(cursor => ['SSCAN', 'a', cursor]),
    ['SSCAN', 'a', '0', 'COUNT', '0'],
    ['SSCAN', 'a', '0', 'COUNT', 'x'],
    ['SSCAN', 'a', '0', 'COUNT'],
    ['SSCAN', 'a', '0', 'TYPE', 'set'],
    ['SSCAN', 'none', '0', 'COUNT', 'x'],
  ],
  'a large set': [
    ['SADD', 'a', ...MANY],
    ['SADD', 'b', ...MANY.slice(500), 'more'],
    ['SINTERCARD', '2', 'a', 'b'],
    { unordered: ['SDIFF', 'b', 'a'] },
    { unordered: ['SUNION', 'a', 'b'] },
    ['SREM', 'a', ...MANY.slice(0, 990)],
    { unordered: ['SMEMBERS', 'a'] },
  ],
  'a number of words that does not fit': [
    ...['SADD', 'SREM', 'SISMEMBER', 'SMISMEMBER', 'SMOVE', 'SSCAN', 'SINTERCARD'].map(name => [name, 'a']),
    ...['SCARD', 'SMEMBERS', 'SPOP', 'SRANDMEMBER', 'SINTER', 'SUNIONSTORE'].map(name => [name]),
    ['SCARD', 'a', 'b'],
    ['SMEMBERS', 'a', 'b'],
  ],
  'each member that changes nothing leaves a watched key alone': [
    ['SADD', 'a', 'x'],
    ['SADD', 'b', 'y'],
    ['WATCH', 'a', 'b'],
    ['SADD', 'a', 'x'],
    ['SREM', 'a', 'nobody'],
    ['SMOVE', 'a', 'b', 'nobody'],
    ['SMOVE', 'a', 'a', 'x'],
    ['SPOP', 'a', '0'],
    ['MULTI'],
    ['EXEC'],
    ['WATCH', 'a'],
    ['SADD', 'a', 'new'],
    ['MULTI'],
    ['EXEC'],
    ['WATCH', 'b'],
    ['SMOVE', 'a', 'b', 'x'],
    ['MULTI'],
    ['EXEC'],
    ['WATCH', 'gone'],
    ['SINTERSTORE', 'gone', 'none'],
    ['MULTI'],
    ['EXEC'],
  ],
})

describe('a set', () => {
  it('gives each of its members by chance, and never one twice', async () => {
    await using embedded = await EmbeddedServer.open()
    using wire = await Wire.open(embedded.port)
    await wire.ask('SADD', 'a', ...MANY.slice(0, 10))
    const seen = new Set<string>()
    for (let round = 0; round < 200; round++) {
      const { raw } = await wire.ask('SRANDMEMBER', 'a', '5')
      const members = raw.match(/member \d/g) ?? []
      expect(new Set(members).size).toBe(5)
      for (const member of members) seen.add(member)
    }
    expect(seen.size).toBe(10)
    expect((await wire.ask('SRANDMEMBER', 'a', '-1000')).raw.match(/member \d/g)).toHaveLength(1_000)
  })

  it('refuses so many members by chance that they would fill the memory', async () => {
    await using embedded = await EmbeddedServer.open()
    using wire = await Wire.open(embedded.port)
    await wire.ask('SADD', 'a', 'x')
    await wire.ask('ZADD', 'z', '1', 'x')
    expect((await wire.ask('SRANDMEMBER', 'a', '-9223372036854775807')).raw).toMatch(/^-ERR value is out of/)
    expect((await wire.ask('ZRANDMEMBER', 'z', '-9223372036854775807')).raw).toMatch(/^-ERR value is out of/)
  })

  it('is scanned to the end while members come and go', async () => {
    await using embedded = await EmbeddedServer.open()
    using wire = await Wire.open(embedded.port)
    await wire.ask('SADD', 'a', ...MANY)
    const seen = new Set<string>()
    let cursor = '0'
    let round = 0
    do {
      const { raw } = await wire.ask('SSCAN', 'a', cursor, 'COUNT', '50')
      cursor = raw.split('\r\n')[2] ?? ''
      for (const member of raw.match(/member \d+/g) ?? []) seen.add(member)
      await wire.ask('SREM', 'a', `member ${round++}`)
      await wire.ask('SADD', 'a', `extra ${round}`)
    } while (cursor !== '0')
    expect(MANY.slice(round).filter(member => !seen.has(member))).toEqual([])
  })
})

describe('what is too large', () => {
  it('stays when no answer can hold it: SPOP, ZPOPMIN, ZPOPMAX, ZMPOP', async () => {
    await using embedded = await EmbeddedServer.open()
    using wire = await Wire.open(embedded.port)
    const members = ['a', 'b'].map(letter => letter.repeat(270_000_000))
    embedded.engine.firstDatabase.set('s', SetValue.of(members))
    embedded.engine.firstDatabase.set(
      'z',
      SortedSetValue.of(members.map((member, score) => ({ member, score }))),
    )
    const tooLarge = '-ERR the answer is too large for this server\r\n'
    expect((await wire.ask('SPOP', 's', '2')).raw).toBe(tooLarge)
    expect((await wire.ask('SCARD', 's')).raw).toBe(':2\r\n')
    expect((await wire.ask('ZPOPMIN', 'z', '2')).raw).toBe(tooLarge)
    expect((await wire.ask('ZPOPMAX', 'z', '2')).raw).toBe(tooLarge)
    expect((await wire.ask('ZMPOP', '1', 'z', 'MIN', 'COUNT', '2')).raw).toBe(tooLarge)
    expect((await wire.ask('ZCARD', 'z')).raw).toBe(':2\r\n')
  })
})
