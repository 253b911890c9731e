// One named instance owned by this process: its lock, control socket and files, and one run of its server
// after another.
import { EventEmitter } from 'node:events'
import type { Config, LogLevel } from '../config/config.js'
import { asSkyflyError, SkyflyError } from '../errors.js'
import type { StopOptions } from './control/client.js'
import { answerRequest, type ControlledInstance, type Restarted } from './control/requests.js'
import { type Control, serveControl } from './control/server.js'
import { KeptFolder } from './kept-folder.js'
import { AlreadyOwned, type Lock, takeLock } from './owner-lock.js'
import { assertStartable } from './prepare/prepare.js'
import { clearTheWay } from './recover/leftovers.js'
import { RunLoop, type RunLoopOptions } from './run/run-loop.js'
import type { Stopped } from './run/server-run.js'
import { until } from './run/until.js'
import { makeFolders, StateFiles } from './state-files.js'
import { ended, neverStarted, type Status } from './status.js'
import { nothingStopped, type StopReport } from './stop/stop-report.js'

export interface InstanceOptions extends RunLoopOptions {
  /** This process has no other purpose: whoever stops the instance waits for its end. */
  readonly endsProcess?: boolean
}

interface InstanceEvents {
  /** The status changed. */
  change: [Status]
  /** A snapshot is being written. */
  saving: [bytes: number]
}

export class Instance extends EventEmitter<InstanceEvents> implements ControlledInstance {
  readonly #files: StateFiles
  readonly #runs: RunLoop
  /** The data folder of the present process; undefined: there is none, or nothing in it is to be kept. */
  #folder: KeptFolder | undefined
  #control: Control | undefined
  /** How the instance ended; undefined: it has not. */
  #end: { readonly stopped: Stopped; readonly failure: SkyflyError | undefined } | undefined
  /** Whether the server was ever started as a process. */
  #hadProcess = false

  /**
   * Becomes the owner of an instance, and cleans up after a dead one.
   * @throws AlreadyOwned; SkyflyError `start-failed` when its files cannot be written, or a server that it
   * left cannot be ended
   */
  static async own(config: Config, options: InstanceOptions): Promise<Instance> {
    makeFolders(config.files)
    const lock = await takeLock(config.files.stateFile)
    if ('heldBy' in lock) throw new AlreadyOwned(String(lock.heldBy ?? ''))
    try {
      const { last, notes } = await clearTheWay(config)
      const instance = new Instance(config, options, lock, last, notes)
      instance.#control = await serveControl(config.files.controlSocket, (request, progress) =>
        answerRequest(instance, request, progress),
      )
      return instance
    } catch (error) {
      lock.release()
      throw error
    }
  }

  private constructor(
    config: Config,
    readonly options: InstanceOptions,
    readonly lock: Lock,
    last: Status | undefined,
    notes: readonly string[],
  ) {
    super()
    // Every client that waits adds a listener.
    this.setMaxListeners(0)
    this.#runs = new RunLoop(config, options, notes)
    this.#runs.on('change', () => this.#changed())
    this.#runs.on('saving', bytes => this.emit('saving', bytes))
    const lastExit = last?.lastExit ?? null
    const status = {
      ...neverStarted(config),
      lastExit,
      state: 'starting',
      supervisorPid: process.pid,
    } as const
    this.#files = new StateFiles(
      config.files,
      status,
      error => this.note('warn', `cannot write the files of ${config.name}: ${error.message}`),
      () => this.#folder?.look(),
    )
  }

  /** The status at this moment. */
  get status(): Status {
    return { ...this.#files.status, ...this.#runs.run?.live }
  }

  get config(): Config {
    return this.#runs.config
  }

  /** What the user should be warned about once the server is ready. The log has it too. */
  get warnings(): readonly string[] {
    return this.#runs.run?.warnings ?? []
  }

  /**
   * Runs the server until it is stopped, however that happens, and then removes everything it left.
   * @throws SkyflyError when it could not start or failed for good
   */
  async run(): Promise<void> {
    let stopped: Stopped
    let failure: SkyflyError | undefined
    try {
      stopped = await this.#runs.untilStopped()
    } catch (error) {
      failure = asSkyflyError(error)
      throw error
    } finally {
      this.#end = { stopped, failure }
      this.#update(ended(this.status, failure === undefined ? 'stopped' : 'failed', this.#lastExit(failure)))
      await this.#control?.close()
      this.lock.release()
    }
  }

  /** Resolves when the server answers. @throws SkyflyError that ended it instead. */
  async ready(): Promise<Status> {
    await until(this, () => this.status.state === 'running' || this.#end !== undefined)
    if (this.status.state === 'running') return this.status
    throw (
      this.#end?.failure ??
      new SkyflyError('start-failed', `${this.config.name} was stopped before it was ready`)
    )
  }

  /** Resolves when this process is about to give the instance up. */
  async over(): Promise<void> {
    await until(this, () => this.#end !== undefined)
  }

  /**
   * Stops the server gracefully; resolves when it is gone. A restart that is under way becomes a stop.
   * @throws SkyflyError `stop-failed` when the snapshot could not be saved, `usage` for a timeout that is
   * none
   */
  async stop({ timeoutMs, force = false }: StopOptions = {}): Promise<StopReport> {
    if (timeoutMs != null && !(timeoutMs > 0))
      throw new SkyflyError('usage', `the stop timeout ${timeoutMs} is not a time`, {
        hint: 'give milliseconds above 0',
      })
    await this.#endRun({ timeoutMs: timeoutMs ?? undefined, force }, undefined)
    await this.over()
    const { stopped, failure } = this.#end ?? {}
    if (stopped instanceof SkyflyError) throw stopped
    if (failure?.code === 'stop-failed') throw failure
    return stopped ?? nothingStopped(this.config.name)
  }

  /**
   * Stops the server and starts it again with another config. A config that could not start is refused before
   * anything is stopped.
   * @throws SkyflyError: it runs on as it was, or it failed; the status tells
   */
  async restart(config: Config): Promise<Restarted> {
    await assertStartable(config, this.options.env, this.config)
    await until(this, () => this.#runs.run !== undefined || this.#end !== undefined)
    const before = this.#runs.run
    // A stop that is already under way is not turned into a restart.
    if (this.#runs.goal !== 'stop') await this.#endRun({}, config)
    const stopped = await before?.over
    const status = await this.ready()
    const refused = this.#runs.refusedNext
    if (refused !== undefined)
      throw new SkyflyError(
        refused.code,
        `${refused.message}; ${config.name} runs again with its settings before`,
        refused,
      )
    return {
      status,
      lost: stopped instanceof SkyflyError ? stopped.message : null,
      warnings: this.warnings,
    }
  }

  async #endRun(options: StopOptions, next: Config | undefined): Promise<void> {
    this.#folder?.look()
    try {
      await this.#runs.end(options, next)
    } catch (error) {
      throw this.#folder?.explain(asSkyflyError(error), this.status) ?? error
    }
  }

  /** For a process that is about to exit. */
  closeLog(): void {
    this.#runs.run?.closeLog()
  }

  /** Writes a line of skyfly's own to the log, if a run has one open. */
  note(level: LogLevel, text: string): void {
    this.#runs.run?.note(level, text)
  }

  /** Copies what the present run knows into the status. */
  #changed(): void {
    const known = this.#runs.run?.status
    if (known === undefined) return void this.emit('change', this.status)
    if (known.pid !== null) this.#hadProcess = true
    if (known.pid !== this.status.pid) this.#folder = known.pid === null ? undefined : this.#keepFolder()
    // Between the two runs of a restart the instance is not stopped but about to start.
    const isBetween = known.state === 'stopped' && this.#runs.goal === 'restart'
    const state = isBetween ? 'starting' : known.state
    this.#update({ ...this.status, ...known, state, lastExit: known.lastExit ?? this.status.lastExit })
  }

  /** Of a server that saves. */
  #keepFolder(): KeptFolder | undefined {
    const { launch, temporaryDir } = this.#runs.run?.prepared ?? {}
    if (launch === undefined || temporaryDir != null) return undefined
    return new KeptFolder(launch.dir, text => this.note('error', text))
  }

  /** A start that failed before there was a process also counts as the last exit. */
  #lastExit(failure: SkyflyError | undefined): Status['lastExit'] {
    if (failure === undefined || this.#hadProcess) return this.status.lastExit
    return { code: null, signal: null, at: new Date().toISOString(), reason: failure.message }
  }

  #update(status: Status): void {
    this.#files.update(status, this.#runs.run?.prepared.temporaryDir ?? null, this.config)
    this.emit('change', this.status)
  }
}
