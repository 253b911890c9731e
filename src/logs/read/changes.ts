// Waiting until a log file may have changed.
import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Not every file system tells of changes (network drives, containers on macOS), and watches run out. */
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

  /** Resolves at the first change since it last did, at the latest after a quarter of a second, or at the abort. */
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

/** The folder, not the file: a watch of the file would follow it when it is rotated. */
function watchFolder(file: string, onChange: () => void): FSWatcher | undefined {
  try {
    const isOurs = (name: string | null) => name === null || name.startsWith(basename(file))
    const watcher = watch(dirname(file), (_event, name) => isOurs(name) && onChange())
    // The folder has gone, or no more watches are allowed: polling goes on without it.
    return watcher.on('error', () => watcher.close())
  } catch {
    return undefined // the same, at the start
  }
}
