// The older files of one log: their numbers, and which of them are compressed yet.
import { renameSync } from 'node:fs'
import { removeNow, whileInUse } from '../../system/retry-in-use.js'
import { compressingPath, listRotated, rotatedPath } from '../file-names.js'
import { compress } from './compress.js'

/**
 * Files are compressed once there was no rotation for this long: in a flood the processor belongs to the
 * lines, and most files would be deleted again before anybody reads them.
 */
const CALM_MS = 250

/** A rotated file. The object stays the same while the file is renamed. */
interface Entry {
  number: number
  gzipped: boolean
}

export class RotatedFiles {
  /** Newest first. Only this process renames them, so the table is true as long as nobody interferes. */
  #entries: Entry[]
  #calm: NodeJS.Timeout | undefined
  #job: { readonly entry: Entry; readonly abort: AbortController } | undefined

  /** Takes over what an earlier run left. */
  constructor(
    readonly file: string,
    readonly maxRotated: number,
  ) {
    remove(compressingPath(file))
    this.#entries = takeOver(file, maxRotated)
    if (this.#entries.some(entry => !entry.gzipped)) this.#compressSoon()
  }

  /** Makes the current file, which the caller has closed, number 1. @throws if something cannot be renamed. */
  rotate(): void {
    if (this.maxRotated === 0) {
      removeNow(this.file)
      return
    }
    this.#makeRoom()
    const newest = { number: 1, gzipped: false }
    whileInUse(() => renameSync(this.file, rotatedPath(this.file, newest)))
    this.#entries.unshift(newest)
    this.#compressSoon()
  }

  /** Drops an unfinished compression; the next run does it again. */
  close(): void {
    clearTimeout(this.#calm)
    this.#entries = []
    this.#job?.abort.abort()
    remove(compressingPath(this.file))
  }

  /**
   * Moves the files below the first free number up by one, the oldest of them first. Where that fails half-way
   * the free number is further down, so no later try pushes a file out for nothing.
   */
  #makeRoom(): void {
    const inTheWay = this.#entries.filter((entry, index) => entry.number === index + 1)
    const oldest = inTheWay.at(-1)
    if (oldest?.number === this.maxRotated) {
      removeNow(rotatedPath(this.file, oldest))
      this.#forget(oldest)
      inTheWay.pop()
    }
    for (const entry of inTheWay.reverse()) this.#moveUp(entry)
  }

  #moveUp(entry: Entry): void {
    const moved = { ...entry, number: entry.number + 1 }
    try {
      whileInUse(() => renameSync(rotatedPath(this.file, entry), rotatedPath(this.file, moved)))
      entry.number = moved.number
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      this.#forget(entry) // somebody deleted it by hand
    }
  }

  #forget(entry: Entry): void {
    this.#entries = this.#entries.filter(other => other !== entry)
    if (this.#job?.entry === entry) this.#job.abort.abort()
  }

  #compressSoon(): void {
    clearTimeout(this.#calm)
    this.#calm = setTimeout(() => void this.#compressAll(), CALM_MS).unref()
  }

  /** One at a time, the oldest first. After a failure (a full disk, say) the next rotation tries again. */
  async #compressAll(): Promise<void> {
    if (this.#job) return
    let entry = this.#nextToCompress()
    while (entry && (await this.#compress(entry))) entry = this.#nextToCompress()
  }

  #nextToCompress(): Entry | undefined {
    return this.#entries.findLast(entry => !entry.gzipped)
  }

  /** @returns Whether to go on with the next one. */
  async #compress(entry: Entry): Promise<boolean> {
    const job = { entry, abort: new AbortController() }
    this.#job = job
    const target = compressingPath(this.file)
    try {
      await compress(rotatedPath(this.file, entry), target, job.abort.signal)
      job.abort.signal.throwIfAborted()
      const plain = rotatedPath(this.file, entry)
      whileInUse(() => renameSync(target, rotatedPath(this.file, { ...entry, gzipped: true })))
      entry.gzipped = true
      remove(plain)
      return true
    } catch {
      // Nothing is lost: the file stays as it is. Only when it was dropped meanwhile is it worth trying the next one.
      remove(target)
      return job.abort.signal.aborted
    } finally {
      this.#job = undefined
    }
  }
}

/** Deletes what is beyond the limit, and a compressed file whose original is still there: it may be incomplete. */
function takeOver(file: string, maxRotated: number): Entry[] {
  const found = listRotated(file)
  const plain = new Set(found.filter(entry => !entry.gzipped).map(entry => entry.number))
  const isKept = (entry: Entry) => entry.number <= maxRotated && !(entry.gzipped && plain.has(entry.number))
  for (const entry of found) if (!isKept(entry)) remove(rotatedPath(file, entry))
  return found.filter(isKept)
}

function remove(path: string): void {
  try {
    removeNow(path)
  } catch {
    // It stays, and nothing depends on it: a tmp file is overwritten, a number beyond the limit is never read.
  }
}
