// One named instance owned by this process: its lock, control socket, files and log, and the lives of its server.
import { EventEmitter } from 'node:events'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Config } from '../config/config.js'
import type { Level } from '../engines/engine.js'
import { SkyflyError } from '../errors.js'
import type { LogConsole } from '../logs/console.js'
import { type Log, openLog } from '../logs/log.js'
import { urlOf } from './address.js'
import { answerRequest } from './answers.js'
import { type Control, callControl, serveControl } from './control.js'
import type { Liveness } from './health.js'
import { endOrphan, findOrphan, removeLeftovers } from './leftovers.js'
import { AlreadyOwned, type Lock, takeLock } from './lock.js'
import { type Policy, STANDARD_POLICY } from './machine.js'
import { Notebook } from './notebook.js'
import { type Prepared, prepare } from './prepare.js'
import { ended, neverStarted, readRecorded, type Status } from './status.js'
import { nothingStopped, type StopReport, stopReport, stopText } from './stop-report.js'
import { Supervisor } from './supervisor.js'

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

interface InstanceEvents {
  /** The status changed. */
  change: [Status]
  /** A snapshot is being written. */
  saving: [bytes: number]
}

/** One life of the server, while it lasts. */
interface Present {
  readonly prepared: Prepared
  readonly supervisor: Supervisor
  readonly log: Log
}

export class Instance extends EventEmitter<InstanceEvents> {
  readonly #notebook: Notebook
  #config: Config
  #control: Control | undefined
  #present: Present | undefined
  /** The config of the life that follows this one. */
  #next: Config | undefined
  /** A stop was asked for: when, by performance.now(), and whether by force. */
  #stopAsked: { readonly since: number; readonly forced: boolean } | undefined
  #stopped: StopReport | SkyflyError | undefined
  #failure: SkyflyError | undefined
  #isOver = false

  /**
   * Becomes the owner of an instance, and cleans up after a dead one.
   * @throws AlreadyOwned; SkyflyError `start-failed` when the files of the instance cannot be written
   */
  static async own(config: Config, options: InstanceOptions): Promise<Instance> {
    makeFolders(config)
    const { stateFile, controlSocket } = config.files
    const lock = await takeLock(stateFile)
    if ('heldBy' in lock) throw new AlreadyOwned(String(lock.heldBy ?? ''))
    try {
      if ((await callControl(controlSocket, { do: 'status' })) !== undefined) throw new AlreadyOwned()
      const orphan = findOrphan(readRecorded(stateFile))
      if (orphan !== undefined) await endOrphan(orphan, { timeoutMs: config.stopTimeoutMs, force: false })
      const instance = new Instance(config, options, lock, removeLeftovers(config))
      instance.#control = await serveControl(controlSocket, (request, progress) =>
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
  ) {
    super()
    // Each waiting client listens.
    this.setMaxListeners(0)
    this.#config = config
    const lastExit = last?.lastExit ?? null
    const status = {
      ...neverStarted(config),
      lastExit,
      state: 'starting',
      supervisorPid: process.pid,
    } as const
    this.#notebook = new Notebook(config.files, status, error =>
      this.note('warn', `cannot write the files of ${config.name}: ${error.message}`),
    )
  }

  /** As it is now. */
  get status(): Status {
    return this.#notebook.status
  }

  get config(): Config {
    return this.#config
  }

  /**
   * Runs the server until it is stopped, by whatever way. Everything it left is gone then.
   * @throws SkyflyError when it could not start or failed for good
   */
  async run(): Promise<void> {
    try {
      await this.#live()
      while (this.#next !== undefined) {
        this.#config = this.#next
        this.#next = undefined
        this.#stopAsked = undefined
        await this.#live()
      }
    } catch (error) {
      this.#failure = asSkyflyError(error)
      throw error
    } finally {
      const { status } = this
      this.#isOver = true
      this.#update(ended(status, this.#failure === undefined ? 'stopped' : 'failed', status.lastExit))
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

  /** Resolves when `run` is about to. */
  async over(): Promise<void> {
    await this.#until(() => this.#isOver)
  }

  /**
   * Stops the server gracefully; resolves when it is gone.
   * @throws SkyflyError `stop-failed` when the snapshot could not be saved
   */
  async stop({ timeoutMs, force = false }: StopOptions = {}): Promise<StopReport> {
    this.#stopAsked = { since: this.#stopAsked?.since ?? performance.now(), forced: force }
    const present = this.#present
    if (present === undefined) {
      await this.over()
      return nothingStopped(this.#config.name)
    }
    const refused = new Promise<string>(resolve => present.supervisor.once('refused', resolve))
    if (force) present.supervisor.kill()
    else present.supervisor.stop(timeoutMs)
    const reason = await Promise.race([refused, this.#until(() => this.#present !== present)])
    if (typeof reason === 'string') throw this.#refusal(reason)
    if (this.#stopped instanceof SkyflyError) throw this.#stopped
    return this.#stopped ?? nothingStopped(this.#config.name)
  }

  /**
   * Stops the server and starts it again with another config.
   * @throws SkyflyError `stop-failed`: it runs on as it was; or what `ready` throws
   */
  async restart(config: Config): Promise<Status> {
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

  /** Writes a line of skyfly's own into the log, where there is one. */
  note(level: Level, text: string): void {
    this.#present?.log.event(level, text)
  }

  async #live(): Promise<void> {
    const prepared = await prepare(this.#config, this.options.env)
    try {
      if (this.#stopAsked !== undefined) return
      const present = this.#begin(prepared)
      this.#present = present
      for (const { level, text } of prepared.notes) this.note(level, text)
      present.supervisor.start()
      const life = await present.supervisor.over()
      this.#stopped = this.#reportStop(present)
      present.log.close()
      if (life.state === 'failed') throw present.supervisor.failure()
    } finally {
      prepared.release()
      this.#present = undefined
      this.emit('change', this.status)
    }
  }

  #begin(prepared: Prepared): Present {
    const config = this.#config
    const { console, policy, liveness } = this.options
    const log = openLog({
      file: config.files.logFile,
      format: config.logFormat,
      maxBytes: config.logMaxBytes,
      maxFiles: config.logMaxFiles,
      parseLine: prepared.launch.engine.parseLine,
      console,
    })
    const { restart, startTimeoutMs, stopTimeoutMs } = config
    const whole = { ...STANDARD_POLICY, restart, startTimeoutMs, stopTimeoutMs, ...policy }
    const supervisor = new Supervisor(prepared.launch, log, whole, liveness)
    supervisor.on('change', () => this.#changed({ prepared, supervisor, log }))
    supervisor.on('saving', bytes => this.emit('saving', bytes))
    return { prepared, supervisor, log }
  }

  /** Carries the life of the server into the status. */
  #changed({ supervisor, prepared: { launch } }: Present): void {
    const { life, running, lastExit, port = null } = supervisor
    this.#update({
      ...this.status,
      state: life.state === 'idle' ? 'starting' : life.state,
      engine: launch.engine.name,
      version: launch.binary.version ?? null,
      binary: launch.binary.path,
      pid: running?.pid ?? null,
      host: launch.host,
      port,
      url: port === null ? null : urlOf(launch.host, port),
      startedAt: running?.startedAt.toISOString() ?? null,
      readyAt: running?.readyAt?.toISOString() ?? null,
      restarts: life.restarts,
      lastExit: lastExit ?? this.status.lastExit,
      dir: launch.dir,
    })
  }

  #update(status: Status): void {
    this.#notebook.update(status, this.#present?.prepared.temporaryDir ?? null)
    this.emit('change', this.status)
  }

  /** Says how a stop went, in the log too; undefined: nobody asked for one. */
  #reportStop({ supervisor, prepared, log }: Present): StopReport | SkyflyError | undefined {
    if (this.#stopAsked === undefined) return undefined
    if (supervisor.life.state === 'failed') return supervisor.failure()
    const report = stopReport(this.#config.name, { ...this.#stopAsked, supervisor, prepared })
    if (report instanceof SkyflyError) log.event('error', report.message)
    else log.event('info', stopText(report))
    return report
  }

  #refusal(reason: string): SkyflyError {
    this.#stopAsked = undefined
    return new SkyflyError(
      'stop-failed',
      `${this.status.engine} could not save its snapshot, and goes on running: ${reason}`,
      {
        hint: 'nothing is lost yet: mend that and stop it again, or end it without saving by: skyfly stop --force',
      },
    )
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>(resolve => this.once('change', () => resolve()))
  }
}

function makeFolders({ files }: Config): void {
  for (const folder of [dirname(files.stateFile), dirname(files.logFile)]) {
    try {
      mkdirSync(folder, { recursive: true })
    } catch (cause) {
      throw new SkyflyError('start-failed', `cannot make the folder ${folder}: ${(cause as Error).message}`, {
        hint: 'run skyfly in a folder that you may write to',
        cause,
      })
    }
  }
}

function asSkyflyError(error: unknown): SkyflyError {
  if (error instanceof SkyflyError) return error
  const details = error instanceof Error ? (error.stack ?? '').split('\n').slice(1) : []
  return new SkyflyError('bug', String(error), { details, cause: error })
}
