// Unpacking a release: the program and what it needs beside it come out of a .tar.gz or .zip, and nothing
// else does.
import { type FileHandle, open } from 'node:fs/promises'
import { SkyflyError } from '../../errors.js'
import { type ArchiveKind, archiveKind } from './archive-kind.js'
import { damagedArchive } from './damaged.js'
import {
  type ArchiveEntry,
  EntryExtractor,
  type ExtractInput,
  type ReadInput,
  type StoredFile,
} from './entry-extractor.js'

export interface UnpackInput extends Omit<ExtractInput, 'name'> {
  /** A .tar.gz or .zip whose hash was verified, or waived. */
  readonly archive: string
  /** What it is called in errors. @default its path */
  readonly name?: string
  readonly signal?: AbortSignal | undefined
  /** Limit of all that is unpacked. @default 1 GiB */
  readonly maxBytes?: number
}

export interface Unpacked {
  /** Of the program, in hex. */
  readonly sha256: string
  readonly bytes: number
  /** What was stored beside the program, without the licence. */
  readonly files: readonly StoredFile[]
  readonly hasLicence: boolean
}

/** @throws SkyflyError `download`, or the signal's reason; then no file is left */
export async function unpack(input: UnpackInput): Promise<Unpacked> {
  const { archive, name = archive, signal, maxBytes = 1024 ** 3 } = input
  const extractor = new EntryExtractor({ ...input, name })
  let bytes = 0
  async function* bounded(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      bytes += chunk.length
      if (bytes > maxBytes) throw tooLarge(name, maxBytes)
      yield chunk
    }
  }
  try {
    const read = await readerOf(await kindOf(archive), name)
    const take = (entry: ArchiveEntry) => extractor.take(entry)
    await read(archive, { take, bounded, damaged: why => damagedArchive(name, why), signal })
    return await extractor.result()
  } catch (error) {
    // A pipeline reports what stopped the extractor as "aborted" only.
    const stopped = await extractor.undo()
    signal?.throwIfAborted()
    throw explained(stopped instanceof SkyflyError ? stopped : error, name)
  }
}

async function kindOf(archive: string): Promise<ArchiveKind | undefined> {
  let file: FileHandle | undefined
  try {
    file = await open(archive)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0)
    return archiveKind(buffer.subarray(0, bytesRead))
  } finally {
    await file?.close()
  }
}

async function readerOf(
  kind: ArchiveKind | undefined,
  name: string,
): Promise<(archive: string, input: ReadInput) => Promise<void>> {
  if (kind === 'tar.gz') return (await import('./unpack-tar.js')).readTar
  if (kind === 'zip') return (await import('./unpack-zip.js')).readZip
  if (kind === undefined) throw damagedArchive(name, 'it is neither a .tar.gz nor a .zip')
  throw new SkyflyError('download', `${name} is an archive of a kind that skyfly does not read`, {
    hint: 'unpack it, and pack the program and what lies beside it as a .tar.gz or a .zip',
  })
}

function tooLarge(archive: string, maxBytes: number): SkyflyError {
  return new SkyflyError('download', `the archive ${archive} unpacks to more than ${maxBytes} bytes`, {
    hint: 'no release is that large: get the archive from another place',
  })
}

/** What zlib, tar-stream and yauzl say, in plain words. */
const DAMAGES: readonly (readonly [RegExp, string])[] = [
  [/^unexpected end of|file is truncated|^file data overflows|^unexpected EOF/i, 'it ends too early'],
  [/^Invalid tar header/, 'it holds no tar'],
  [/strong encryption/, 'it is encrypted'],
  [/^(?:too many|not enough) bytes in the stream/, 'an entry has another size than it declares'],
]

function explained(cause: unknown, archive: string): SkyflyError {
  if (cause instanceof SkyflyError) return cause
  const { syscall, message } = cause as NodeJS.ErrnoException
  if (syscall !== undefined) {
    const hint = 'name a .tar.gz or .zip that this user may read'
    return new SkyflyError('download', `the archive ${archive} cannot be read: ${message}`, { hint, cause })
  }
  return damagedArchive(archive, DAMAGES.find(([said]) => said.test(message))?.[1] ?? message, cause)
}
