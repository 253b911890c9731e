// The files of a log as they are at one moment, opened, so that a rotation meanwhile takes none of them away.
import { closeSync, fstatSync, openSync } from 'node:fs'
import { whileInUse } from '../../system/retry-in-use.js'
import { listRotated, rotatedPath } from '../file-names.js'
import { isSame } from './same-file.js'

export interface OpenFile {
  readonly fd: number
  readonly gzipped: boolean
  /** Of the current file: number 0; the higher, the older. */
  readonly number: number
  readonly inode: bigint
  readonly sizeBytes: number
  /** When its last record was written, in milliseconds since 1970. */
  readonly modifiedMs: number
}

/**
 * Opens the current file and the rotated ones, newest first. Files that are begun meanwhile are left out: several
 * rotations between two opens would show them behind older ones.
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

/** Upwards, which is the way the files move: so one may be met twice, which is noticed, but none is missed. */
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
    // Asked again at the end: by now the last ones may have moved on.
    if (number === oldest) oldest = oldestNumber(file)
  }
  return files
}

const oldestNumber = (file: string) => listRotated(file).at(-1)?.number ?? 0

export function closeFiles(files: readonly OpenFile[]): void {
  for (const { fd } of files) closeSync(fd)
}

/** The original first: while both are there, the compressed one has only just got its name. */
function openNumber(file: string, number: number): OpenFile | undefined {
  if (number === 0) return open(file, { number, gzipped: false })
  const plain = { number, gzipped: false }
  const gzipped = { number, gzipped: true }
  return open(rotatedPath(file, plain), plain) ?? open(rotatedPath(file, gzipped), gzipped)
}

/** @throws what is not explained by the file having moved on, such as a missing permission. */
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
