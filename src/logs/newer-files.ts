// Which files of a log came after the one that somebody has open, whatever that one is called by now.
import { fstatSync, readSync, statSync } from 'node:fs'
import { constants, gunzipSync } from 'node:zlib'
import { closeFiles, type OpenFile, openFiles } from './open-files.js'

/** Opens the files that were begun after `known`, oldest first; all of them if there is none. */
export function newerThan(file: string, known: OpenFile | undefined): OpenFile[] {
  if (known !== undefined && statSync(file, { throwIfNoEntry: false })?.ino === known.inode) return []
  const files = openFiles(file)
  if (known === undefined) return files.reverse()
  // Whole milliseconds, because the time that a compressed file was given has no more.
  const modifiedMs = Math.floor(fstatSync(known.fd).mtimeMs)
  // One that is older ends the search too: then somebody deleted the known one.
  const end = files.findIndex(other => Math.floor(other.modifiedMs) < modifiedMs || isSame(other, known))
  if (end !== -1) closeFiles(files.splice(end))
  return files.reverse()
}

const HEAD_BYTES = 4096
/** Header and trailer; the last four bytes are the length of the content. */
const MIN_GZIP_BYTES = 18

/** Compressing makes another file of it, with the same content: the same length, and the same time in its first record. */
function isSame(other: OpenFile, known: OpenFile): boolean {
  if (other.inode === known.inode) return true
  if (known.gzipped || !other.gzipped || other.sizeBytes < MIN_GZIP_BYTES) return false
  const contentBytes = bytesAt(other.fd, other.sizeBytes - 4, 4).readUInt32LE()
  if (contentBytes !== fstatSync(known.fd).size % 2 ** 32) return false
  const head = headOf(other)
  return head.equals(bytesAt(known.fd, 0, head.length))
}

function headOf({ fd }: OpenFile): Buffer {
  try {
    const options = { finishFlush: constants.Z_SYNC_FLUSH }
    return gunzipSync(bytesAt(fd, 0, HEAD_BYTES), options).subarray(0, HEAD_BYTES)
  } catch {
    return Buffer.alloc(1) // broken, so not the same as any record
  }
}

function bytesAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  return bytes.subarray(0, readSync(fd, bytes, 0, length, position))
}
