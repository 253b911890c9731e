// When the snapshot is written, what is said about it, and the end of the server, which waits for it.
import type { Embedded } from './embedded.js'
import { saveSnapshotNow } from './snapshot.js'

export interface ShutdownOptions {
  /** undefined: if the server saves when it stops. */
  readonly save?: boolean | undefined
  /** Ends even if the snapshot could not be saved. */
  readonly force?: boolean
}

export class Saving {
  wasOk = true
  count = 0
  lastSeconds = -1
  #isStarted = false

  constructor(private readonly engine: Embedded) {}

  get isStarted(): boolean {
    return this.#isStarted
  }

  /** After this turn of the event loop: the client has its answer then. */
  start(): void {
    this.#isStarted = true
    setImmediate(() => this.run())
  }

  /** Whether it was saved; the log says why not. */
  run(): boolean {
    const { engine } = this
    const start = Date.now()
    this.#isStarted = false
    try {
      saveSnapshotNow(engine)
      this.count++
      this.wasOk = true
      engine.host.log('info', 'DB saved on disk')
    } catch (problem) {
      this.wasOk = false
      engine.host.log('warn', problem instanceof Error ? problem.message : String(problem))
    }
    this.lastSeconds = Math.round((Date.now() - start) / 1000)
    return this.wasOk
  }

  /** Ends the program. @returns whether it does: not if the snapshot could not be saved */
  shutdown({ save, force = false }: ShutdownOptions): boolean {
    const { config, host } = this.engine
    if (save ?? (config.dbfilename !== '' && config.savesAtStop !== false)) {
      host.log('info', 'Saving the final RDB snapshot before exiting.')
      if (!this.run() && !force) {
        host.log('warn', "Error trying to save the DB, can't exit.")
        return false
      }
    }
    host.log('warn', 'The embedded server is now ready to exit, bye bye...')
    host.exit()
    return true
  }
}
