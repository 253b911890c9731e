// Reading a .zip. The only importer of yauzl, which bounds entries by the sizes they declare, and checks no
// checksum.
import { crc32 } from 'node:zlib'
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl'
import type { ReadInput } from './entry-extractor.js'

/** Reads only the entries that are taken: each one has a checksum of its own. */
export async function readZip(archive: string, { take, bounded, damaged, signal }: ReadInput): Promise<void> {
  // yauzl's own decoding of names would refuse an archive for entries that nobody wants.
  const zip = await openPromise(archive, { decodeStrings: false })
  // Windows does not rename a folder with an open file in it.
  const closed = new Promise(resolve => zip.once('close', resolve))
  try {
    for await (const entry of zip.eachEntry()) {
      signal?.throwIfAborted()
      const name = nameOf(entry)
      await take({ name, kind: kindOf(entry, name), content: bounded(checked(zip, entry, name)) })
    }
  } finally {
    zip.close()
    await closed
  }

  async function* checked(zip: ZipFile, entry: Entry, name: string): AsyncGenerator<Buffer> {
    if (entry.isEncrypted()) throw damaged(`${name} in it is encrypted`)
    let sum = 0
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      signal?.throwIfAborted()
      sum = crc32(chunk, sum)
      yield chunk
    }
    if (sum !== entry.crc32) throw damaged(`${name} in it has another checksum than it should`)
  }
}

/** Separated by `/`, where some programs for Windows write `\`. */
function nameOf({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): string {
  return getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false)
}

const MADE_BY_UNIX = 3
const FILE_TYPE = 0o170000

function kindOf({ versionMadeBy, externalFileAttributes }: Entry, name: string): string {
  if (name.endsWith('/')) return 'directory'
  const type = versionMadeBy >>> 8 === MADE_BY_UNIX ? (externalFileAttributes >>> 16) & FILE_TYPE : 0
  return KINDS.get(type) ?? 'special file'
}

/** By the file type of Unix; 0: the archive does not say. */
const KINDS: ReadonlyMap<number, string> = new Map([
  [0, 'file'],
  [0o100000, 'file'],
  [0o040000, 'directory'],
  [0o120000, 'symlink'],
])
