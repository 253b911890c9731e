// One named instance owned by this process: its lock, control socket, files and log, and the lives of its server.
import { EventEmitter } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import type { Config } from '../config/config.js'
import { SkyflyError } from '../errors.js'
import type { LogConsole } from '../logs/console.js'
import { type Log, openLog } from '../logs/log.js'
import { processIdentity } from '../platform.js'
import { type Control, callControl, type Request, serveControl } from './control.js'
import { endOrphan, findOrphan, recordOf, removeLeftovers } from './leftovers.js'
import { AlreadyOwned, type Lock, takeLock } from './lock.js'
import { type Policy, STANDARD_POLICY } from './machine.js'
import { type Prepared, prepare } from './prepare.js'
import { ended, neverStarted, type Recorded, readRecorded, type Status, urlOf, writeWhole } from './status.js'
import { nothingStopped, type StopReport, stopReport, stopText } from './stop-report.js'
import { type Liveness, STANDARD_LIVENESS, Supervisor } from './supervisor.js'

export interface InstanceOptions {
  /** The environment that the server gets and its program is looked for in. */
  readonly env: NodeJS.ProcessEnv
  /** Where the log is shown; undefined: nowhere. */
  readonly console?: LogConsole | undefined
  /** Parts of the standard policy to replace. */
  readonly policy?: Partial<Policy>
  readonly liveness?: Liveness
  /** This process has no other purpose: whoever stops the instance waits for its end. */
  readonly endsProcess?: boolean
}

export interface StopOptions {
  /** Time without progress after which the server is killed. @default the config's stop timeout */
  readonly timeoutMs?: number | undefined
  /** Kill it at once, without saving. */
  readonly force?: boolean | undefined
}

/** Answer to a stop over the control socket. */
export interface Stopped {
  readonly report: StopReport
  /** PID of the supervisor, where it ends with the instance. */
  readonly endsProcess: number | null
}

interface InstanceEvents {
  /** The status changed. */
  change: [Status]
  saving: [bytes: number]
}

export class Instance extends EventEmitter<InstanceEvents> {
  #config: Config
  #status: Status
  #supervisor: Supervisor | undefined
  #prepared: Prepared | undefined
  /** The status when a server process was last there. */
  #ranLast: Status | undefined
  #log: Log | undefined
  #next: Config | undefined
  #failure: SkyflyError | undefined
  #control: Control | undefined
  /** When a stop was asked for, by performance.now(). */
  #stopSince: number | undefined
  #forced = false
  #stopped: StopReport | SkyflyError | undefined
  #isOver = false

  /**
   * Becomes the owner of an instance, and cleans up after a dead one.
   * @throws AlreadyOwned; SkyflyError `start-failed` when the files of the instance cannot be written.
   */
  static async own(config: Config, options: InstanceOptions): Promise<Instance> {
    makeFolders(config)
    const lock = await takeLock(config.files.stateFile)
    if ('heldBy' in lock) throw new AlreadyOwned(String(lock.heldBy ?? ''))
    try {
      if ((await callControl(config.files.controlSocket, { do: 'status' })) !== undefined)
        throw new AlreadyOwned()
      const orphan = findOrphan(readRecorded(config.files.stateFile))
      if (orphan !== undefined) await endOrphan(orphan, { timeoutMs: config.stopTimeoutMs, force: false })
      const last = removeLeftovers(config)
      const instance = new Instance(config, options, lock, last)
      instance.#control = await serveControl(config.files.controlSocket, (request, progress) =>
        instance.#answer(request, progress),
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
  ) {
    super()
    // Each waiting client listens.
    this.setMaxListeners(0)
    this.#config = config
    this.#status = {
      ...neverStarted(config),
      lastExit: last?.lastExit ?? null,
      state: 'starting',
      supervisorPid: process.pid,
    }
  }

  /** As it is now. */
  get status(): Status {
    const { readyAt } = this.#status
    return { ...this.#status, uptimeMs: readyAt === null ? null : Date.now() - Date.parse(readyAt) }
  }

  get config(): Config {
    return this.#config
  }

  /**
   * Runs the server until it is stopped, by whatever way. Everything it left is gone then.
   * @throws SkyflyError when it could not start or failed for good.
   */
  async run(): Promise<void> {
    try {
      await this.#live()
      while (this.#next !== undefined) {
        this.#config = this.#next
        this.#next = undefined
        this.#stopSince = undefined
        await this.#live()
      }
    } catch (error) {
      this.#failure =
        error instanceof SkyflyError ? error : new SkyflyError('bug', String(error), { cause: error })
      this.#update(ended(this.#status, 'failed', this.#status.lastExit))
      throw error
    } finally {
      this.#isOver = true
      this.emit('change', this.status)
      await this.#control?.close()
      this.lock.release()
    }
  }

  /** Resolves when the server answers. @throws SkyflyError that ended it instead. */
  async ready(): Promise<Status> {
    await this.#until(() => this.#status.state === 'running' || this.#isOver)
    if (this.#status.state === 'running') return this.status
    throw (
      this.#failure ?? new SkyflyError('start-failed', `${this.#config.name} was stopped before it was ready`)
    )
  }

  /**
   * Stops the server gracefully; resolves when it is gone.
   * @throws SkyflyError `stop-failed` when the snapshot could not be saved.
   */
  async stop({ timeoutMs, force = false }: StopOptions = {}): Promise<StopReport> {
    this.#stopSince ??= performance.now()
    this.#forced = force
    const supervisor = this.#supervisor
    if (supervisor === undefined) {
      await this.#until(() => this.#isOver)
      return nothingStopped(this.#config.name)
    }
    const refused = new Promise<string>(resolve => supervisor.once('refused', resolve))
    if (force) supervisor.kill()
    else supervisor.stop(timeoutMs)
    const reason = await Promise.race([refused, this.#until(() => this.#supervisor !== supervisor)])
    if (typeof reason === 'string') throw this.#refusal(reason)
    if (this.#stopped instanceof SkyflyError) throw this.#stopped
    return this.#stopped ?? nothingStopped(this.#config.name)
  }

  #refusal(reason: string): SkyflyError {
    this.#stopSince = undefined
    return new SkyflyError(
      'stop-failed',
      `${this.#status.engine} could not save its snapshot, and goes on running: ${reason}`,
      {
        hint: 'nothing is lost yet: mend that and stop it again, or end it without saving by: skyfly stop --force',
      },
    )
  }

  async #live(): Promise<void> {
    const { options } = this
    const config = this.#config
    const prepared = await prepare(config, options.env)
    try {
      if (this.#stopSince !== undefined) return
      const { launch } = prepared
      const log = openLog({
        file: config.files.logFile,
        format: config.logFormat,
        maxBytes: config.logMaxBytes,
        maxFiles: config.logMaxFiles,
        parseLine: launch.engine.parseLine,
        console: options.console,
      })
      const policy = { ...STANDARD_POLICY, ...config, ...options.policy }
      const supervisor = new Supervisor(launch, log, policy, options.liveness ?? STANDARD_LIVENESS)
      this.#prepared = prepared
      this.#supervisor = supervisor
      this.#log = log
      supervisor.on('change', () => this.#changed())
      supervisor.on('saving', bytes => this.emit('saving', bytes))
      for (const note of prepared.notes) log.event('warn', note)
      supervisor.start()
      const life = await supervisor.over()
      this.#stopped = this.#reportStop(supervisor, prepared)
      log.close()
      if (life.state === 'failed') throw supervisor.failure()
    } finally {
      prepared.release()
      rmSync(config.files.pidFile, { force: true })
      this.#supervisor = undefined
      this.emit('change', this.status)
    }
  }

  /** Says how a stop went, in the log too; undefined: nobody asked for one. */
  #reportStop(supervisor: Supervisor, prepared: Prepared): StopReport | SkyflyError | undefined {
    if (this.#stopSince === undefined) return undefined
    if (supervisor.life.state === 'failed') return supervisor.failure()
    const report = stopReport(this.#ranLast ?? this.#status, {
      since: this.#stopSince,
      supervisor,
      prepared,
      forced: this.#forced,
    })
    this.#log?.event(
      report instanceof SkyflyError ? 'error' : 'info',
      report instanceof SkyflyError ? report.message : stopText(report),
    )
    return report
  }

  /** Carries the supervisor's life into the status and the files. */
  #changed(): void {
    const { supervisor, launch } = { supervisor: this.#supervisor, launch: this.#prepared?.launch }
    if (supervisor === undefined || launch === undefined) return
    const { life, running, lastExit, port } = supervisor
    const wasRunning = this.#status.state === 'running'
    if (this.#status.pid !== null) this.#ranLast = this.#status
    this.#update({
      ...this.#status,
      state: life.state === 'idle' ? 'starting' : life.state,
      engine: launch.engine.name,
      version: launch.binary.version ?? null,
      binary: launch.binary.path,
      pid: running?.pid ?? null,
      supervisorPid: supervisor.isOver ? null : process.pid,
      host: launch.host,
      port: port ?? null,
      url: port === undefined ? null : urlOf(launch.host, port),
      startedAt: running?.startedAt.toISOString() ?? null,
      readyAt: running?.readyAt?.toISOString() ?? null,
      restarts: life.restarts,
      lastExit: lastExit ?? this.#status.lastExit,
      dir: launch.dir,
    })
    const { pidFile } = this.#config.files
    if (running === undefined) rmSync(pidFile, { force: true })
    else if (life.state === 'running' && !wasRunning)
      this.#keep(() => writeWhole(pidFile, `${running.pid}\n`))
  }

  #update(status: Status): void {
    this.#status = status
    const { stateFile } = this.#config.files
    const recorded: Recorded = {
      status: this.status,
      serverIdentity: status.pid === null ? null : (processIdentity(status.pid) ?? null),
      supervisorIdentity: processIdentity(process.pid) ?? null,
      temporaryDir: this.#prepared?.temporaryDir ?? null,
    }
    const isDead = status.state === 'stopped' || status.state === 'failed'
    this.#keep(() =>
      writeWhole(stateFile, isDead ? recordOf(status) : `${JSON.stringify(recorded, null, 2)}\n`),
    )
    this.emit('change', this.status)
  }

  /** A full disk must not end a server that runs well: the files are told about, and written at the next change. */
  #keep(write: () => void): void {
    try {
      write()
    } catch (error) {
      this.#log?.event('warn', `cannot write the files of ${this.#config.name}: ${(error as Error).message}`)
    }
  }

  async #answer(request: Request, progress: (text: string) => void): Promise<unknown> {
    const onSaving = (bytes: number) => progress(String(bytes))
    this.on('saving', onSaving)
    try {
      switch (request.do) {
        case 'status':
          return this.status
        case 'config':
          return this.#config
        case 'ready':
          return await this.ready()
        case 'stop':
          return await this.#answerStop(request)
        case 'restart':
          return await this.#restart(request.config as Config)
      }
    } finally {
      this.off('saving', onSaving)
    }
  }

  async #answerStop(request: StopOptions): Promise<Stopped> {
    const report = await this.stop(request)
    return { report, endsProcess: this.options.endsProcess ? process.pid : null }
  }

  async #restart(config: Config): Promise<Status> {
    this.#next = config
    try {
      await this.stop()
    } catch (error) {
      this.#next = undefined
      throw error
    }
    await this.#until(() => this.#next === undefined || this.#isOver)
    return this.ready()
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>(resolve => this.once('change', () => resolve()))
  }
}

function makeFolders(config: Config): void {
  for (const file of [config.files.stateFile, config.files.logFile]) {
    const folder = file.slice(0, file.lastIndexOf('/'))
    try {
      mkdirSync(folder, { recursive: true })
    } catch (error) {
      throw new SkyflyError('start-failed', `cannot make the folder ${folder}: ${(error as Error).message}`, {
        hint: 'run skyfly in a folder you may write to',
        cause: error,
      })
    }
  }
}
