// Writes the snapshot on request and logs the result; the end of the server waits for it.
import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import type { Host } from '../host.js'
import { type Stored, saveSnapshot } from './snapshot.js'

export interface ShutdownOptions {
  /** Undefined: saves if the server is set to save when it stops. */
  readonly save?: boolean | undefined
  /** Ends even if the snapshot could not be written. */
  readonly force?: boolean
}

export class Saving {
  wasOk = true
  count = 0
  lastSeconds = -1
  #isStarted = false
  #isShutDown = false
  /** Held for the snapshot, because connections may take all other descriptors. */
  #spare: number | undefined

  constructor(private readonly engine: Stored & { readonly host: Host }) {
    this.#holdSpare()
  }

  /** The program is about to end, so no command runs any more: its changes would not be saved. */
  get isShutDown(): boolean {
    return this.#isShutDown
  }

  get isStarted(): boolean {
    return this.#isStarted
  }

  /** Saves after this turn of the event loop, when the client has its answer. */
  start(): void {
    this.#isStarted = true
    setImmediate(() => this.run())
  }

  /** @returns whether it was saved; if not, the reason is in the log */
  run(): boolean {
    const { engine } = this
    const start = Date.now()
    this.#isStarted = false
    this.dropSpare()
    try {
      saveSnapshot(engine)
      this.count++
      this.wasOk = true
      engine.host.log('info', 'DB saved on disk')
    } catch (problem) {
      this.wasOk = false
      engine.host.log('warn', problem instanceof Error ? problem.message : String(problem))
    }
    this.#holdSpare()
    this.lastSeconds = Math.round((Date.now() - start) / 1000)
    return this.wasOk
  }

  /** Ends the program. @returns false if the snapshot could not be saved, and the program goes on */
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
    this.#isShutDown = true
    host.exit()
    return true
  }

  dropSpare(): void {
    if (this.#spare !== undefined) closeSync(this.#spare)
    this.#spare = undefined
  }

  #holdSpare(): void {
    try {
      this.#spare = openSync(devNull, 'r')
    } catch {
      // No descriptor is left. Saving works again as soon as one is free.
    }
  }
}
