// One named instance owned by this process: its lock, control socket and files, and one life of its server after another.
import { EventEmitter } from 'node:events'
import type { Config, LogLevel } from '../config/config.js'
import { asSkyflyError, SkyflyError } from '../errors.js'
import type { BinarySearch } from '../servers/search/find-server.js'
import { answerRequest } from './control/requests.js'
import { type Control, serveControl } from './control/server.js'
import { AlreadyOwned, type Lock, takeLock } from './owner-lock.js'
import { assertStartable, prepare } from './prepare/prepare.js'
import { clearTheWay } from './recover/leftovers.js'
import { ServerRun, type ServerRunOptions, type StopAsked } from './run/server-run.js'
import { makeFolders, StateFiles } from './state-files.js'
import { ended, type LastExit, neverStarted, type Status } from './status.js'
import { nothingStopped, type StopReport } from './stop/stop-report.js'

export interface InstanceOptions extends ServerRunOptions {
  /** The environment that the server gets and its program is looked for in. */
  readonly env: NodeJS.ProcessEnv
  /** The caller's search for the server program of the first life. @default it is looked for here */
  readonly search?: BinarySearch | undefined
  /** This process has no other purpose: whoever stops the instance waits for its end. */
  readonly endsProcess?: boolean
}

export interface StopOptions {
  /** Time without progress after which the server is killed, in ms. @default the config's stop timeout */
  readonly timeoutMs?: number | undefined
  /** Kill it at once, without saving. */
  readonly force?: boolean | undefined
}

/** What a restart came to. */
export interface Restarted {
  readonly status: Status
  /** The server runs again, but what the last one had not saved is lost; null: nothing is. */
  readonly lost: string | null
  /** What the user should be warned of: that another server runs than before, for one. */
  readonly warnings: readonly string[]
}

interface InstanceEvents {
  /** The status changed. */
  change: [Status]
  /** A snapshot is being written. */
  saving: [bytes: number]
}

/** What the present life is to end for. */
type Asked = StopAsked & { readonly next: Config | undefined }

export class Instance extends EventEmitter<InstanceEvents> {
  readonly #files: StateFiles
  /** What there is to say once there is a log. */
  readonly #notes: string[]
  #config: Config
  #control: Control | undefined
  #life: ServerRun | undefined
  #asked: Asked | undefined
  #stopped: StopReport | SkyflyError | undefined
  #failure: SkyflyError | undefined
  #isOver = false
  /** The present life was ready. */
  #wasReady = false
  /** Why the settings of a restart were given up. */
  #refusedNext: SkyflyError | undefined
  /** A process of this instance was there. */
  #began = false

  /**
   * Becomes the owner of an instance, and cleans up after a dead one.
   * @throws AlreadyOwned; SkyflyError `start-failed` when its files cannot be written, or a server that it left cannot be ended
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
    // Each waiting client listens.
    this.setMaxListeners(0)
    this.#config = config
    this.#notes = [...notes]
    const lastExit = last?.lastExit ?? null
    const status = {
      ...neverStarted(config),
      lastExit,
      state: 'starting',
      supervisorPid: process.pid,
    } as const
    this.#files = new StateFiles(config.files, status, error =>
      this.note('warn', `cannot write the files of ${config.name}: ${error.message}`),
    )
  }

  /** As it is now. */
  get status(): Status {
    return this.#files.status
  }

  get config(): Config {
    return this.#config
  }

  /** What the user should be warned of, once it is ready; in the log it is, too. */
  get warnings(): readonly string[] {
    return this.#life?.prepared.notes.flatMap(({ level, text }) => (level === 'warn' ? [text] : [])) ?? []
  }

  /**
   * Runs the server until it is stopped, by whatever way. Everything it left is gone then.
   * @throws SkyflyError when it could not start or failed for good
   */
  async run(): Promise<void> {
    try {
      let before: Config | undefined
      for (;;) {
        const goesBack = await this.#liveOrGoBack(before)
        const next = goesBack ? before : this.#asked?.next
        if (next === undefined) return
        before = goesBack ? undefined : this.#config
        this.#config = next
        this.#asked = undefined
      }
    } catch (error) {
      this.#failure = asSkyflyError(error)
      throw error
    } finally {
      this.#isOver = true
      this.#update(ended(this.status, this.#failure === undefined ? 'stopped' : 'failed', this.#lastExit()))
      await this.#control?.close()
      this.lock.release()
    }
  }

  /** Resolves when the server answers. @throws SkyflyError that ended it instead. */
  async ready(): Promise<Status> {
    await this.#until(() => this.status.state === 'running' || this.#isOver)
    if (this.status.state === 'running') return this.status
    throw (
      this.#failure ?? new SkyflyError('start-failed', `${this.#config.name} was stopped before it was ready`)
    )
  }

  /** Resolves when it is about to be given up. */
  async over(): Promise<void> {
    await this.#until(() => this.#isOver)
  }

  /**
   * Stops the server gracefully; resolves when it is gone. A restart that is under way becomes a stop.
   * @throws SkyflyError `stop-failed` when the snapshot could not be saved, `usage` for a timeout that is none
   */
  async stop({ timeoutMs, force = false }: StopOptions = {}): Promise<StopReport> {
    if (timeoutMs != null && !(timeoutMs > 0))
      throw new SkyflyError('usage', `the stop timeout ${timeoutMs} is not a time`, {
        hint: 'give milliseconds above 0',
      })
    await this.#end({ timeoutMs: timeoutMs ?? undefined, force }, undefined)
    await this.over()
    if (this.#stopped instanceof SkyflyError) throw this.#stopped
    if (this.#failure?.code === 'stop-failed') throw this.#failure
    return this.#stopped ?? nothingStopped(this.#config.name)
  }

  /**
   * Stops the server and starts it again with another config. One that could not start is refused before anything is stopped.
   * @throws SkyflyError: it runs on as it was, or it failed; the status tells
   */
  async restart(config: Config): Promise<Restarted> {
    await assertStartable(config, this.options.env, this.#config)
    await this.#until(() => this.#life !== undefined || this.#isOver)
    const before = this.#life
    if (this.#asked === undefined || this.#asked.next !== undefined) await this.#end({ force: false }, config)
    await this.#until(() => (this.#life !== undefined && this.#life !== before) || this.#isOver)
    const lost = this.#stopped instanceof SkyflyError ? this.#stopped.message : null
    const status = await this.ready()
    const refused = this.#refusedNext
    if (refused === undefined) return { status, lost, warnings: this.warnings }
    this.#refusedNext = undefined
    throw new SkyflyError(
      refused.code,
      `${refused.message}; ${config.name} runs again with its settings before`,
      refused,
    )
  }

  /** For a process that ends now. */
  closeLog(): void {
    this.#life?.closeLog()
  }

  /** Writes a line of skyfly's own into the log, where there is one. */
  note(level: LogLevel, text: string): void {
    this.#life?.note(level, text)
  }

  /** Ends the present life, or the one that is being prepared. @throws SkyflyError when the server refuses. */
  async #end(
    { timeoutMs, force }: { timeoutMs?: number | undefined; force: boolean },
    next: Config | undefined,
  ) {
    this.#asked = {
      since: this.#asked?.since ?? performance.now(),
      forced: force || this.#asked?.forced === true,
      next,
    }
    const life = this.#life
    if (life === undefined) return
    const { supervisor } = life
    let refusal: string | undefined
    const onRefused = (reason: string) => {
      refusal = reason
      this.emit('change', this.status)
    }
    supervisor.on('refused', onRefused)
    if (force) supervisor.kill()
    else supervisor.stop(timeoutMs)
    await this.#until(() => refusal !== undefined || this.#life !== life)
    supervisor.off('refused', onRefused)
    if (refusal !== undefined) throw this.#refused(refusal)
  }

  /** A restart whose server never gets ready goes back to the settings before. @returns whether it does */
  async #liveOrGoBack(before: Config | undefined): Promise<boolean> {
    this.#wasReady = false
    try {
      await this.#live()
      return false
    } catch (error) {
      if (before === undefined || this.#wasReady || this.#asked !== undefined) throw error
      this.#refusedNext = asSkyflyError(error)
      this.#notes.push(
        `the new settings did not start, so the ones before are taken again: ${this.#refusedNext.message}`,
      )
      return true
    }
  }

  async #live(): Promise<void> {
    const port = this.#life?.supervisor.port ?? this.status.port ?? undefined
    const search = this.#began ? undefined : this.options.search
    const prepared = await prepare(this.#config, this.options.env, { port, search })
    try {
      // Stopped, or given another config, before it began.
      if (this.#asked !== undefined) return
      const life = new ServerRun(this.#config, prepared, this.options)
      this.#life = life
      life.supervisor.on('change', () => this.#changed(life))
      life.supervisor.on('saving', bytes => this.emit('saving', bytes))
      for (const note of this.#notes.splice(0)) life.note('warn', note)
      this.#stopped = await life.run(() => this.#asked)
    } finally {
      prepared.release()
      this.#life = undefined
      this.emit('change', this.status)
    }
  }

  /** A start that failed before there was a process is how it last ended, too. */
  #lastExit(): LastExit | null {
    const { lastExit } = this.status
    if (this.#failure === undefined || this.#began) return lastExit
    return { code: null, signal: null, at: new Date().toISOString(), reason: this.#failure.message }
  }

  /** Carries the life of the server into the status. */
  #changed(life: ServerRun): void {
    const known = life.status()
    if (known.pid != null) this.#began = true
    if (known.state === 'running') this.#wasReady = true
    // Between two lives of a restart it is not stopped: it is about to start.
    const isBetween = known.state === 'stopped' && this.#asked?.next !== undefined
    const state = isBetween ? 'starting' : known.state
    this.#update({ ...this.status, ...known, state, lastExit: known.lastExit ?? this.status.lastExit })
  }

  #update(status: Status): void {
    this.#files.update(status, this.#life?.prepared.temporaryDir ?? null)
    this.emit('change', this.status)
  }

  #refused(reason: string): SkyflyError {
    this.#asked = undefined
    const message = `${this.status.engine} could not save its snapshot, and goes on running: ${reason}`
    return new SkyflyError('stop-failed', message, {
      hint: 'nothing is lost yet: mend that and stop it again, or end it without saving by: skyfly stop --force',
    })
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>(resolve => this.once('change', () => resolve()))
  }
}
