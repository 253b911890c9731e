// Whether two open files are one file of the log, which compressing turns into another file of the disk.
import { fstatSync, readSync } from 'node:fs'
import { constants, gunzipSync } from 'node:zlib'
import type { OpenFile } from './open-files.js'

/** @param later The one that was opened later: only it can be the compressed form of the other. */
export function isSame(later: OpenFile, earlier: OpenFile): boolean {
  if (later.inode === earlier.inode) return true
  return later.gzipped && !earlier.gzipped && hasContentOf(later, earlier)
}

const HEAD_BYTES = 4096
/** Header and trailer; the last four bytes are the length of the content. */
const MIN_GZIP_BYTES = 18

/** By its length and its beginning: no two files begin with the same records at the same time. */
function hasContentOf(gzipped: OpenFile, plain: OpenFile): boolean {
  if (gzipped.sizeBytes < MIN_GZIP_BYTES) return false
  const contentBytes = bytesAt(gzipped.fd, gzipped.sizeBytes - 4, 4).readUInt32LE()
  if (contentBytes !== fstatSync(plain.fd).size % 2 ** 32) return false
  const head = headOf(gzipped)
  return head?.equals(bytesAt(plain.fd, 0, head.length)) ?? false
}

function headOf({ fd }: OpenFile): Buffer | undefined {
  try {
    const options = { finishFlush: constants.Z_SYNC_FLUSH }
    return gunzipSync(bytesAt(fd, 0, HEAD_BYTES), options).subarray(0, HEAD_BYTES)
  } catch {
    return undefined // broken, so not made from anything that is whole
  }
}

function bytesAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  return bytes.subarray(0, readSync(fd, bytes, 0, length, position))
}
