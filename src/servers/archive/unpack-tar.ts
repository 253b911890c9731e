// Reading a .tar.gz. The only importer of tar-stream.
import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract, type Headers } from 'tar-stream'
import type { ReadInput } from './entry-extractor.js'

/** Reads to the end: gzip's checksum comes last, and may be all that shows a flipped bit. */
export async function readTar(archive: string, { take, bounded, damaged, signal }: ReadInput): Promise<void> {
  const entries = extract()
  const onEntry = async ({ name, type, size }: Headers, content: Readable) => {
    // tar-stream would wait for ever for the end of such an entry.
    if (!(typeof size === 'number' && size >= 0)) throw damaged('an entry has no valid size')
    const isFile = type === 'file' || type === 'contiguous-file'
    const kind = isFile ? 'file' : (type ?? 'special file')
    if (!(await take({ name, kind, content }))) for await (const _ of content);
  }
  entries.on('entry', (header, content, next) => {
    // It fails when the pipeline does, and the pipeline reports that.
    content.on('error', () => {})
    onEntry(header, content).then(() => next(), next)
  })
  const source = createReadStream(archive)
  // Windows does not remove a folder with an open file in it.
  const closed = new Promise<void>(resolve => source.once('close', resolve))
  try {
    await pipeline(source, createGunzip(), bounded, entries, { signal })
  } finally {
    source.destroy()
    await closed
  }
}
