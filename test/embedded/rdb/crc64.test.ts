import { describe, expect, it } from 'vitest'
import { Crc64 } from '../../../src/embedded/rdb/crc64.js'

const POLYNOMIAL = 0x95ac_9329_ac4b_c9b5n

/** Bit by bit, as the definition has it. */
function slowCrc(bytes: Uint8Array): bigint {
  let crc = 0n
  for (const byte of bytes) {
    crc ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ POLYNOMIAL : crc >> 1n
  }
  return crc
}

function crcOf(...pieces: readonly Uint8Array[]): bigint {
  const crc = new Crc64()
  for (const piece of pieces) crc.update(piece)
  return crc.value
}

describe('the checksum of snapshots', () => {
  it.each([
    ['', 0n],
    ['123456789', 0xe9c6_d914_c4b8_d9can],
  ])('of %j is that of Redis', (text, crc) => {
    expect(crcOf(Buffer.from(text))).toBe(crc)
  })

  it('is the same bit by bit and eight bytes at once, for every length and however it is fed', () => {
    const bytes = Buffer.from(Array.from({ length: 100 }, (_, index) => (index * 151 + 7) & 0xff))
    for (let length = 0; length <= bytes.length; length++) {
      const part = bytes.subarray(0, length)
      const crc = slowCrc(part)
      expect(crcOf(part)).toBe(crc)
      for (const cut of [1, 3, 8, 13].filter(at => at <= length))
        expect(crcOf(part.subarray(0, cut), part.subarray(cut))).toBe(crc)
    }
  })

  it('takes a part of a buffer', () => {
    const crc = new Crc64()
    crc.update(Buffer.from('xx123456789yyy'), 2, 11)
    expect(crc.value).toBe(0xe9c6_d914_c4b8_d9can)
  })
})
