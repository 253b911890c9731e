import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Embedded } from '../../../src/embedded/embedded.js'
import { loadSnapshot, SnapshotError } from '../../../src/embedded/rdb/snapshot.js'
import { DEFAULTS } from '../compare-with-redis.js'
import { asListpack, double, everything, int16, int32, intsetOf, LISTPACK } from './rdb-cases.js'
import { bytes, listpackOf, rdbFile, SnapshotFolder, summed, text, ziplistOf } from './rdb-file.js'

const engineIn = (dir: string): Embedded => new Embedded({ ...DEFAULTS, dir, dbfilename: 'dump.rdb' })

async function loaded(file: Buffer): Promise<Embedded> {
  using folder = new SnapshotFolder(file)
  const engine = engineIn(folder.dir)
  try {
    await loadSnapshot(engine)
  } catch (error) {
    // Never a part of it.
    for (const db of engine.databases) expect(db.size).toBe(0)
    throw error
  }
  return engine
}

const REFUSED: readonly (readonly [title: string, file: Buffer, message: RegExp])[] = [
  ['nothing at all', Buffer.alloc(0), /cut off: 9 bytes should follow, and 0 do, at byte 0$/],
  ['another magic', bytes('HELLO0009', 0xff, Buffer.alloc(8)), /does not begin like an RDB file, at byte 0$/],
  ['no end', bytes('REDIS0009'), /cut off: 1 bytes should follow, and 0 do, at byte 9$/],
  ['no checksum', bytes('REDIS0009', 0xff), /cut off: 8 bytes should follow, and 0 do, at byte 10$/],
  [
    'a wrong checksum',
    bytes('REDIS0009', 0xff, Buffer.alloc(8, 1)),
    /its checksum is [0-9a-f]+, and should be 101010101010101, at byte 18$/,
  ],
  [
    'a string beyond the end',
    rdbFile([0, text('key'), bytes(0x80, 0xff, 0xff, 0xff, 0xff), 'abc']),
    /cut off: 4294967295 bytes|a string of 4294967295 bytes/,
  ],
  [
    'a forged length of 64 bits',
    rdbFile([0, text('key'), bytes(0x81, Buffer.alloc(8, 0xff)), 'abc']),
    /at byte \d+$/,
  ],
  [
    'a forged number of members',
    rdbFile([2, text('key'), bytes(0x81, Buffer.alloc(8, 0x7f)), 'abc']),
    /cut off: \d+ elements do not fit/,
  ],
  [
    'a forged compressed length',
    rdbFile([0, text('key'), 0xc3, 3, bytes(0x80, 0x1f, 0xff, 0xff, 0), 'abc']),
    /whose compression is broken/,
  ],
  [
    'compression that reaches before its beginning',
    rdbFile([0, text('key'), 0xc3, 4, 4, 0, 'a', 0x20, 9]),
    /whose compression is broken/,
  ],
  [
    'compression that says too little',
    rdbFile([0, text('key'), 0xc3, 2, 5, 0, 'a']),
    /whose compression is broken/,
  ],
  ['an unknown length', rdbFile([0, text('key'), 0x82]), /an unknown form of a length \(0x82\)/],
  ['an unknown string', rdbFile([0, text('key'), 0xc4]), /an unknown form of a string \(0xc4\)/],
  ['a string for a length', rdbFile([2, text('key'), 0xc0, 1]), /a string where a length should be/],
  [
    'a key twice',
    rdbFile([0, text('key'), text('x'), 0, text('key'), text('x')]),
    /key "key" is there twice/,
  ],
  ['a member twice', rdbFile([2, text('key'), 2, text('x'), text('x')]), /a set with a member twice/],
  [
    'a field twice',
    rdbFile([4, text('key'), 2, text('f'), text('x'), text('f'), text('x')]),
    /a hash with a field twice/,
  ],
  [
    'a scored member twice',
    rdbFile([5, text('key'), 2, text('x'), double(1), text('x'), double(2)]),
    /a sorted set with a member twice/,
  ],
  [
    'a score that is none',
    rdbFile([5, text('key'), 1, text('x'), double(Number.NaN)]),
    /a score that is not a number/,
  ],
  [
    'a shown score that is none',
    rdbFile([3, text('key'), 1, text('x'), text('1x')]),
    /a score that is not a number/,
  ],
  ['a score of nan', rdbFile([3, text('key'), 1, text('x'), 253]), /a score that is not a number/],
  ['half a hash', rdbFile([16, text('key'), text(asListpack(['a']))]), /a field without a value/],
  ['half a sorted set', rdbFile([17, text('key'), text(asListpack(['a']))]), /a member without a score/],
  ['a listpack that is too short', rdbFile([16, text('key'), text('abc')]), /a listpack that is not as long/],
  [
    'a listpack that miscounts',
    rdbFile([16, text('key'), text(bytes(LISTPACK.subarray(0, 4), 3, 0, LISTPACK.subarray(6)))]),
    /miscounts/,
  ],
  [
    'a listpack with an unknown element',
    rdbFile([16, text('key'), text(listpackOf(bytes(0xf7), bytes(1)))]),
    /a listpack with a broken element/,
  ],
  [
    'a listpack whose element is too long',
    rdbFile([16, text('key'), text(listpackOf(bytes(0xbf, 'x'), bytes(1)))]),
    /a listpack with a broken element/,
  ],
  ['a ziplist that is too short', rdbFile([13, text('key'), text('abc')]), /a ziplist that is not as long/],
  [
    'a ziplist whose element is too long',
    rdbFile([13, text('key'), text(ziplistOf(bytes(0x3f, 'x')))]),
    /a ziplist with a broken element/,
  ],
  ['integers of an unknown width', rdbFile([11, text('key'), text(intsetOf(3))]), /an unknown width/],
  [
    'integers that miscount',
    rdbFile([11, text('key'), text(bytes(int32(2), int32(-1), int16(1)))]),
    /not as long as it says/,
  ],
  [
    'an unknown piece of a list',
    rdbFile([18, text('key'), 1, 3, text('x')]),
    /a piece of a list in an unknown form \(3\)/,
  ],
  ['a database too many', rdbFile([0xfe, 16]), /keys in database 16, and there are 16 \(--databases\)/],
  ['a type of the future', rdbFile([99, text('key')]), /key "key" has the unknown type 99/],
  [
    'a stream',
    rdbFile([19, text('my stream'), 0]),
    /key "my stream" is a stream, which this engine cannot serve/,
  ],
  ['a key of UTF-8 that is a stream', rdbFile([15, text('caf\xc3\xa9')]), /key "café" is a stream/],
  [
    'a value of a module',
    rdbFile([7, text('doc'), bytes(0x81, Buffer.from('2690a0f7e1f0b003', 'hex'))]),
    /key "doc" is a value of a module "[\w-]{9}"/,
  ],
  ['data of a module', rdbFile([0xf7, bytes(0x81, Buffer.alloc(8))]), /data of the module "AAAAAAAAA"/],
  [
    'a function library',
    rdbFile([0xf5, text("#!lua name=mylib\nredis.register_function('f', f)")]),
    /the function library "mylib"/,
  ],
  [
    'a JSON document of Dragonfly',
    rdbFile([20, text('doc'), text('{}')], { magic: 'REDIS0009' }),
    /key "doc" is a JSON document/,
  ],
  ['a hash whose fields expire', rdbFile([22, text('h'), 1]), /key "h" is a hash whose fields expire/],
]

describe('a file that cannot be served', () => {
  it.each(REFUSED)('is refused with its place: %s', async (_, file, message) => {
    const error = await loaded(file).catch((problem: unknown) => problem)
    expect(error).toBeInstanceOf(SnapshotError)
    expect(error instanceof Error ? error.message : '').toMatch(/^cannot load .*dump\.rdb: .* at byte \d+$/s)
    expect(error instanceof Error ? error.message : '').toMatch(message)
  })

  it('is refused at every length but the whole', async () => {
    const file = everything()
    for (let length = 0; length < file.length; length += 7)
      await expect(loaded(file.subarray(0, length))).rejects.toThrow(SnapshotError)
    await loaded(file)
  })

  it('is refused at once where a score has very many digits', async () => {
    const length = Buffer.alloc(5, 0x80)
    length.writeUInt32BE(60_001, 1)
    const score = bytes(length, `${'1'.repeat(60_000)}x`)
    const start = performance.now()
    await expect(loaded(rdbFile([12, text('z'), text(ziplistOf(bytes(1, 'm'), score))]))).rejects.toThrow(
      'a score that is not a number',
    )
    // Each part of the digits once more for each digit took seconds.
    expect(performance.now() - start).toBeLessThan(500)
  })

  it('leaves no part of its keys', async () => {
    const file = rdbFile([0, text('a'), text('x'), 19, text('s'), 0])
    using folder = new SnapshotFolder(file)
    const engine = engineIn(folder.dir)
    await expect(loadSnapshot(engine)).rejects.toThrow(SnapshotError)
    expect(engine.firstDatabase.size).toBe(0)
  })

  it('never crashes, hangs or takes memory without end, whatever its bytes are', async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
    const next = randomFrom(seed)
    const original = everything()
    const before = process.memoryUsage().rss
    using folder = new SnapshotFolder()
    const engine = engineIn(folder.dir)
    let refused = 0
    for (let round = 0; round < 10_000; round++) {
      const file = broken(original, next)
      // Half of them without a checksum, so that the damage gets further.
      writeFileSync(
        folder.path,
        round % 2 === 0 && file.length > 17 ? summed(file, { isSummed: false }) : file,
      )
      for (const db of engine.databases) db.clear()
      const started = performance.now()
      const error = await loadSnapshot(engine).then(
        () => undefined,
        (problem: unknown) => problem,
      )
      const told = `seed ${seed}, round ${round}: ${String(error)}`
      if (error !== undefined) {
        refused++
        expect(error instanceof SnapshotError ? '' : told).toBe('')
        expect(error instanceof Error && error.cause instanceof SnapshotError ? '' : told).toBe('')
        expect(engine.databases.map(db => db.size)).toEqual(engine.databases.map(() => 0))
      }
      expect(performance.now() - started < 2000 ? '' : told).toBe('')
    }
    expect(refused).toBeGreaterThan(5000)
    expect(process.memoryUsage().rss - before).toBeLessThan(500 * 1024 * 1024)
  }, 120_000)
})

function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b_79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** A copy with some bytes changed, cut off, doubled or left out. */
function broken(file: Buffer, next: (below: number) => number): Buffer {
  const copy = Buffer.from(file)
  for (let count = next(6); count >= 0; count--) {
    const at = next(copy.length)
    copy[at] = [next(256), 0xff, 0, (copy[at] ?? 0) ^ (1 << next(8))][next(4)] ?? 0
  }
  const [from, to] = [next(copy.length), next(copy.length)]
  const how = next(6)
  if (how === 0) return copy.subarray(0, from)
  if (how === 1) return bytes(copy.subarray(0, from), copy.subarray(to))
  return copy
}
