// Waits until a log file may have changed.
import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/**
 * Not every file system reports changes (network drives, containers on macOS), and the number of watches is
 * limited.
 */
const POLL_MS = 250

export class Changes {
  readonly #watcher: FSWatcher | undefined
  #hasChanged = false
  #wake: (() => void) | undefined

  constructor(
    file: string,
    readonly signal: AbortSignal,
  ) {
    this.#watcher = watchFolder(file, () => this.#notice())
    signal.addEventListener('abort', this.#notice, { once: true })
  }

  /**
   * Resolves at the next change, at the abort, or after a quarter of a second. A change since the last call
   * counts, too.
   */
  async next(): Promise<void> {
    if (!this.#hasChanged && !this.signal.aborted)
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, POLL_MS)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    this.#wake = undefined
    this.#hasChanged = false
  }

  close(): void {
    this.#watcher?.close()
    this.signal.removeEventListener('abort', this.#notice)
  }

  readonly #notice = (): void => {
    this.#hasChanged = true
    this.#wake?.()
  }
}

/** Watches the folder, because a watch on the file would follow it when it is rotated. */
function watchFolder(file: string, onChange: () => void): FSWatcher | undefined {
  try {
    const isOurs = (name: string | null) => name === null || name.startsWith(basename(file))
    const watcher = watch(dirname(file), (_event, name) => isOurs(name) && onChange())
    // The folder has gone, or no more watches are allowed: polling is enough.
    return watcher.on('error', () => watcher.close())
  } catch {
    return undefined // the same, at the start
  }
}
