import { describe, expect, it, vi } from 'vitest'
import { EmbeddedServer } from '../compare-with-redis.js'
import { Wire } from '../wire.js'

describe('what is too large', () => {
  it('is refused beyond the entries that a map can have, and nothing else changes', async () => {
    await using embedded = await EmbeddedServer.open()
    using wire = await Wire.open(embedded.port)
    const db = embedded.engine.firstDatabase
    await wire.ask('SADD', 's', 'm0', 'm1', 'm2')
    await wire.ask('HSET', 'h', 'm0', '0', 'm1', '1', 'm2', '2')
    await wire.ask('ZADD', 'z', '0', 'm0', '1', 'm1', '2', 'm2')
    await wire.ask('HRANDFIELD', 'h')
    await wire.ask('SADD', 'other', 'm3')
    const { set } = Map.prototype
    // As V8 does at 2^24 entries.
    using full = vi.spyOn(Map.prototype, 'set').mockImplementation(function (
      this: Map<unknown, unknown>,
      key,
      value,
    ) {
      const limit = this.has('m0') ? 4 : this.has('other') ? 5 : Number.POSITIVE_INFINITY
      if (this.size >= limit && !this.has(key)) throw new RangeError('Map maximum size exceeded')
      return set.call(this, key, value)
    })
    const refused = '-ERR this server holds at most 16777216 members in one key\r\n'
    expect((await wire.ask('SADD', 's', 'm2', 'm3', 'm4')).raw).toBe(refused)
    expect((await wire.ask('SMOVE', 'other', 's', 'm3')).raw).toBe(':1\r\n')
    await wire.ask('SADD', 'other', 'm5')
    expect((await wire.ask('SMOVE', 'other', 's', 'm5')).raw).toBe(refused)
    expect((await wire.ask('SMEMBERS', 'other')).raw).toBe('*1\r\n$2\r\nm5\r\n')
    expect((await wire.ask('SPOP', 's', '9')).sorted).toContain('m3')
    expect((await wire.ask('HSET', 'h', 'm2', '!', 'm3', '3', 'm4', '4')).raw).toBe(refused)
    expect((await wire.ask('HLEN', 'h')).raw).toBe(':4\r\n')
    expect((await wire.ask('HRANDFIELD', 'h', '9')).raw).toMatch(/^\*4/)
    expect((await wire.ask('ZADD', 'z', '2', 'm3', '3', 'm4')).raw).toBe(refused)
    expect((await wire.ask('ZRANGE', 'z', '0', '-1')).raw).toMatch(/^\*4/)
    await wire.ask('MSET', 'k1', '', 'k2', '')
    expect(db.size).toBe(5)
    const noKeys = '-ERR this server holds at most 16777216 keys\r\n'
    expect((await wire.ask('SET', 'k3', '')).raw).toBe(noKeys)
    expect((await wire.ask('SET', 'k1', 'x')).raw).toBe('+OK\r\n')
    expect((await wire.ask('RENAME', 'k1', 'k3')).raw).toBe(noKeys)
    expect((await wire.ask('GET', 'k1')).raw).toBe('$1\r\nx\r\n')
    await wire.ask('DEL', 'k1')
    await wire.ask('RPUSH', 'l', 'x')
    expect((await wire.ask('LMOVE', 'l', 'new', 'LEFT', 'LEFT')).raw).toBe(noKeys)
    expect((await wire.ask('LLEN', 'l')).raw).toBe(':1\r\n')
    expect(full).toHaveBeenCalled()
  })
})
