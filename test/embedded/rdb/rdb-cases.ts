// Values in every form that an RDB file has for them, as bytes and as what they mean.
import { type Bytes, bytes, listpackOf, rdbFile, text, ziplistOf } from './rdb-file.js'

/** One file with a value of every form. */
export function everything(): Buffer {
  const keys = CASES.flatMap(({ type, value }, index) => [type, text(`key ${index}`), value])
  return rdbFile([
    0xfa,
    text('redis-ver'),
    text('7.2.0'),
    0xfe,
    0,
    0xfb,
    40,
    1,
    0xfc,
    int64(4_102_444_800_123n),
    ...keys,
  ])
}

export const int16 = (value: number): Buffer => {
  const buffer = Buffer.alloc(2)
  buffer.writeInt16LE(value)
  return buffer
}
export const int32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32LE(value)
  return buffer
}
export const int64 = (value: bigint): Buffer => {
  const buffer = Buffer.alloc(8)
  buffer.writeBigInt64LE(value)
  return buffer
}
export const double = (value: number): Buffer => {
  const buffer = Buffer.alloc(8)
  buffer.writeDoubleLE(value)
  return buffer
}
export const intsetOf = (width: number, ...members: readonly Buffer[]): Buffer =>
  bytes(int32(width), int32(members.length), ...members)

/** One element of each form. */
export const LISTPACK = listpackOf(
  bytes(0x7f),
  bytes(0x82, 'hi'),
  bytes(0xc0 | 0x0f, 0xff),
  bytes(0xd0, 0x00),
  bytes(0xe0, 0x05, 'hello'),
  bytes(0xf1, int16(-2)),
  bytes(0xf2, int32(-70_000).subarray(0, 3)),
  bytes(0xf3, int32(-2_000_000_000)),
  bytes(0xf4, int64(-9_223_372_036_854_775_808n)),
  bytes(0xf0, int32(3), 'abc'),
)
const FROM_LISTPACK = [
  ...['127', 'hi', '4095', '-4096', 'hello', '-2', '-70000', '-2000000000', '-9223372036854775808', 'abc'],
]
const LONG = 'x'.repeat(300)
const ZIPLIST = ziplistOf(
  bytes(0x02, 'hi'),
  bytes(0x41, 0x2c, LONG),
  bytes(0x80, Buffer.of(0, 0, 0, 3), 'abc'),
  bytes(0xc0, int16(-2)),
  bytes(0xd0, int32(-2_000_000_000)),
  bytes(0xe0, int64(9_223_372_036_854_775_807n)),
  bytes(0xf0, int32(-70_000).subarray(0, 3)),
  bytes(0xfe, 0x80),
  bytes(0xf1),
  bytes(0xfd),
)
const FROM_ZIPLIST = [
  ...['hi', LONG, 'abc', '-2', '-2000000000', '9223372036854775807', '-70000', '-128', '0', '12'],
]
const PAIRS = (items: readonly string[]) =>
  Object.fromEntries(items.flatMap((item, index) => (index % 2 === 0 ? [[item, items[index + 1]]] : [])))

const SCORES = ['a', '1.5', 'b', '-inf', 'c', '1e+20', 'd', '-0.25'] as const
const SCORED = [
  ['b', Number.NEGATIVE_INFINITY],
  ['d', -0.25],
  ['a', 1.5],
  ['c', 1e20],
]
export const asListpack = (items: readonly string[]) =>
  listpackOf(...items.map(item => bytes(0x80 | item.length, item)))
const asZiplist = (items: readonly string[]) => ziplistOf(...items.map(item => bytes(item.length, item)))

interface Case {
  readonly title: string
  readonly type: number
  readonly value: Bytes
  readonly is: unknown
  /** Of redis-server 7.0; false: it does not know it. */
  readonly isOfRedis?: false
}

export const CASES: readonly Case[] = [
  { title: 'a string', type: 0, value: text('x'), is: 'x' },
  { title: 'a string with a length of 14 bits', type: 0, value: bytes(0x40, 3, 'abc'), is: 'abc' },
  {
    title: 'a string with a length of 64 bits',
    type: 0,
    value: bytes(0x81, Buffer.alloc(7), 3, 'abc'),
    is: 'abc',
  },
  { title: 'an integer of 8 bits', type: 0, value: bytes(0xc0, 0x80), is: '-128' },
  { title: 'an integer of 16 bits', type: 0, value: bytes(0xc1, int16(-129)), is: '-129' },
  { title: 'an integer of 32 bits', type: 0, value: bytes(0xc2, int32(-2_147_483_648)), is: '-2147483648' },
  // Two bytes as they are, then 9 + 255 that repeat them.
  {
    title: 'a compressed string',
    type: 0,
    value: bytes(0xc3, 6, 0x41, 10, 1, 'ab', 0xe0, 0xff, 1),
    is: 'ab'.repeat(133),
  },
  { title: 'a list of strings', type: 1, value: bytes(2, text('a'), bytes(0xc0, 5)), is: ['a', '5'] },
  { title: 'a set of strings', type: 2, value: bytes(2, text('a'), bytes(0xc0, 5)), is: ['a', '5'] },
  {
    title: 'a sorted set with shown scores',
    type: 3,
    value: bytes(
      5,
      text('a'),
      text('1.5'),
      text('b'),
      255,
      text('c'),
      text('1e+20'),
      text('d'),
      text('-0.25'),
      text('e'),
      254,
    ),
    is: [...SCORED, ['e', Number.POSITIVE_INFINITY]],
  },
  { title: 'a hash of strings', type: 4, value: bytes(1, text('f'), text('v')), is: { f: 'v' } },
  {
    title: 'a sorted set with binary scores',
    type: 5,
    value: bytes(2, text('a'), double(1.5), text('b'), double(-1)),
    is: [
      ['b', -1],
      ['a', 1.5],
    ],
  },
  { title: 'a ziplist as a list', type: 10, value: text(ZIPLIST), is: FROM_ZIPLIST },
  {
    title: 'a set of integers of 16 bits',
    type: 11,
    value: text(intsetOf(2, int16(-2), int16(1))),
    is: ['-2', '1'],
  },
  {
    title: 'a set of integers of 32 bits',
    type: 11,
    value: text(intsetOf(4, int32(-70_000), int32(1))),
    is: ['-70000', '1'],
  },
  {
    title: 'a set of integers of 64 bits',
    type: 11,
    value: text(intsetOf(8, int64(-5_000_000_000n), int64(1n))),
    is: ['-5000000000', '1'],
  },
  { title: 'a ziplist as a sorted set', type: 12, value: text(asZiplist(SCORES)), is: SCORED },
  { title: 'a ziplist as a hash', type: 13, value: text(ZIPLIST), is: PAIRS(FROM_ZIPLIST) },
  {
    title: 'ziplists as a list',
    type: 14,
    value: bytes(2, text(ZIPLIST), text(asZiplist(['z']))),
    is: [...FROM_ZIPLIST, 'z'],
  },
  { title: 'a listpack as a hash', type: 16, value: text(LISTPACK), is: PAIRS(FROM_LISTPACK) },
  { title: 'a listpack as a sorted set', type: 17, value: text(asListpack(SCORES)), is: SCORED },
  {
    title: 'listpacks and large elements as a list',
    type: 18,
    value: bytes(3, 2, text(LISTPACK), 1, text('plain'), 2, text(asListpack(['z']))),
    is: [...FROM_LISTPACK, 'plain', 'z'],
  },
  { title: 'a listpack as a set', type: 20, value: text(LISTPACK), is: FROM_LISTPACK, isOfRedis: false },
]
