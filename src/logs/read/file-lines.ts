// The lines of one log file, from the front or from the end, compressed or not, in little memory.
import { readSync } from 'node:fs'
import { Readable } from 'node:stream'
import { constants, createGunzip } from 'node:zlib'
import { countNewlines, Lines } from '../write/lines.js'
import type { OpenFile } from './open-files.js'

const BLOCK_BYTES = 64 * 1024
const NEWLINE = 0x0a
/** Records are shorter. A longer line is not ours, and is cut so that it does not fill the memory. */
const MAX_LINE_BYTES = 1024 * 1024

/**
 * All whole lines of a file, in batches. A partial line at the end is still being written, and is left out.
 */
export async function* linesOf(file: OpenFile): AsyncGenerator<readonly string[]> {
  if (file.gzipped) yield* gunzippedLines(file.fd)
  else for (const { lines } of plainLines(file.fd, 0, file.sizeBytes)) yield lines
}

/**
 * The whole lines between two offsets, in batches, each with the offset of its end. A line must begin at
 * `from`.
 */
export function* plainLines(fd: number, from: number, to: number): Generator<PlainLines> {
  let block = Buffer.allocUnsafeSlow(BLOCK_BYTES)
  let position = from
  while (position < to) {
    const bytes = block.subarray(0, readSync(fd, block, 0, Math.min(block.length, to - position), position))
    const isLongLine = bytes.length >= MAX_LINE_BYTES
    const length = bytes.lastIndexOf(NEWLINE) + 1 || (isLongLine ? bytes.length : 0)
    if (length > 0) {
      position += length
      yield { lines: withoutLastEnd(bytes.toString('utf8', 0, length)).split('\n'), end: position }
    } else if (bytes.length === block.length) block = Buffer.allocUnsafeSlow(block.length * 2)
    else return
  }
}

export interface PlainLines {
  readonly lines: readonly string[]
  readonly end: number
}

/** The last `count` whole lines of a plain file, without reading what comes before them. */
export function lastLines({ fd, sizeBytes }: OpenFile, count: number): readonly string[] {
  const blocks: Buffer[] = []
  let start = sizeBytes
  // One newline more than lines, so that the first line is whole.
  for (let newlines = 0; start > 0 && newlines <= count; ) {
    const block = Buffer.alloc(Math.min(BLOCK_BYTES, start))
    start -= block.length
    readSync(fd, block, 0, block.length, start)
    newlines += countNewlines(block)
    blocks.unshift(block)
  }
  const lines = Buffer.concat(blocks).toString().split('\n').slice(0, -1)
  return count === 0 ? [] : lines.slice(-count)
}

async function* gunzippedLines(fd: number): AsyncGenerator<readonly string[]> {
  // With this flush, a truncated file ends where it was cut, without an error.
  const gunzip = createGunzip({ chunkSize: BLOCK_BYTES, finishFlush: constants.Z_SYNC_FLUSH })
  const lines = new Lines(MAX_LINE_BYTES)
  try {
    for await (const chunk of Readable.from(blocksOf(fd), { objectMode: false }).pipe(gunzip))
      yield lines.push(chunk as Buffer)
  } catch (error) {
    // Nobody can read what comes after damaged data; what came before has been given.
    if ((error as NodeJS.ErrnoException).code !== 'Z_DATA_ERROR') throw error
  }
}

function* blocksOf(fd: number): Generator<Buffer> {
  for (let position = 0; ; ) {
    const block = Buffer.allocUnsafeSlow(BLOCK_BYTES)
    const bytes = readSync(fd, block, 0, block.length, position)
    if (bytes === 0) return
    position += bytes
    yield block.subarray(0, bytes)
  }
}

const withoutLastEnd = (text: string) => (text.endsWith('\n') ? text.slice(0, -1) : text)
