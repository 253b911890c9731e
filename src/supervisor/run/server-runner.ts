// Performs the machine's effects on real processes: the only place where events become a life and a life becomes deeds.
import { EventEmitter } from 'node:events'
import type { Explanation } from '../../engines/engine.js'
import { describeExit } from '../../engines/exit.js'
import type { SkyflyError } from '../../errors.js'
import type { Log } from '../../logs/write/log.js'
import { host, isInGroup } from '../../system/platform.js'
import { trace } from '../../system/trace.js'
import type { Launch } from '../prepare/launch.js'
import { freePort, portOwner } from '../prepare/port.js'
import type { LastExit } from '../status.js'
import { shutDown } from '../stop/shut-down.js'
import { StopWatch } from '../stop/stop-watch.js'
import { announce } from './announce.js'
import { type Child, type ChildExit, spawnChild } from './child.js'
import { failureOf } from './failure.js'
import { Health, type Liveness, STANDARD_LIVENESS } from './health.js'
import { type Effect, type Event, type LifecycleState, NOT_STARTED, type Policy, step } from './lifecycle.js'

/** The process that lives now. */
export interface ServerProcess {
  readonly pid: number
  readonly startedAt: Date
  readonly readyAt: Date | undefined
}

interface ServerRunnerEvents {
  /** After each event that changed the life or the process. */
  change: []
  /** The server refused to stop: it could not save, says why, and goes on. */
  refused: [reason: string]
  saving: [bytes: number]
}

const LINES_IN_FAILURE = 20
/** A longer timer fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

export class ServerRunner extends EventEmitter<ServerRunnerEvents> {
  #life: LifecycleState = NOT_STARTED
  #policy: Policy
  #port: number | undefined
  #child: Child | undefined
  #running: ServerProcess | undefined
  #last: ServerProcess | undefined
  #health: Health | undefined
  #stopWatch: StopWatch | undefined
  #lastExit: LastExit | undefined
  #lastWords = ''
  #wasAsked = false
  /** How the present child ended without a word of its own, or why it could not be made. */
  #endedAs: string | undefined
  #explanation: Explanation | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(
    readonly launch: Launch,
    readonly log: Log,
    policy: Policy,
    readonly liveness: Liveness = STANDARD_LIVENESS,
  ) {
    super()
    this.#policy = policy
    this.#port = launch.port === 'auto' ? launch.portBefore : launch.port
  }

  get life(): LifecycleState {
    return this.#life
  }

  get running(): ServerProcess | undefined {
    return this.#running
  }

  /** The newest process, whether or not it still lives. */
  get last(): ServerProcess | undefined {
    return this.#running ?? this.#last
  }

  get port(): number | undefined {
    return this.#port
  }

  get lastExit(): LastExit | undefined {
    return this.#lastExit
  }

  /** Whether the newest process was there to be asked or killed when this life was to end. */
  get wasAsked(): boolean {
    return this.#wasAsked
  }

  /** What came of asking it to stop; undefined: it never was. */
  get stopWatch(): StopWatch | undefined {
    return this.#stopWatch
  }

  get isOver(): boolean {
    return this.#life.state === 'stopped' || this.#life.state === 'failed'
  }

  start(): void {
    this.#dispatch({ type: 'start' })
  }

  /** Graceful; `timeoutMs` replaces the policy's from now on. */
  stop(timeoutMs = this.#policy.stopTimeoutMs): void {
    this.#policy = { ...this.#policy, stopTimeoutMs: timeoutMs }
    this.#dispatch({ type: 'stop' })
  }

  kill(): void {
    this.#dispatch({ type: 'kill' })
  }

  /** Resolves when this life is over. */
  async over(): Promise<LifecycleState> {
    while (!this.isOver) await new Promise<void>(resolve => this.once('change', () => resolve()))
    // A process that not even a kill ended is watched no longer.
    this.#health?.end()
    this.#stopWatch?.end()
    return this.#life
  }

  /** The error that a life which ended in `failed` amounts to. */
  failure(): SkyflyError {
    return failureOf(this.#life, {
      engine: this.launch.engine.name,
      policy: this.#policy,
      pid: this.#running?.pid,
      reason: this.#lastExit?.reason ?? 'it ended',
      explanation: this.#explanation,
      lastWords: this.#lastWords,
      lines: this.log.recent(LINES_IN_FAILURE),
    })
  }

  #dispatch(event: Event): void {
    const before = this.#life
    const [life, ...effects] = step(before, event, this.#policy)
    this.#life = life
    if (life !== before)
      trace(
        'server',
        () =>
          `${event.type}: ${before.state} -> ${life.state}${effects.map(effect => `, ${effect.do}`).join('')}`,
      )
    if (life !== before) this.#announce(before)
    for (const effect of effects) this.#perform(effect)
    if (life !== before) this.emit('change')
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case 'spawn':
        // Its failures become events of the machine.
        void this.#spawn(effect.child)
        break
      case 'ask':
        this.#ask()
        break
      case 'kill':
        this.#kill()
        break
      case 'arm':
        clearTimeout(this.#timer)
        this.#timer = setTimeout(
          () => this.#dispatch({ type: 'timeout', at: performance.now() }),
          Math.min(effect.ms, MAX_TIMER_MS),
        )
        break
      case 'disarm':
        clearTimeout(this.#timer)
    }
  }

  async #spawn(number: number): Promise<void> {
    const { launch, log } = this
    log.mark()
    this.#explanation = undefined
    this.#stopWatch = undefined
    this.#wasAsked = false
    this.#endedAs = undefined
    try {
      this.#port ??= await freePort(launch.host)
      const { path, interpreter, emulation } = launch.binary
      const words = [path, ...launch.args(this.#port)]
      const child = await spawnChild({
        command: interpreter === undefined ? words : [interpreter, ...words],
        emulation,
        env: launch.env,
        cwd: launch.cwd,
        onOutput: (stream, chunk) => log.write(stream, chunk),
      })
      void child.exited.then(exit => this.#exited(number, exit))
      this.#child = child
      this.#running = { pid: child.pid, startedAt: new Date(), readyAt: undefined }
      this.#health = this.#watchHealth(number, child.pid, this.#port)
      // The stop came while the process was being made.
      if (this.#life.state === 'stopping') this.#perform({ do: this.#life.killed ? 'kill' : 'ask' })
      this.emit('change')
    } catch (error) {
      const why = `cannot start ${launch.binary.path}: ${error instanceof Error ? error.message : error}`
      log.event('error', why)
      this.#endedAs = why
      await this.#exited(number, { code: 126, signal: null })
    }
  }

  #watchHealth(child: number, pid: number, port: number): Health {
    const { launch, liveness, log } = this
    const { host, password } = launch
    // A wrapper around the server leads the group that the server is in; a layer such as Cygwin counts processes its own way.
    const isMeant = (told: number) => launch.binary.emulation !== undefined || isInGroup(told, pid)
    const health = new Health({ host, port, password, isMeant }, liveness, {
      ready: () => {
        if (this.#running !== undefined) this.#running = { ...this.#running, readyAt: new Date() }
        this.#dispatch({ type: 'ready', child, at: performance.now() })
      },
      loading: () => this.#dispatch({ type: 'progress', child }),
      missed: count => log.event('warn', `no answer to a PING (${count} of ${liveness.misses})`),
      unhealthy: () => this.#dispatch({ type: 'unhealthy', child }),
      isServing: () => this.#life.state === 'running',
    })
    void health.watch()
    return health
  }

  #ask(): void {
    const child = this.#child
    const health = this.#health
    // A process that is still being made is asked when it is there.
    if (child === undefined || health === undefined) return
    void shutDown({
      launch: this.launch,
      child,
      health,
      stopWatch: this.#watchStop(health),
      wasReady: this.#life.readyAt !== undefined,
      isStopping: () => this.#child === child && this.#life.state === 'stopping' && !this.#life.killed,
    }).then(endedAs => {
      this.#endedAs = endedAs
    })
  }

  #kill(): void {
    this.log.event('warn', `killing ${this.launch.engine.name} (pid ${this.#running?.pid})`)
    // What it saves from here on does not count: it was told to end without.
    if (this.#health !== undefined) this.#watchStop(this.#health)
    this.#child?.signal('SIGKILL')
  }

  #watchStop(health: Health): StopWatch {
    const { child } = this.#life
    this.#wasAsked = true
    const before = this.#stopWatch
    before?.end()
    const options = {
      dir: this.launch.dir,
      engine: this.launch.engine,
      log: this.log,
      isAnswering: () => health.isAnswering(),
      onSaving: (bytes: number) => {
        this.#dispatch({ type: 'progress', child })
        this.emit('saving', bytes)
      },
      onRefused: (reason: string) => this.#refused(child, reason),
    }
    this.#stopWatch = new StopWatch(options, before)
    return this.#stopWatch
  }

  #refused(child: number, reason: string): void {
    this.#dispatch({ type: 'refused', child })
    // The machine does not take a refusal of a server that was never ready, or that was killed meanwhile.
    if (this.#life.state !== 'running') return
    this.#stopWatch?.end()
    this.log.event('error', `it cannot save its snapshot, and goes on running: ${reason}`)
    this.emit('refused', reason)
  }

  async #exited(child: number, exit: ChildExit): Promise<void> {
    const { launch, log } = this
    log.endOfOutput()
    this.#lastWords = this.#health?.lastWords ?? ''
    this.#health?.end()
    this.#stopWatch?.end()
    if (this.#life.killed) this.#stopWatch?.removeUnfinished()
    const lines = log.recent(LINES_IN_FAILURE)
    this.#explanation = this.#port === undefined ? undefined : launch.explain(lines, this.#port)
    const wasReady = this.#running?.readyAt !== undefined
    const mayRetryPort = !wasReady && this.#explanation?.kind === 'port' && (await this.#mayHavePortLater())
    const reason = this.#doneBySkyfly() ?? describeExit(exit, { wasReady, platform: host().platform })
    const explained = wasReady ? reason : (this.#explanation?.message ?? reason)
    this.#lastExit = { ...exit, at: new Date().toISOString(), reason: explained }
    this.#child = undefined
    this.#health = undefined
    this.#last = this.#running
    this.#running = undefined
    const clean = exit.code === 0
    this.#dispatch({ type: 'exit', child, at: performance.now(), clean, mayRetryPort, jitter: Math.random() })
    if (!this.isOver) this.#wasAsked = false
  }

  /** The end of a child that skyfly itself brought about, in words. */
  #doneBySkyfly(): string | undefined {
    const { state, goal, readyAt, killed } = this.#life
    if (this.#endedAs !== undefined && !killed) return this.#endedAs
    if (state !== 'stopping') return undefined
    if (readyAt !== undefined && (goal === 'restart' || goal === 'unhealthy'))
      return 'no longer answered and was stopped'
    return killed ? 'killed by skyfly' : undefined
  }

  /** Whether "address in use" may pass: another port can be taken, or nobody is found who has this one. */
  async #mayHavePortLater(): Promise<boolean> {
    if (this.#life.everReady) return true
    if (this.launch.port !== 'auto')
      return (await portOwner(this.launch.host, this.launch.port)) === undefined
    this.#port = undefined
    return true
  }

  #announce(before: LifecycleState): void {
    const { binary, engine, host } = this.launch
    const line = announce(before, this.#life, {
      server: binary.version === undefined ? engine.name : `${engine.name} ${binary.version}`,
      address: `${host}:${this.#port}`,
      pid: this.#running?.pid,
      readyMs: this.#running && Date.now() - this.#running.startedAt.getTime(),
      lastExit: this.#lastExit,
    })
    if (line !== undefined) this.log.event(line.level, line.text)
  }
}
