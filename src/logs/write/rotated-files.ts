// The older files of one log: NAME.log.1 stays plain, older ones are compressed when there is time.
import { renameSync } from 'node:fs'
import { removeNow, whileInUse } from '../../system/retry-in-use.js'
import { compressingPath, listRotated, type RotatedName, rotatedPath } from '../file-names.js'
import { compress } from './compress.js'

/**
 * Files are compressed once there has been no rotation for this long: in a flood the lines need the
 * processor, and most files would be deleted again before anybody reads them.
 */
const CALM_MS = 250

export class RotatedFiles {
  #calm: NodeJS.Timeout | undefined
  #abort = new AbortController()
  #compression: Promise<void> = Promise.resolve()

  /** Takes over what an earlier run left. */
  constructor(
    readonly file: string,
    readonly maxRotated: number,
  ) {
    tryToRemove(compressingPath(file))
    if (this.#clearedList().some(isToCompress)) this.#compressSoon()
  }

  /**
   * Makes the current file, which the caller has closed, number 1.
   * @throws if something cannot be renamed.
   */
  rotate(): void {
    // A file must not be renamed while it is compressed. Compression starts again after the next pause.
    this.#abort.abort()
    if (this.maxRotated === 0) {
      removeNow(this.file)
      return
    }
    this.#makeRoom()
    whileInUse(() => renameSync(this.file, rotatedPath(this.file, { number: 1, gzipped: false })))
    this.#compressSoon()
  }

  /** Gives up an unfinished compression; the next run does it again. */
  close(): void {
    clearTimeout(this.#calm)
    this.#abort.abort()
    tryToRemove(compressingPath(this.file))
  }

  /**
   * Moves the files below the first free number up by one, oldest first. If that fails half-way, the free
   * number is a lower one afterwards, so a later try does not push a file out for nothing.
   */
  #makeRoom(): void {
    const inTheWay = this.#clearedList().filter(({ number }, index) => number === index + 1)
    const oldest = inTheWay.at(-1)
    if (oldest?.number === this.maxRotated) {
      removeNow(rotatedPath(this.file, oldest))
      inTheWay.pop()
    }
    for (const name of inTheWay.reverse()) this.#moveUp(name)
  }

  #moveUp(name: RotatedName): void {
    const moved = { ...name, number: name.number + 1 }
    try {
      whileInUse(() => renameSync(rotatedPath(this.file, name), rotatedPath(this.file, moved)))
    } catch (error) {
      // Somebody has just deleted it by hand.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }

  /**
   * Newest first, without what is beyond the limit, and without compressed files whose originals are still
   * there.
   */
  #clearedList(): RotatedName[] {
    const found = listRotated(this.file)
    const plain = new Set(found.filter(({ gzipped }) => !gzipped).map(({ number }) => number))
    const isKept = ({ number, gzipped }: RotatedName) =>
      number <= this.maxRotated && !(gzipped && plain.has(number))
    for (const name of found) if (!isKept(name)) tryToRemove(rotatedPath(this.file, name))
    return found.filter(isKept)
  }

  #compressSoon(): void {
    clearTimeout(this.#calm)
    this.#calm = setTimeout(() => {
      const abort = new AbortController()
      this.#abort = abort
      // An aborted compression may take a moment to end, and both write to the same name.
      this.#compression = this.#compression.then(() => this.#compressAll(abort.signal))
    }, CALM_MS).unref()
  }

  /** Oldest first. A failure, such as a full disk, ends it: the files stay as they are until the next try. */
  async #compressAll(signal: AbortSignal): Promise<void> {
    const target = compressingPath(this.file)
    try {
      for (const name of this.#clearedList().filter(isToCompress).reverse()) {
        const plain = rotatedPath(this.file, name)
        await compress(plain, target, signal)
        signal.throwIfAborted()
        whileInUse(() => renameSync(target, rotatedPath(this.file, { ...name, gzipped: true })))
        tryToRemove(plain)
      }
    } catch {
      tryToRemove(target)
    }
  }
}

/** Number 1 stays plain, because whoever follows the log may still be reading it. */
function isToCompress({ number, gzipped }: RotatedName): boolean {
  return number > 1 && !gzipped
}

function tryToRemove(path: string): void {
  try {
    removeNow(path)
  } catch {
    // Leaving it does no harm: a tmp file is overwritten, and a file beyond the limit is removed another
    // time.
  }
}
