// RDB files made by hand, byte by byte: what no server on this machine writes, and what is broken.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Crc64 } from '../../../src/embedded/rdb/crc64.js'

export type Bytes = Buffer | string | number

/** Strings are latin1, numbers are a byte. */
export function bytes(...parts: readonly Bytes[]): Buffer {
  return Buffer.concat(
    parts.map(part =>
      typeof part === 'number'
        ? Buffer.of(part)
        : typeof part === 'string'
          ? Buffer.from(part, 'latin1')
          : part,
    ),
  )
}

/** A string with its length before it. */
export function text(value: Bytes): Buffer {
  const content = bytes(value)
  const length = Buffer.alloc(5)
  length[0] = 0x80
  length.writeUInt32BE(content.length, 1)
  return bytes(content.length < 64 ? content.length : length, content)
}

/** A whole file: its beginning, its end and its checksum. */
export function rdbFile(parts: readonly Bytes[], { magic = 'REDIS0010', isSummed = true } = {}): Buffer {
  return summed(bytes(magic, ...parts, 0xff, Buffer.alloc(8)), { isSummed })
}

/** With its last eight bytes made right, or 0 for no checksum. */
export function summed(file: Buffer, { isSummed = true } = {}): Buffer {
  const copy = Buffer.from(file)
  const crc = new Crc64()
  crc.update(copy, 0, copy.length - 8)
  copy.writeBigUInt64LE(isSummed ? crc.value : 0n, copy.length - 8)
  return copy
}

/** @param entries as they are in it, without their lengths at the end */
export function listpackOf(...entries: readonly Buffer[]): Buffer {
  const body = bytes(...entries.map(entry => bytes(entry, entry.length)), 0xff)
  const head = Buffer.alloc(6)
  head.writeUInt32LE(body.length + 6, 0)
  head.writeUInt16LE(entries.length, 4)
  return bytes(head, body)
}

/** @param entries as they are in it, without the lengths of the ones before them */
export function ziplistOf(...entries: readonly Buffer[]): Buffer {
  const items = entries.map((entry, index) => bytes(lengthOf(entries, index - 1), entry))
  const body = bytes(...items, 0xff)
  const head = Buffer.alloc(10)
  head.writeUInt32LE(body.length + 10, 0)
  head.writeUInt32LE(10 + body.length - 1 - (items.at(-1)?.length ?? 0), 4)
  head.writeUInt16LE(entries.length, 8)
  return bytes(head, body)
}

function lengthOf(entries: readonly Buffer[], index: number): Buffer {
  const entry = entries[index]
  const length = entry === undefined ? 0 : lengthOf(entries, index - 1).length + entry.length
  if (length < 0xfe) return Buffer.of(length)
  const long = Buffer.alloc(5, 0xfe)
  long.writeUInt32LE(length, 1)
  return long
}

/** A folder with a snapshot in it. */
export class SnapshotFolder implements Disposable {
  readonly dir = mkdtempSync(join(tmpdir(), 'skyfly-rdb-'))
  readonly path = join(this.dir, 'dump.rdb')

  constructor(file?: Buffer) {
    if (file !== undefined) writeFileSync(this.path, file)
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true })
  }
}
