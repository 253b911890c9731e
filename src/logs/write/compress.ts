// Compresses a rotated file into another one, in the background.
import { createReadStream, createWriteStream, statSync, utimesSync } from 'node:fs'

/**
 * Writes `target` as the gzip of `source`, with the same modification time, by which readers skip files that
 * are too old.
 */
export async function compress(source: string, target: string, signal: AbortSignal): Promise<void> {
  const { atime, mtime } = statSync(source)
  // Loaded on demand: most runs compress nothing, and it would add 3 ms to every start.
  const { pipeline } = process.getBuiltinModule('node:stream/promises')
  const { createGzip } = process.getBuiltinModule('node:zlib')
  await pipeline(createReadStream(source), createGzip(), createWriteStream(target, { flush: true }), {
    signal,
  })
  signal.throwIfAborted()
  utimesSync(target, atime, mtime)
}
