// Reading a log as it grows: over any number of rotations, with no line lost and none twice.
import { closeSync, fstatSync } from 'node:fs'
import { endOfWholeRecords } from '../write/record-file.js'
import { Changes } from './changes.js'
import { linesOf, plainLines } from './file-lines.js'
import { lineMatcher } from './filter.js'
import { closeFiles, newerThan, type OpenFile, openFiles } from './open-files.js'
import { asMatches, type LogMatch, type ReadOptions, readFiles } from './read.js'

export interface FollowOptions extends ReadOptions {
  /** Ends the reading at once. */
  readonly signal: AbortSignal
  /** Aborted when nobody writes any more; what was written until then is still given. @default never */
  readonly ended?: AbortSignal | undefined
}

/**
 * What {@link readLog} gives, then every match that is written until one of the signals; `lines` limits only
 * the former.
 */
export async function* followLog(options: FollowOptions): AsyncGenerator<readonly LogMatch[]> {
  const { file, signal, ended } = options
  const passes = lineMatcher(options)
  const files = openFiles(file)
  const follower = new Follower(file, files[0])
  // Watching begins before reading, so that no change falls in between.
  const changes = new Changes(file, ended === undefined ? signal : AbortSignal.any([signal, ended]))
  try {
    for await (const matches of readFiles(files, options)) {
      if (signal.aborted) return
      yield matches
    }
    closeFiles(files.splice(1))
    for (;;) {
      // Asked before reading, so that everything written before the end is read.
      const isLast = ended?.aborted === true
      for await (const lines of follower.newLines()) {
        if (signal.aborted) return
        const found = passes ? lines.filter(passes) : lines
        if (found.length > 0) yield asMatches(found)
      }
      if (isLast || signal.aborted) return
      await changes.next()
    }
  } finally {
    changes.close()
    closeFiles(files.splice(1))
    follower.close()
  }
}

/** A position in the log: an open file, whatever its name is by now, and the offset of the next line. */
class Follower {
  #current: OpenFile | undefined
  #offset: number
  #waiting: OpenFile[] = []

  /** @param current The newest file, read to its `sizeBytes`; undefined: there is no file yet. */
  constructor(
    readonly path: string,
    current: OpenFile | undefined,
  ) {
    this.#current = current
    this.#offset =
      current === undefined || current.gzipped ? 0 : endOfWholeRecords(current.fd, current.sizeBytes)
  }

  /** The lines written since the last time. */
  async *newLines(): AsyncGenerator<readonly string[]> {
    yield* this.#growth()
    this.#waiting = newerThan(this.path, this.#current)
    // Once there is a newer file, nothing is added to this one any more, so this is the rest of it.
    if (this.#waiting.length > 0) yield* this.#growth()
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (this.#current !== undefined) closeSync(this.#current.fd)
      this.#current = next
      this.#offset = 0
      if (next.gzipped) yield* linesOf(next)
      else yield* this.#growth()
    }
  }

  close(): void {
    closeFiles(this.#waiting)
    if (this.#current !== undefined) closeSync(this.#current.fd)
  }

  *#growth(): Generator<readonly string[]> {
    if (this.#current === undefined || this.#current.gzipped) return
    const { size } = fstatSync(this.#current.fd)
    if (size < this.#offset) this.#offset = 0 // emptied by hand
    for (const { lines, end } of plainLines(this.#current.fd, this.#offset, size)) {
      this.#offset = end
      yield lines
    }
  }
}
