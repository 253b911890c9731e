// Writes a snapshot in chunks, and computes its checksum.
import { writeSync } from 'node:fs'
import { Crc64 } from './crc64.js'
import { LENGTHS } from './rdb.js'

const CHUNK_BYTES = 1024 * 1024
/** Up to this length a loop is faster than a call. */
const SHORT_CHARS = 24

export class RdbSink {
  readonly #buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  #at = 0
  #written = 0
  readonly #crc = new Crc64()

  constructor(private readonly file: number) {}

  byte(value: number): void {
    this.#room(1)
    this.#buffer[this.#at++] = value
  }

  uint16(value: number): void {
    this.#room(2)
    this.#at = this.#buffer.writeUInt16LE(value, this.#at)
  }

  uint32(value: number): void {
    this.#room(4)
    this.#at = this.#buffer.writeUInt32LE(value, this.#at)
  }

  uint64(value: bigint): void {
    this.#room(8)
    this.#at = this.#buffer.writeBigUInt64LE(value, this.#at)
  }

  double(value: number): void {
    this.#room(8)
    this.#at = this.#buffer.writeDoubleLE(value, this.#at)
  }

  /** Writes a length in as few bytes as possible. */
  length(value: number): void {
    this.#room(5)
    if (value < 1 << 6) {
      this.#buffer[this.#at++] = value
    } else if (value < 1 << 14) {
      this.#at = this.#buffer.writeUInt16BE((LENGTHS.fourteen << 14) | value, this.#at)
    } else {
      this.#buffer[this.#at++] = LENGTHS.thirtyTwo
      this.#at = this.#buffer.writeUInt32BE(value, this.#at)
    }
  }

  /** Writes a string and its length before it. */
  string(value: string): void {
    this.length(value.length)
    this.text(value)
  }

  text(value: string): void {
    if (value.length <= SHORT_CHARS) {
      this.#room(SHORT_CHARS)
      for (let index = 0; index < value.length; index++) this.#buffer[this.#at++] = value.charCodeAt(index)
    } else if (value.length <= CHUNK_BYTES) {
      this.#room(value.length)
      this.#at += this.#buffer.write(value, this.#at, 'latin1')
    } else {
      for (let from = 0; from < value.length; from += CHUNK_BYTES)
        this.text(value.slice(from, from + CHUNK_BYTES))
    }
  }

  /** Writes the checksum and what is left. @returns how many bytes the file has */
  finish(): number {
    this.#flush()
    this.uint64(this.#crc.value)
    this.#flush()
    return this.#written
  }

  #room(bytes: number): void {
    if (this.#at + bytes > CHUNK_BYTES) this.#flush()
  }

  #flush(): void {
    this.#crc.update(this.#buffer, 0, this.#at)
    // A disk that is nearly full takes only a part.
    for (let from = 0; from < this.#at; ) {
      const bytes = writeSync(this.file, this.#buffer, from, this.#at - from)
      from += bytes
      this.#written += bytes
    }
    this.#at = 0
  }
}
