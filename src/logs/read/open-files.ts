// Opens all files of a log as they are at one moment, so that a rotation meanwhile takes none of them away.
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { constants, gunzipSync } from 'node:zlib'
import { whileInUse } from '../../system/retry-in-use.js'
import { listRotated, rotatedPath } from '../file-names.js'

export interface OpenFile {
  readonly fd: number
  readonly gzipped: boolean
  /** 0 is the current file; the higher the number, the older the file. */
  readonly number: number
  readonly inode: bigint
  readonly sizeBytes: number
  /** When its last record was written, in milliseconds since 1970. */
  readonly modifiedMs: number
}

/**
 * Opens the current file and the rotated ones, newest first. Files that are begun meanwhile are left out,
 * since several rotations between two opens could put them behind older ones.
 */
export function openFiles(file: string): OpenFile[] {
  const files = scan(file)
  const [newest] = files
  if (newest === undefined) return []
  const begunMeanwhile = scan(file, newest)
  const isLate = (known: OpenFile) => begunMeanwhile.some(other => isSame(other, known))
  const late = new Set(files.filter(isLate))
  closeFiles([...begunMeanwhile, ...late])
  return files.filter(known => !late.has(known))
}

/** Opens the files that were begun after `known`, oldest first; all of them if there is none. */
export function newerThan(file: string, known: OpenFile | undefined): OpenFile[] {
  if (known !== undefined && statSync(file, { bigint: true, throwIfNoEntry: false })?.ino === known.inode)
    return []
  const files = openFiles(file)
  if (known === undefined) return files.reverse()
  // In whole milliseconds, because compressed files have no finer times.
  const modifiedMs = Math.floor(fstatSync(known.fd).mtimeMs)
  // If there is only an older one, the known one was deleted. In doubt, lines come twice rather than never.
  const isOlder = (other: OpenFile) => Math.floor(other.modifiedMs) < modifiedMs
  const end = files.findIndex(other => isOlder(other) || isSame(other, known))
  if (end !== -1) closeFiles(files.splice(end))
  return files.reverse()
}

/** Counts upwards, as the files move: a file may be met twice, which is noticed, but none is missed. */
function scan(file: string, end?: OpenFile): OpenFile[] {
  const files: OpenFile[] = []
  let oldest = oldestNumber(file)
  for (let number = 0; number <= oldest; number++) {
    const opened = openNumber(file, number)
    if (opened !== undefined && end !== undefined && isSame(opened, end)) {
      closeSync(opened.fd)
      break
    }
    if (opened !== undefined && files.some(other => isSame(opened, other))) closeSync(opened.fd)
    else if (opened !== undefined) files.push(opened)
    // Ask again at the end, because the last files may have moved on by now.
    if (number === oldest) oldest = oldestNumber(file)
  }
  return files
}

const oldestNumber = (file: string) => listRotated(file).at(-1)?.number ?? 0

export function closeFiles(files: readonly OpenFile[]): void {
  for (const { fd } of files) closeSync(fd)
}

/** The plain file first: while both are there, the compressed one has only just got its name. */
function openNumber(file: string, number: number): OpenFile | undefined {
  if (number === 0) return open(file, { number, gzipped: false })
  const plain = { number, gzipped: false }
  const gzipped = { number, gzipped: true }
  return open(rotatedPath(file, plain), plain) ?? open(rotatedPath(file, gzipped), gzipped)
}

/** @throws any error but that the file has moved on, such as a missing permission */
function open(path: string, name: { number: number; gzipped: boolean }): OpenFile | undefined {
  try {
    const fd = whileInUse(() => openSync(path, 'r'))
    const stats = fstatSync(fd, { bigint: true })
    if (stats.isFile())
      return {
        ...name,
        fd,
        inode: stats.ino,
        sizeBytes: Number(stats.size),
        modifiedMs: Number(stats.mtimeMs),
      }
    closeSync(fd)
    return undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Whether both are the same file of the log. Compression turns it into another file on disk.
 * @param later the one that was opened later: only that one can be the compressed form of the other
 */
function isSame(later: OpenFile, earlier: OpenFile): boolean {
  if (later.inode === earlier.inode) return true
  return later.gzipped && !earlier.gzipped && hasContentOf(later, earlier)
}

const HEAD_BYTES = 4096
/** Header and trailer. The last four bytes are the length of the content. */
const MIN_GZIP_BYTES = 18

/** Compares the lengths and the first records, whose times differ from file to file. */
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
