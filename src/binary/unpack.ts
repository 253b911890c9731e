// Release archives: how the one program and its licence get out of a .tar.gz, and nothing else does.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract, type Headers } from 'tar-stream'
import { SkyflyError } from '../errors.js'

export interface UnpackInput {
  /** A .tar.gz whose hash was verified, or waived. */
  readonly archive: string
  /** What it is called in errors. @default its path */
  readonly name?: string
  /** Name of the file that is wanted: `dragonfly-x86_64` */
  readonly program: string
  /** `LICENSE.md` */
  readonly licenceFile: string
  /** Exists and holds neither; gets the program, and the licence where there is one. */
  readonly folder: string
  readonly signal?: AbortSignal | undefined
  /** Of everything in the archive. @default 1 GiB */
  readonly maxBytes?: number
}

export interface Unpacked {
  /** Of the program, in hex. */
  readonly sha256: string
  readonly bytes: number
  readonly hasLicence: boolean
}

/**
 * Reads the archive to its end, since gzip's checksum comes last: where the hash was waived, nothing else shows a flipped bit.
 * @throws SkyflyError `download`, or the signal's reason; then no file is left
 */
export async function unpack(input: UnpackInput): Promise<Unpacked> {
  const { archive, name = archive, signal, maxBytes = 1024 ** 3 } = input
  signal?.throwIfAborted()
  const taker = new Taker(input)
  const entries = extract()
  entries.on('entry', (header, content, next) => {
    // It fails when the whole does, and the whole tells.
    content.on('error', () => {})
    taker.take(header, content).then(() => next(), next)
  })
  try {
    const bounded = (bytes: AsyncIterable<Buffer>) => atMost(maxBytes, bytes, name)
    await pipeline(createReadStream(archive), createGunzip(), bounded, entries, { signal })
    return await taker.result()
  } catch (error) {
    // What stopped the taker comes out of the pipeline as "aborted".
    const stopped = await taker.undo()
    signal?.throwIfAborted()
    throw explained(stopped instanceof SkyflyError ? stopped : error, name)
  }
}

type Stored = Pick<Unpacked, 'sha256' | 'bytes'>
const MAX_NAMES = 10

/** Takes what is wanted out of the entries that come by. An entry's name decides what it is, never where it goes. */
class Taker {
  /** By their paths; undefined: begun, and not whole yet. */
  readonly #files = new Map<string, Stored | undefined>()
  readonly #names: string[] = []
  /** What has the program's name and is no file. */
  #instead: string | undefined
  #taking: Promise<void> = Promise.resolve()

  constructor(readonly input: UnpackInput) {}

  take(header: Headers, content: Readable): Promise<void> {
    if (this.#names.length <= MAX_NAMES) this.#names.push(harmless(header.name))
    this.#taking = this.#take(header, content)
    return this.#taking
  }

  async result(): Promise<Unpacked> {
    // The last entry may be on its way to the disk when everything is read.
    await this.#taking
    const { folder, program, licenceFile } = this.input
    const stored = this.#files.get(join(folder, program))
    if (stored === undefined) throw this.#withoutProgram()
    return { ...stored, hasLicence: this.#files.has(join(folder, licenceFile)) }
  }

  /** Gives what made it fail. */
  async undo(): Promise<unknown> {
    const failure = await this.#taking.catch((reason: unknown) => reason)
    // What cannot be removed goes with its folder.
    for (const path of this.#files.keys()) await rm(path, { force: true }).catch(() => {})
    return failure
  }

  async #take({ name, type, size }: Headers, content: Readable): Promise<void> {
    // tar-stream waits for the end of such an entry for ever.
    if (!(typeof size === 'number' && size >= 0))
      throw damaged(this.input.name ?? this.input.archive, 'an entry has no valid size')
    const { folder, program, licenceFile } = this.input
    const isFile = type === 'file' || type === 'contiguous-file'
    const isProgram = isWithin(name, program)
    if (isProgram && !isFile) this.#instead ??= type ?? 'special file'
    const path = join(folder, isProgram ? program : licenceFile)
    const isWanted = isFile && (isProgram || name.split('/').at(-1) === licenceFile)
    if (isWanted && !this.#files.has(path)) await this.#store(content, path, isProgram ? 0o755 : 0o644)
    else for await (const _ of content);
  }

  async #store(content: Readable, path: string, mode: number): Promise<void> {
    try {
      // Exclusive: a link that somebody put there is not followed.
      const file = await open(path, 'wx', mode)
      this.#files.set(path, undefined)
      this.#files.set(path, await copy(content, file, mode).finally(() => file.close()))
    } catch (error) {
      throw unwritable(error, this.input.folder)
    }
  }

  #withoutProgram(): SkyflyError {
    const { archive, name = archive, program } = this.input
    const names = this.#names.map((name, index) => (index < MAX_NAMES ? name : 'more')).join(', ')
    const message =
      this.#instead === undefined
        ? `there is no file ${program} in the archive ${name}, which holds ${names || 'nothing'}`
        : `${program} in the archive ${name} is not a file but a ${this.#instead}`
    return new SkyflyError('download', message, {
      hint: `use the .tar.gz of a release for this system and processor: it holds a file ${program}`,
    })
  }
}

async function copy(content: AsyncIterable<Buffer>, file: FileHandle, mode: number): Promise<Stored> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of content) {
    hash.update(chunk)
    bytes += chunk.length
    await file.writeFile(chunk)
  }
  // The mode at open() went through the umask.
  await file.chmod(mode)
  await file.sync()
  return { sha256: hash.digest('hex'), bytes }
}

/** Whether an entry is the wanted one, in a plain folder or none; a folder's own name may end with a slash. */
function isWithin(name: string, wanted: string): boolean {
  const steps = name.replace(/\/$/, '').split('/')
  return steps.at(-1) === wanted && !steps.includes('..') && steps[0] !== ''
}

/** For a terminal: without what it would obey or hide, and short. */
function harmless(name: string): string {
  const shown = name.replace(/\p{C}/gu, char => `\\u{${char.codePointAt(0)?.toString(16)}}`)
  return shown.length > 80 ? `${shown.slice(0, 80)}...` : shown
}

async function* atMost(maxBytes: number, source: AsyncIterable<Buffer>, archive: string) {
  let bytes = 0
  for await (const chunk of source) {
    bytes += chunk.length
    if (bytes > maxBytes)
      throw new SkyflyError('download', `the archive ${archive} unpacks to more than ${maxBytes} bytes`, {
        hint: 'no release is that large: get the archive from another place',
      })
    yield chunk
  }
}

function unwritable(cause: unknown, folder: string): unknown {
  const { code = '', syscall, message } = cause as NodeJS.ErrnoException
  if (syscall === undefined || syscall === 'read') return cause
  const space = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code) ? 'free some space, or ' : ''
  const hint = `${space}use another cache folder with SKYFLY_CACHE_DIR`
  return new SkyflyError('download', `the folder ${folder} cannot be written: ${message}`, { hint, cause })
}

/** What zlib and tar-stream say, in words. */
const DAMAGES: readonly (readonly [RegExp, string])[] = [
  [/^unexpected end of/i, 'it ends too early'],
  [/^incorrect header check/, 'it is not a .tar.gz'],
  [/^Invalid tar header/, 'it holds no tar'],
]

function explained(cause: unknown, archive: string): SkyflyError {
  if (cause instanceof SkyflyError) return cause
  const { syscall, message } = cause as NodeJS.ErrnoException
  if (syscall !== undefined) {
    const hint = 'name a .tar.gz that this user may read'
    return new SkyflyError('download', `the archive ${archive} cannot be read: ${message}`, { hint, cause })
  }
  return damaged(archive, DAMAGES.find(([said]) => said.test(message))?.[1] ?? message, cause)
}

function damaged(archive: string, why: string, cause?: unknown): SkyflyError {
  const hint = 'download it again with skyfly install, or give --from the whole .tar.gz of a release'
  return new SkyflyError('download', `the archive ${archive} is damaged: ${why}`, { hint, cause })
}
