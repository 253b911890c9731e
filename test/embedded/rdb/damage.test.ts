import { describe, expect, it } from 'vitest'
import { Embedded } from '../../../src/embedded/embedded.js'
import { loadSnapshot, SnapshotError } from '../../../src/embedded/rdb/snapshot.js'
import { DEFAULTS } from '../compare-with-redis.js'
import { asListpack, double, everything, int16, int32, intsetOf, LISTPACK } from './rdb-cases.js'
import { bytes, listpackOf, rdbFile, SnapshotFolder, text, ziplistOf } from './rdb-file.js'

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
})
