// One file on disk that only ever holds whole records, whatever happens to the disk, the file or its folder.
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

export const NEWLINE = 0x0a
/** The longest record: a line of 64 KiB in which every byte became a six-byte escape. */
const MAX_RECORD_BYTES = 512 * 1024

export class RecordFile {
  #fd: number | undefined
  #inode = 0n
  #size = 0
  #isTorn = false

  constructor(readonly path: string) {}

  /** Bytes in the file, as of the last call. */
  get size(): number {
    return this.#size
  }

  /** Opens the file again if it or its folder was deleted or moved. @throws the system's error */
  open(): void {
    const onDisk = statSync(this.path, { bigint: true, throwIfNoEntry: false })
    if (this.#fd === undefined || onDisk?.ino !== this.#inode) this.#reopen()
    else if (this.#isTorn) this.#mend(this.#fd)
    else this.#size = Number(onDisk.size)
  }

  /**
   * Appends whole records to the open file. Like write(2), it returns how many bytes it stored if it had to
   * stop half-way, and throws if it stored none. Part of a record is never left behind.
   */
  append(records: Buffer): number {
    if (this.#fd === undefined) throw new Error(`${this.path} is not open`)
    const { bytes, error } = writeUntilError(this.#fd, records)
    const whole = bytes === records.length ? bytes : records.subarray(0, bytes).lastIndexOf(NEWLINE) + 1
    this.#size += whole
    this.#isTorn = bytes > whole
    if (this.#isTorn) this.#mend(this.#fd)
    if (whole === 0) throw error
    return whole
  }

  close(): void {
    const fd = this.#fd
    this.#fd = undefined
    try {
      if (fd !== undefined) closeSync(fd)
    } catch {
      // A network drive may report only now that a write failed. The descriptor is closed in any case.
    }
  }

  #reopen(): void {
    this.close()
    mkdirSync(dirname(this.path), { recursive: true })
    this.#fd = openSync(this.path, 'a+')
    const { ino, size: bytes } = fstatSync(this.#fd, { bigint: true })
    // NTFS file numbers have 64 bits: as doubles, those of neighbouring files would be equal.
    this.#inode = ino
    const size = Number(bytes)
    this.#size = endOfWholeRecords(this.#fd, size)
    if (this.#size < size) this.#mend(this.#fd)
  }

  /** If this fails too, the next open() tries again. */
  #mend(fd: number): void {
    this.#isTorn = true
    ftruncateSync(fd, this.#size)
    this.#isTorn = false
  }
}

function writeUntilError(fd: number, bytes: Buffer): { readonly bytes: number; readonly error?: unknown } {
  let written = 0
  try {
    while (written < bytes.length) written += writeSync(fd, bytes, written)
    return { bytes: written }
  } catch (error) {
    return { bytes: written, error }
  }
}

/**
 * The size without a partial record that a power cut or a full disk left at the end. A file that is not our
 * log is not cut.
 */
export function endOfWholeRecords(fd: number, size: number): number {
  const tail = Buffer.alloc(Math.min(size, MAX_RECORD_BYTES))
  const bytes = readSync(fd, tail, 0, tail.length, size - tail.length)
  const lastNewline = tail.subarray(0, bytes).lastIndexOf(NEWLINE)
  return lastNewline === -1 && size > MAX_RECORD_BYTES ? size : size - bytes + lastNewline + 1
}
