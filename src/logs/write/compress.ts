// How a rotated file is compressed beside it, in the background.
import { createReadStream, createWriteStream, statSync, utimesSync } from 'node:fs'

/** Writes `target` as the gzip of `source`, with the same modification time: readers skip by it what is too old. */
export async function compress(source: string, target: string, signal: AbortSignal): Promise<void> {
  const { atime, mtime } = statSync(source)
  // Loaded at the first rotation: most runs have none, and 3 ms count in a start.
  const { pipeline } = process.getBuiltinModule('node:stream/promises')
  const { createGzip } = process.getBuiltinModule('node:zlib')
  await pipeline(createReadStream(source), createGzip(), createWriteStream(target, { flush: true }), {
    signal,
  })
  signal.throwIfAborted()
  utimesSync(target, atime, mtime)
}
