// Reads a snapshot in chunks, computes its checksum, and never takes more memory than the file has bytes.
import { constants } from 'node:buffer'
import { readSync } from 'node:fs'
import { Crc64 } from './crc64.js'
import { decompressLzf } from './lzf.js'
import { ENCODED, LENGTHS, SnapshotError } from './rdb.js'

const CHUNK_BYTES = 1024 * 1024

export class RdbSource {
  #buffer: Buffer
  /** The position of the buffer in the file. */
  #base = 0
  #at = 0
  #end = 0
  /** How much of the buffer is in the checksum. */
  #summed = 0
  readonly #crc = new Crc64()

  /** @param size the length of the file in bytes */
  constructor(
    private readonly file: number,
    private readonly size: number,
  ) {
    this.#buffer = Buffer.allocUnsafe(Math.max(1, Math.min(size, CHUNK_BYTES)))
  }

  /** The position of the next byte in the file. */
  get offset(): number {
    return this.#base + this.#at
  }

  /** Of all bytes that were read so far. */
  get checksum(): bigint {
    this.#sum()
    return this.#crc.value
  }

  /** Makes an error that names the position in the file. */
  damage(what: string): SnapshotError {
    return new SnapshotError(`${what}, at byte ${this.offset}`)
  }

  byte(): number {
    if (this.#at === this.#end) this.#need(1)
    return this.#buffer[this.#at++] ?? 0
  }

  /** Reads bytes; they are valid until the next call. */
  take(length: number): Buffer {
    this.#need(length)
    const start = this.#at
    this.#at += length
    return this.#buffer.subarray(start, this.#at)
  }

  text(length: number): string {
    if (length > constants.MAX_STRING_LENGTH)
      throw this.damage(`a string of ${length} bytes, which is more than this engine can hold`)
    this.#need(length)
    const start = this.#at
    this.#at += length
    return this.#buffer.toString('latin1', start, this.#at)
  }

  double(): number {
    return this.take(8).readDoubleLE(0)
  }

  length(): number {
    const first = this.byte()
    if (first >= ENCODED.int8) throw this.damage('a string where a length should be')
    return this.#length(first)
  }

  /** Reads how many elements follow. @param minBytes the least that each of them takes */
  count(minBytes: number): number {
    const count = this.length()
    if (count * minBytes > this.size - this.offset)
      throw this.damage(`cut off: ${count} elements do not fit into the rest of the file`)
    return count
  }

  string(): string {
    const first = this.byte()
    if (first < ENCODED.int8) return this.text(this.#length(first))
    return this.#encoded(first).toString('latin1')
  }

  /** Reads a string as bytes; they are valid until the next call. */
  blob(): Buffer {
    const first = this.byte()
    return first < ENCODED.int8 ? this.take(this.#length(first)) : this.#encoded(first)
  }

  #length(first: number): number {
    if (first >> 6 === LENGTHS.six) return first
    if (first >> 6 === LENGTHS.fourteen) return ((first & 0x3f) << 8) | this.byte()
    if (first === LENGTHS.thirtyTwo) return this.take(4).readUInt32BE(0)
    // Inexact beyond 2^53, but no file is that long.
    if (first === LENGTHS.sixtyFour) return Number(this.take(8).readBigUInt64BE(0))
    throw this.damage(`an unknown form of a length (0x${first.toString(16)})`)
  }

  #encoded(first: number): Buffer {
    if (first === ENCODED.lzf) return this.#compressed()
    const width = INTEGER_WIDTHS[first]
    if (width === undefined) throw this.damage(`an unknown form of a string (0x${first.toString(16)})`)
    return Buffer.from(String(this.take(width).readIntLE(0, width)), 'latin1')
  }

  #compressed(): Buffer {
    const compressedBytes = this.length()
    const bytes = this.length()
    if (bytes > constants.MAX_STRING_LENGTH)
      throw this.damage(`a string of ${bytes} bytes, which is more than this engine can hold`)
    const text = decompressLzf(this.take(compressedBytes), bytes)
    if (text === undefined) throw this.damage('a string whose compression is broken')
    return text
  }

  /** Makes sure that the buffer has so many bytes. */
  #need(length: number): void {
    if (this.#end - this.#at >= length) return
    const left = this.size - this.offset
    if (length > left) throw this.damage(`cut off: ${length} bytes should follow, and ${left} do`)
    this.#sum()
    const rest = this.#buffer.subarray(this.#at, this.#end)
    const buffer = length > this.#buffer.length ? Buffer.allocUnsafe(length) : this.#buffer
    buffer.set(rest)
    this.#buffer = buffer
    this.#base += this.#at
    this.#at = 0
    this.#summed = 0
    this.#end = rest.length
    while (this.#end < length) {
      const read = readSync(this.file, buffer, this.#end, buffer.length - this.#end, this.#base + this.#end)
      if (read === 0) throw this.damage('cut off: the file has become shorter while it was read')
      this.#end += read
    }
  }

  #sum(): void {
    this.#crc.update(this.#buffer, this.#summed, this.#at)
    this.#summed = this.#at
  }
}

const INTEGER_WIDTHS: Readonly<Record<number, number>> = {
  [ENCODED.int8]: 1,
  [ENCODED.int16]: 2,
  [ENCODED.int32]: 4,
}
