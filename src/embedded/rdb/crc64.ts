// The checksum of snapshots: CRC-64 with the polynomial of Jones, as in Redis.

/** Held in two halves of 32 bits, because a BigInt for each byte would take a minute for 100 MB. */
export class Crc64 {
  #low = 0
  #high = 0

  /** The checksum of all bytes so far. */
  get value(): bigint {
    return (BigInt(this.#high >>> 0) << 32n) | BigInt(this.#low >>> 0)
  }

  update(bytes: Uint8Array, start = 0, end = bytes.length): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let low = this.#low
    let high = this.#high
    let at = start
    // Eight bytes at once: for each of them a table says what it has become by the end of the eight.
    for (; at + 8 <= end; at += 8) {
      low ^= view.getInt32(at, true)
      high ^= view.getInt32(at + 4, true)
      const a = (7 << 8) | (low & 0xff)
      const b = (6 << 8) | ((low >>> 8) & 0xff)
      const c = (5 << 8) | ((low >>> 16) & 0xff)
      const d = (4 << 8) | (low >>> 24)
      const e = (3 << 8) | (high & 0xff)
      const f = (2 << 8) | ((high >>> 8) & 0xff)
      const g = (1 << 8) | ((high >>> 16) & 0xff)
      const h = high >>> 24
      low = lowOf(a) ^ lowOf(b) ^ lowOf(c) ^ lowOf(d) ^ lowOf(e) ^ lowOf(f) ^ lowOf(g) ^ lowOf(h)
      high = highOf(a) ^ highOf(b) ^ highOf(c) ^ highOf(d) ^ highOf(e) ^ highOf(f) ^ highOf(g) ^ highOf(h)
    }
    for (; at < end; at++) {
      const index = (low ^ view.getUint8(at)) & 0xff
      low = ((low >>> 8) | (high << 24)) ^ lowOf(index)
      high = (high >>> 8) ^ highOf(index)
    }
    this.#low = low
    this.#high = high
  }
}

/** 0xad93d23594c935a9 with its bits reversed. */
const POLYNOMIAL = { low: 0xac4b_c9b5, high: 0x95ac_9329 }

const TABLES = 8
const { lows: LOWS, highs: HIGHS } = tables()

const lowOf = (index: number): number => LOWS[index] ?? 0
const highOf = (index: number): number => HIGHS[index] ?? 0

function tables(): { readonly lows: Int32Array; readonly highs: Int32Array } {
  const lows = new Int32Array(TABLES * 256)
  const highs = new Int32Array(TABLES * 256)
  for (let byte = 0; byte < 256; byte++) {
    let low = byte
    let high = 0
    for (let bit = 0; bit < 8; bit++) {
      const carries = (low & 1) === 1
      low = (low >>> 1) | (high << 31)
      high >>>= 1
      if (!carries) continue
      low ^= POLYNOMIAL.low
      high ^= POLYNOMIAL.high
    }
    lows[byte] = low
    highs[byte] = high
  }
  // Each table follows from the one before it by one more byte of zeros.
  for (let index = 256; index < TABLES * 256; index++) {
    const low = lows[index - 256] ?? 0
    const high = highs[index - 256] ?? 0
    lows[index] = ((low >>> 8) | (high << 24)) ^ (lows[low & 0xff] ?? 0)
    highs[index] = (high >>> 8) ^ (highs[low & 0xff] ?? 0)
  }
  return { lows, highs }
}
