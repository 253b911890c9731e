// What is taken out of an archive: the program, what it needs beside it, its licence, and nothing else.
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SkyflyError } from '../../errors.js'
import { cannotWriteCache } from '../cache/cache-folder.js'
import { isInnerPath } from '../cache/inner-path.js'
import { damagedArchive } from './damaged.js'

/** One entry of an archive, whatever its kind. */
export interface ArchiveEntry {
  readonly name: string
  /** `file`, or a word for what else it is. */
  readonly kind: string
  /** Read at most once. */
  readonly content: AsyncIterable<Buffer>
}

/** What a reader of one kind of archive works with. */
export interface ReadInput {
  /** Called with every entry. False: its content was not read. */
  readonly take: (entry: ArchiveEntry) => Promise<boolean>
  /** Passes bytes on, and throws once the archive has given more than it may. */
  readonly bounded: (bytes: AsyncIterable<Buffer>) => AsyncGenerator<Buffer>
  readonly damaged: (why: string) => SkyflyError
  readonly signal: AbortSignal | undefined
}

/** A file that was put beside the program. */
export interface StoredFile {
  /** Path in the folder, separated by `/`. */
  readonly name: string
  readonly bytes: number
  /** In hex. */
  readonly sha256: string
}

export interface ExtractInput {
  /** What errors call the archive. */
  readonly name: string
  /** The last part of the program's path, enough to tell it from other files. It is stored under it. */
  readonly program: string
  /** Matches the path of a file that the program needs, and captures the part under which it is stored. */
  readonly keeps?: RegExp | undefined
  /** Its name, without any folder. */
  readonly licenceFile?: string | undefined
  readonly folder: string
}

type Stored = Omit<StoredFile, 'name'>
const MAX_NAMES = 10
/** Garnet has the most: less than a hundred. */
const MAX_FILES = 500

/** Takes what is wanted from an archive. An entry's name decides what it is, never where it goes. */
export class EntryExtractor {
  /** What was stored, by its path in the folder; undefined: it is not complete yet. */
  readonly #files = new Map<string, Stored | undefined>()
  /** Those paths and their folders, in lower case: for some systems names that differ in case are one. */
  readonly #taken = new Set<string>()
  readonly #folders = new Set<string>()
  readonly #names: string[] = []
  /** The kind of an entry that has the program's name and is not a file. */
  #instead: string | undefined
  #taking: Promise<unknown> = Promise.resolve()

  constructor(readonly input: ExtractInput) {}

  /** @returns false: its content was not wanted, and not read */
  take(entry: ArchiveEntry): Promise<boolean> {
    if (this.#names.length <= MAX_NAMES) this.#names.push(harmless(entry.name))
    const taking = this.#take(entry)
    this.#taking = taking
    return taking
  }

  async result(): Promise<Stored & { readonly files: readonly StoredFile[]; readonly hasLicence: boolean }> {
    // When everything has been read, the last entry may still be on its way to the disk.
    await this.#taking
    const { program, licenceFile } = this.input
    const { [program]: stored, ...others } = Object.fromEntries(this.#files)
    if (stored === undefined) throw this.#withoutProgram()
    const files = Object.entries(others).flatMap(([name, file]) =>
      file === undefined || name === licenceFile ? [] : [{ name, ...file }],
    )
    return { ...stored, files, hasLicence: licenceFile !== undefined && this.#files.has(licenceFile) }
  }

  /** @returns what made it fail */
  async undo(): Promise<unknown> {
    const failure = await this.#taking.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    // What cannot be removed goes with its folder.
    for (const path of this.#files.keys())
      await rm(join(this.input.folder, path), { force: true }).catch(() => {})
    return failure
  }

  async #take({ name, kind, content }: ArchiveEntry): Promise<boolean> {
    const { program } = this.input
    const isProgram = isWithin(name, program)
    if (isProgram && kind !== 'file') this.#instead ??= kind
    const path = isProgram ? program : this.#pathOf(name)
    if (kind !== 'file' || path === undefined || this.#taken.has(path.toLowerCase())) return false
    await this.#store(content, path, isProgram ? 0o755 : 0o644)
    return true
  }

  /** Where a file other than the program goes; undefined: nowhere. */
  #pathOf(name: string): string | undefined {
    const { keeps, licenceFile } = this.input
    const kept = keeps?.exec(name.replace(/^(?:\.\/)+/, ''))?.[1]
    if (kept !== undefined && isInnerPath(kept)) return kept
    return licenceFile !== undefined && name.split('/').at(-1) === licenceFile ? licenceFile : undefined
  }

  /** @throws SkyflyError `download` where a path would be a file and a folder at once */
  #claim(path: string): void {
    const steps = path.toLowerCase().split('/')
    const folders = steps.slice(1).map((_, index) => steps.slice(0, index + 1).join('/'))
    if (this.#folders.has(path.toLowerCase()) || folders.some(folder => this.#taken.has(folder)))
      throw damagedArchive(this.input.name, `${harmless(path)} in it is a file and a folder, or in a file`)
    this.#taken.add(path.toLowerCase())
    for (const folder of folders) this.#folders.add(folder)
  }

  async #store(content: AsyncIterable<Buffer>, path: string, mode: number): Promise<void> {
    const { name, folder } = this.input
    const place = join(folder, path)
    if (this.#files.size === MAX_FILES)
      throw damagedArchive(name, `more than ${MAX_FILES} files in it belong to the program`)
    this.#claim(path)
    try {
      if (path.includes('/')) mkdirSync(dirname(place), { recursive: true })
      // Exclusive: a link that somebody put there is not followed.
      const file = await open(place, 'wx', mode)
      this.#files.set(path, undefined)
      this.#files.set(path, await copy(content, file, mode).finally(() => file.close()))
    } catch (error) {
      throw writeFailure(error, folder)
    }
  }

  #withoutProgram(): SkyflyError {
    const { name, program } = this.input
    const names = this.#names.map((name, index) => (index < MAX_NAMES ? name : 'more')).join(', ')
    const message =
      this.#instead === undefined
        ? `there is no file ${program} in the archive ${name}, which holds ${names || 'nothing'}`
        : `${program} in the archive ${name} is not a file but a ${this.#instead}`
    return new SkyflyError('download', message, {
      hint: `use the archive of a release for this system and processor: it holds a file ${program}`,
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
  // The umask may have reduced the mode given to open().
  await file.chmod(mode)
  await file.sync()
  return { sha256: hash.digest('hex'), bytes }
}

/** Whether a name ends with the wanted path, with plain folders before it, and maybe a slash after it. */
function isWithin(name: string, wanted: string): boolean {
  const steps = name.replace(/\/$/, '').split('/')
  return (
    steps.slice(-wanted.split('/').length).join('/') === wanted && !steps.includes('..') && steps[0] !== ''
  )
}

/** A name fit for a terminal: short, with control characters escaped. */
function harmless(name: string): string {
  const shown = name.replace(/\p{C}/gu, char => `\\u{${char.codePointAt(0)?.toString(16)}}`)
  return shown.length > 80 ? `${shown.slice(0, 80)}...` : shown
}

function writeFailure(cause: unknown, folder: string): unknown {
  const { syscall } = cause as NodeJS.ErrnoException
  if (syscall === undefined || syscall === 'read') return cause
  return cannotWriteCache(cause, `the folder ${folder}`)
}
