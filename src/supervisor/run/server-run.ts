// One life of an instance's server: prepared, logged, supervised, and everything it took given back at its end.
import type { Config, LogLevel } from '../../config/config.js'
import { SkyflyError } from '../../errors.js'
import type { LogConsole } from '../../logs/write/console.js'
import { type Log, openLog } from '../../logs/write/log.js'
import { urlOf } from '../prepare/address.js'
import type { Prepared } from '../prepare/prepare.js'
import type { Status } from '../status.js'
import { type StopReport, stopReport, stopText } from '../stop/stop-report.js'
import type { Liveness } from './health.js'
import { type Policy, STANDARD_POLICY } from './lifecycle.js'
import { ServerRunner } from './server-runner.js'

export interface ServerRunOptions {
  /** Where the log is shown; undefined: nowhere. */
  readonly console?: LogConsole | undefined
  /** Parts of the standard policy to replace. */
  readonly policy?: Partial<Policy>
  readonly liveness?: Liveness
}

/** Why and since when a life is to end. */
export interface StopAsked {
  /** By performance.now(). */
  readonly since: number
  readonly forced: boolean
}

export class ServerRun {
  readonly supervisor: ServerRunner
  readonly #log: Log

  constructor(
    readonly config: Config,
    readonly prepared: Prepared,
    { console, policy, liveness }: ServerRunOptions,
  ) {
    const { restart, startTimeoutMs, stopTimeoutMs, files } = config
    this.#log = openLog({
      file: files.logFile,
      format: config.logFormat,
      maxBytes: config.logMaxBytes,
      maxFiles: config.logMaxFiles,
      parseLine: prepared.launch.engine.parseLine,
      console,
    })
    const whole = { ...STANDARD_POLICY, restart, startTimeoutMs, stopTimeoutMs, ...policy }
    this.supervisor = new ServerRunner(prepared.launch, this.#log, whole, liveness)
  }

  /**
   * Runs the server until this life is over.
   * @param asked who asked for the end, once it has come; undefined: nobody
   * @returns how a stop that was asked for went; undefined: nobody asked
   * @throws SkyflyError when the server could not start or failed for good
   */
  async run(asked: () => StopAsked | undefined): Promise<StopReport | SkyflyError | undefined> {
    for (const { level, text } of this.prepared.notes) this.note(level, text)
    this.supervisor.start()
    await this.supervisor.over()
    try {
      if (this.supervisor.lifecycle.state === 'failed') throw this.supervisor.failure()
      const why = asked()
      return why && this.#report(why)
    } finally {
      this.#log.close()
    }
  }

  /** Writes a line of skyfly's own into the log. */
  note(level: LogLevel, text: string): void {
    this.#log.event(level, text)
  }

  closeLog(): void {
    this.#log.close()
  }

  /** What this life knows of the status. */
  status(): Pick<Status, 'state' | 'restarts' | 'lastExit'> & Partial<Status> {
    const { launch } = this.prepared
    const { lifecycle, running, lastExit = null, port = null } = this.supervisor
    return {
      state: lifecycle.state === 'idle' ? 'starting' : lifecycle.state,
      engine: launch.engine.name,
      version: launch.binary.version ?? null,
      binary: launch.binary.path,
      pid: running?.pid ?? null,
      host: launch.host,
      port,
      url: port === null ? null : urlOf(launch.host, port),
      startedAt: running?.startedAt.toISOString() ?? null,
      readyAt: running?.readyAt?.toISOString() ?? null,
      restarts: lifecycle.restarts,
      lastExit,
      dir: launch.dir,
    }
  }

  #report(asked: StopAsked): StopReport | SkyflyError {
    const { supervisor, prepared } = this
    const report = stopReport(this.config.name, { ...asked, supervisor, prepared })
    if (report instanceof SkyflyError) this.note('error', report.message)
    else this.note('info', stopText(report))
    return report
  }
}
