import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { Embedded } from '../../../src/embedded/embedded.js'
import type { Value } from '../../../src/embedded/keyspace.js'
import { loadSnapshot, saveSnapshot } from '../../../src/embedded/rdb/snapshot.js'
import { redisServer } from '../../project.js'
import { DEFAULTS, RedisServer } from '../compare-with-redis.js'
import { Wire } from '../wire.js'
import { CASES, int32, int64 } from './rdb-cases.js'
import { bytes, rdbFile, SnapshotFolder, summed, text } from './rdb-file.js'

const engineIn = (dir: string): Embedded => new Embedded({ ...DEFAULTS, dir, dbfilename: 'dump.rdb' })

async function loaded(file: Buffer): Promise<Embedded> {
  using folder = new SnapshotFolder(file)
  const engine = engineIn(folder.dir)
  await loadSnapshot(engine)
  return engine
}

/** A value so that it can be compared. */
function plain(value: Value | undefined): unknown {
  if (value === undefined || typeof value === 'string') return value
  if (value.type === 'hash') return Object.fromEntries(value)
  if (value.type === 'zset') return [...value].map(({ member, score }) => [member, score])
  return [...value]
}

const KEY = bytes(0xfe, 0)

describe('a file by its bytes', () => {
  it.each(CASES)('has $title', async ({ type, value, is }) => {
    const engine = await loaded(rdbFile([KEY, type, text('key'), value]))
    expect(plain(engine.firstDatabase.get('key'))).toEqual(is)
  })

  it('is written in this order', async () => {
    using folder = new SnapshotFolder()
    const engine = engineIn(folder.dir)
    const now = 1_900_000_000_123
    vi.useFakeTimers({ toFake: ['Date'], now })
    const db = engine.databases[3]
    db?.set('a', 'x'.repeat(70))
    db?.set('b', '12')
    db?.expire('b', now + 1)
    saveSnapshot(engine)
    vi.useRealTimers()
    const aux = (name: string, value: string) => bytes(0xfa, text(name), text(value))
    const expected = bytes(
      ...['REDIS0009', aux('redis-ver', '7.0.15'), aux('redis-bits', '64'), aux('ctime', '1900000000')],
      ...[0xfe, 3, 0xfb, 2, 1, 0, text('a'), 0x40, 70, 'x'.repeat(70)],
      ...[0xfc, int64(BigInt(now) + 1n), 0, text('b'), text('12'), 0xff, Buffer.alloc(8)],
    )
    expect(readFileSync(folder.path, 'latin1')).toBe(summed(expected).toString('latin1'))
  })

  it('has what stands between the keys', async () => {
    const engine = await loaded(
      rdbFile([
        ...[0xfa, text('redis-ver'), text('7.0.15'), 0xfa, text('ctime'), bytes(0xc2, int32(1))],
        ...[0xfe, 2, 0xfb, 5, 1],
        ...[0xfc, int64(4_102_444_800_123n), 0xf8, 0x40, 0xff, 0, text('ms'), text('x')],
        ...[0xfd, int32(2_000_000_000), 0xf9, 7, 0, text('seconds'), text('x')],
        ...[0xfc, int64(1n), 0, text('expired'), text('x')],
        ...[0, text('stays'), text('x')],
        // As Dragonfly writes a sticky key, and one with flags of memcached.
        ...[
          0xdc,
          int32(1),
          0,
          text('sticky'),
          text('x'),
          0xdc,
          int32(3),
          int32(99),
          0,
          text('flagged'),
          text('x'),
        ],
        ...[2, text('empty'), 0],
      ]),
    )
    const db = engine.databases[2]
    expect([...(db?.keys() ?? [])]).toEqual(['ms', 'seconds', 'stays', 'sticky', 'flagged'])
    expect(db?.expiryOf('ms')).toBe(4_102_444_800_123)
    expect(db?.expiryOf('seconds')).toBe(2_000_000_000_000)
    expect(db?.expiring).toBe(2)
    expect(engine.dirty).toBe(0)
  })

  it.each([
    ['REDIS0004', { isSummed: false }],
    ['REDIS0009', {}],
    ['REDIS0009', { isSummed: false }],
    ['REDIS0011', {}],
    ['VALKEY080', {}],
  ])('may begin with %s, with options %j', async (magic, options) => {
    const engine = await loaded(rdbFile([KEY, 0, text('a'), text('x')], { magic, ...options }))
    expect(engine.firstDatabase.get('a')).toBe('x')
  })

  // Without a redis-server there is nothing to compare with.
  it.skipIf(redisServer === undefined)('means the same to redis-server', async () => {
    const known = CASES.filter(({ isOfRedis }) => isOfRedis !== false)
    using folder = new SnapshotFolder(
      rdbFile([KEY, ...known.flatMap(({ type, value }, index) => [type, text(`key ${index}`), value])]),
    )
    using back = new SnapshotFolder()
    const engine = engineIn(back.dir)
    writeFileSync(back.path, readFileSync(folder.path))
    expect(await loadSnapshot(engine)).toBe(known.length)
    saveSnapshot(engine)
    const debug = ['--enable-debug-command', 'yes']
    await using redis = await RedisServer.open(debug, folder.dir)
    await using again = await RedisServer.open(debug, back.dir)
    using wire = await Wire.open(redis.port)
    using wireAgain = await Wire.open(again.port)
    for (const [index, { title }] of known.entries()) {
      const words = ['DEBUG', 'DIGEST-VALUE', `key ${index}`]
      const [digest, digestAgain] = [await wire.ask(...words), await wireAgain.ask(...words)]
      expect(`${title} ${digestAgain.raw}`).toBe(`${title} ${digest.raw}`)
      expect(digest.raw).not.toContain('0'.repeat(40))
    }
  })
})
