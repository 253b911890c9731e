// Whether a server has said that it ends, and for how long that explains why it answers nobody.
import type { Engine } from '../../engines/engine.js'
import type { Log } from '../../logs/write/log.js'

/**
 * How long a server that has said so may take without a sign of progress. Dragonfly first waits for the end of
 * a CLIENT PAUSE if a client waits for that, too; 60 s is what such a pause lasts at most as a rule.
 */
const PATIENCE_MS = 60_000

export class Ending {
  #since: number | undefined
  readonly #unlisten: () => void

  constructor(log: Pick<Log, 'onLine'>, engine: Pick<Engine, 'isEnding' | 'saveFailure'>) {
    this.#unlisten = log.onLine(line => {
      if (engine.isEnding(line)) this.#since ??= performance.now()
      // Redis goes on serving when it cannot save.
      else if (this.#since !== undefined && engine.saveFailure(line) !== undefined) this.#since = undefined
    })
  }

  /** It has said so, and not so long ago that it must be hanging. */
  get isUnderWay(): boolean {
    return this.#since !== undefined && performance.now() - this.#since < PATIENCE_MS
  }

  end(): void {
    this.#unlisten()
  }
}
