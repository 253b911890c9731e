// The files of a log as they are at one moment, opened, so that a rotation meanwhile takes none of them away.
import { closeSync, fstatSync, openSync } from 'node:fs'
import { listRotated, rotatedPath } from './file-names.js'

export interface OpenFile {
  readonly fd: number
  readonly gzipped: boolean
  /** Of the current file: number 0; the higher, the older. */
  readonly number: number
  readonly inode: number
  readonly sizeBytes: number
  /** When its last record was written, in milliseconds since 1970. */
  readonly modifiedMs: number
}

/**
 * Opens the current file and the rotated ones, newest first, which is the order in which they move: a rotation
 * between two opens shows the same file twice, which is noticed, but never hides one.
 */
export function openFiles(file: string): OpenFile[] {
  const oldest = listRotated(file).at(-1)?.number ?? 0
  const files: OpenFile[] = []
  // One more than there was: the last may have moved up by now.
  for (let number = 0; number <= oldest + 1; number++) {
    const opened = openNumber(file, number)
    if (opened === undefined) continue
    if (files.some(other => other.inode === opened.inode)) closeSync(opened.fd)
    else files.push(opened)
  }
  return files
}

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
    const fd = openSync(path, 'r')
    const stats = fstatSync(fd)
    if (stats.isFile())
      return { ...name, fd, inode: stats.ino, sizeBytes: stats.size, modifiedMs: stats.mtimeMs }
    closeSync(fd)
    return undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
