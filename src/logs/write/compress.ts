// How a rotated file is compressed beside it, in the background.
import { closeSync, createReadStream, createWriteStream, fstatSync, openSync, utimesSync } from 'node:fs'

/**
 * Writes `target` as the gzip of `source`, with the same modification time: readers skip by it what is too old.
 * Both are opened before this returns, so it does not matter if `source` is renamed meanwhile, and an abort
 * never leaves a target that appears later.
 */
export async function compress(source: string, target: string, signal: AbortSignal): Promise<void> {
  const input = openSync(source, 'r')
  const output = openOr(() => closeSync(input), target)
  const { atime, mtime } = fstatSync(input)
  // Loaded at the first rotation: most runs have none, and 3 ms count in a start.
  const { pipeline } = process.getBuiltinModule('node:stream/promises')
  const { createGzip } = process.getBuiltinModule('node:zlib')
  const reading = createReadStream(source, { fd: input })
  const writing = createWriteStream(target, { fd: output, flush: true })
  await pipeline(reading, createGzip(), writing, { signal })
  utimesSync(target, atime, mtime)
}

function openOr(undo: () => void, target: string): number {
  try {
    return openSync(target, 'w')
  } catch (error) {
    undo()
    throw error
  }
}
