// One run of an instance's server, with its log and its status, up to the report of its stop.
import type { Config, LogLevel } from '../../config/config.js'
import { SkyflyError } from '../../errors.js'
import type { LogConsole } from '../../logs/write/console.js'
import { type Log, openLog } from '../../logs/write/log.js'
import { urlOf } from '../prepare/address.js'
import type { Prepared } from '../prepare/prepare.js'
import type { Status } from '../status.js'
import { type StopReport, stopReport, stopText } from '../stop/stop-report.js'
import type { Liveness } from './health.js'
import { type Policy, STANDARD_POLICY } from './restart-policy.js'
import { ServerRunner } from './server-runner.js'

export interface RunOptions {
  /** Where the log is shown; undefined: nowhere. */
  readonly console?: LogConsole | undefined
  /** Parts of the standard policy to replace. */
  readonly policy?: Partial<Policy>
  readonly liveness?: Liveness
}

/** Since when and how a run is to end. */
export interface StopAsked {
  /** By performance.now(). */
  readonly since: number
  readonly forced: boolean
}

/** The result of a stop, an error if data was lost; undefined: nobody asked for a stop. */
export type Stopped = StopReport | SkyflyError | undefined

/** What a run knows of the status of its instance. */
type RunStatus = Omit<Status, 'name' | 'supervisorPid' | keyof Live | 'controlError' | 'logFile' | 'pidFile'>

/** What changes without an event. */
export type Live = Pick<Status, 'uptimeMs' | 'logError'>

export class ServerRun {
  readonly runner: ServerRunner
  readonly #log: Log
  /** Rejects with the SkyflyError that it failed with. */
  readonly over: Promise<Stopped>

  /** @param asked called when the run has ended: the stop that was asked for; undefined: none was */
  constructor(
    readonly config: Config,
    readonly prepared: Prepared,
    { console, policy, liveness }: RunOptions,
    asked: () => StopAsked | undefined,
  ) {
    const { launch } = prepared
    const { restart, startTimeoutMs, stopTimeoutMs } = config
    this.#log = openLog({
      file: config.files.logFile,
      format: config.logFormat,
      maxBytes: config.logMaxBytes,
      maxFiles: config.logMaxFiles,
      parseLine: launch.engine.parseLine,
      console,
    })
    const whole = { ...STANDARD_POLICY, restart, startTimeoutMs, stopTimeoutMs, ...policy }
    this.runner = new ServerRunner(launch, this.#log, whole, liveness)
    this.over = this.#untilOver(asked)
  }

  start(): void {
    for (const { level, text } of this.prepared.notes) this.note(level, text)
    this.runner.start()
  }

  /** Writes a line of skyfly's own to the log. */
  note(level: LogLevel, text: string): void {
    this.#log.event(level, text)
  }

  closeLog(): void {
    this.#log.close()
  }

  /** What the user should be warned about. */
  get warnings(): readonly string[] {
    const { logError } = this.live
    const ofLog = logError === null ? [] : [`the log cannot be written, and its lines are lost: ${logError}`]
    return [...this.prepared.notes.flatMap(({ level, text }) => (level === 'warn' ? [text] : [])), ...ofLog]
  }

  get live(): Live {
    return { uptimeMs: this.runner.running?.uptimeMs ?? null, logError: this.#log.failure() ?? null }
  }

  get status(): RunStatus {
    const { launch } = this.prepared
    const { lifecycle, running, lastExit = null, port = null } = this.runner
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

  async #untilOver(asked: () => StopAsked | undefined): Promise<Stopped> {
    const { runner, prepared } = this
    await runner.over()
    try {
      if (runner.lifecycle.state === 'failed') throw runner.failure()
      const why = asked()
      if (why === undefined) return undefined
      const report = stopReport(this.config.name, { ...why, runner, prepared })
      if (report instanceof SkyflyError) this.note('error', report.message)
      else this.note('info', stopText(report))
      return report
    } finally {
      this.#log.close()
    }
  }
}
