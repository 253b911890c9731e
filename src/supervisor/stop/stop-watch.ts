// One server from the moment it is asked to stop: whether it is saving, what it saved, and whether it
// refuses.
import type { Engine } from '../../engines/engine.js'
import type { Log } from '../../logs/write/log.js'
import { type SavedSnapshot, SaveWatch } from '../../snapshots/save-watch.js'
import { CancellableSleep } from '../run/cancellable-sleep.js'

export interface StopWatchOptions {
  readonly dir: string
  readonly engine: Engine
  readonly log: Log
  /** It has said that it ends, so it need not be hurried. */
  readonly isEnding: () => boolean
  /** Time passes for a good reason, though nothing is written. */
  readonly onPatience: () => void
  /** Whether the server answers, and so still serves. */
  readonly isAnswering: () => Promise<boolean>
  /** Something was written since the last look. */
  readonly onSaving: (bytes: number) => void
  /** It said that it cannot save, and went on serving. */
  readonly onRefused: (reason: string) => void
}

const POLL_MS = 100

export class StopWatch {
  readonly #options: StopWatchOptions
  readonly #before: StopWatch | undefined
  readonly #saving: SaveWatch
  readonly #sleep = new CancellableSleep()
  readonly #unlisten: () => void
  #saveFailure: string | undefined

  /** @param before the watch that this one replaces */
  constructor(options: StopWatchOptions, before?: StopWatch) {
    this.#options = options
    this.#before = before
    this.#saving = new SaveWatch(options.dir, options.engine)
    this.#unlisten = options.log.onLine(line => {
      this.#saveFailure ??= options.engine.saveFailure(line)
    })
    void this.#watch()
  }

  /** Why the server says that it could not save. */
  get saveFailure(): string | undefined {
    return this.#saveFailure
  }

  /**
   * Notes why the server could not save. The first reason counts, whether it is from the log or from here.
   */
  blame(reason: string): void {
    this.#saveFailure ??= reason
  }

  /** The snapshot that was finished since this watch began; undefined: none. */
  saved(): SavedSnapshot | undefined {
    return this.#saving.saved()
  }

  /** Removes what the server was writing when it was killed. To be called once it is gone. */
  removeUnfinished(): void {
    this.#before?.removeUnfinished()
    this.#saving.removeUnfinished()
  }

  end(): void {
    this.#unlisten()
    this.#sleep.end()
  }

  async #watch(): Promise<void> {
    const { isAnswering, isEnding, onPatience, onSaving, onRefused } = this.#options
    for (;;) {
      await this.#sleep.wait(POLL_MS)
      if (this.#sleep.isOver) return
      const { progress, bytes } = this.#saving.look()
      if (progress) onSaving(bytes)
      else if (isEnding()) onPatience()
      if (this.#saveFailure !== undefined && (await isAnswering()) && !this.#sleep.isOver)
        onRefused(this.#saveFailure)
    }
  }
}
