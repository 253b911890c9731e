// One process of a server: whether it is ready and answers, and what happens when it is asked to end.
import type { Log } from '../../logs/write/log.js'
import { SaveWatch } from '../../snapshots/save-watch.js'
import { openMark } from '../../system/marks.js'
import { isInGroup } from '../../system/processes.js'
import type { Launch } from '../prepare/launch.js'
import { shutDown } from '../stop/shut-down.js'
import { StopWatch } from '../stop/stop-watch.js'
import { type Child, type ChildExit, spawnChild } from './child.js'
import { Ending } from './ending.js'
import { Health, type Liveness } from './health.js'

/** What the owner of the process is told, and asked. */
export interface ProcessListener {
  ready(): void
  /** It is loading or saving its snapshot. */
  progress(): void
  unhealthy(): void
  /** Size of the snapshot that is being written. */
  saving(bytes: number): void
  /** It was asked to end, cannot save, and goes on serving. */
  refused(reason: string): void
  /** Whether an answer to a PING is expected now: not while it stops. */
  isServing(): boolean
  /** Whether it should still end by itself, and has not been killed meanwhile. */
  isStopping(): boolean
}

/** What every process of one run has in common. */
export interface ProcessOptions {
  readonly launch: Launch
  readonly log: Log
  readonly liveness: Liveness
}

export class ServerProcess {
  readonly startedAt = new Date()
  readonly #since = performance.now()
  readonly #health: Health
  readonly #ending: Ending
  #readyAt: Date | undefined
  /** By performance.now(), since the clock of a machine may be set while it runs. */
  #readySince: number | undefined
  #stopWatch: StopWatch | undefined
  #saving: SaveWatch | undefined
  #endedAs: string | undefined
  /** The process that answers is a child of the one that was spawned. */
  #isWrapped = false

  /** @throws the system's error when the process cannot be made */
  static async spawn(
    options: ProcessOptions,
    port: number,
    listener: ProcessListener,
  ): Promise<ServerProcess> {
    const { launch, log } = options
    const { path, interpreter, emulation } = launch.binary
    const words = [path, ...launch.args(port)]
    const child = await spawnChild({
      command: interpreter === undefined ? words : [interpreter, ...words],
      emulation,
      env: launch.env,
      cwd: launch.cwd,
      openMark: () => openMark(launch.dir, launch.mark(port)),
      onOutput: (stream, chunk) => log.write(stream, chunk),
    })
    return new ServerProcess(options, port, child, listener)
  }

  private constructor(
    readonly options: ProcessOptions,
    port: number,
    readonly child: Child,
    readonly listener: ProcessListener,
  ) {
    const { launch, liveness, log } = options
    const { host, password, binary } = launch
    this.#ending = new Ending(log, launch.engine)
    // A wrapper around the server leads the group that the server is in. A layer such as Cygwin has PIDs of
    // its own.
    const isMeant = (told: number) => {
      this.#isWrapped = binary.emulation === undefined && told !== child.pid
      return binary.emulation !== undefined || isInGroup(told, child.pid)
    }
    this.#health = new Health({ host, port, password, isMeant }, launch.engine.livesBy, liveness, {
      ready: () => {
        this.#readyAt = new Date()
        this.#readySince = performance.now()
        listener.ready()
      },
      loading: () => listener.progress(),
      missed: (count, what) => log.event('warn', `no answer to ${what} (${count} of ${liveness.misses})`),
      unhealthy: () => listener.unhealthy(),
      isServing: () => listener.isServing(),
      isBusy: () => this.#isBusy(),
    })
    void this.#health.watch()
  }

  get pid(): number {
    return this.child.pid
  }

  /** Undefined: it was never ready. */
  get readyAt(): Date | undefined {
    return this.#readyAt
  }

  /** How long its start took, so far or in the end. */
  get startMs(): number {
    return (this.#readySince ?? performance.now()) - this.#since
  }

  /** Since it was ready; undefined: it never was. */
  get uptimeMs(): number | undefined {
    return this.#readySince === undefined ? undefined : Math.round(performance.now() - this.#readySince)
  }

  /** Resolves once, when it has ended and its last words were read. */
  get exited(): Promise<ChildExit> {
    return this.child.exited
  }

  /** The server's last answer to a PING, as it was given. */
  get lastWords(): string {
    return this.#health.lastWords
  }

  /** The watch over its end; undefined: it was neither asked to end nor killed. */
  get stopWatch(): StopWatch | undefined {
    return this.#stopWatch
  }

  /** How skyfly ended it without asking it, in words. */
  get endedAs(): string | undefined {
    return this.#endedAs
  }

  askToEnd(): void {
    const { child, listener } = this
    void shutDown({
      launch: this.options.launch,
      child,
      health: this.#health,
      stopWatch: this.#watchStop(),
      isWrapped: this.#isWrapped,
      wasReady: this.#readyAt !== undefined,
      isStopping: () => listener.isStopping(),
    }).then(endedAs => {
      this.#endedAs = endedAs
    })
  }

  kill(): void {
    // What it saves from now on does not count: it was to end without saving.
    this.#watchStop()
    this.child.signal('SIGKILL')
  }

  /** Stops watching it, because it is gone, or because not even a kill ended it. */
  release(): void {
    this.#health.end()
    this.#ending.end()
    this.#stopWatch?.end()
  }

  /** Made at the first silence, so a snapshot counts from the second on, if it grows between the two. */
  #isBusy(): boolean {
    if (this.#ending.isUnderWay) return true
    const { dir, engine } = this.options.launch
    this.#saving ??= new SaveWatch(dir, engine)
    return this.#saving.isGrowing()
  }

  #watchStop(): StopWatch {
    const { launch, log } = this.options
    const before = this.#stopWatch
    before?.end()
    const options = {
      dir: launch.dir,
      engine: launch.engine,
      log,
      isEnding: () => this.#ending.isUnderWay,
      onPatience: () => this.listener.progress(),
      isAnswering: () => this.#health.isAnswering(),
      onSaving: (bytes: number) => {
        this.listener.progress()
        this.listener.saving(bytes)
      },
      onRefused: (reason: string) => this.listener.refused(reason),
    }
    this.#stopWatch = new StopWatch(options, before)
    return this.#stopWatch
  }
}
