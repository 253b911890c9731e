// Performs the machine's effects on real processes: the only place where events become a life and a life becomes deeds.
import { EventEmitter } from 'node:events'
import { performance } from 'node:perf_hooks'
import type { Binary, Engine, Explanation } from '../engines/engine.js'
import { describeExit } from '../engines/exit.js'
import { SkyflyError } from '../errors.js'
import type { Log } from '../logs/log.js'
import { announce } from './announce.js'
import { type Child, type ChildExit, spawnChild } from './child.js'
import { BORN, type Effect, type Event, type Life, type Policy, step } from './machine.js'
import { Ping } from './ping.js'
import { freePort, portOwner } from './port.js'
import { SaveWatch } from './saving.js'
import type { LastExit } from './status.js'

/** Everything needed to start a server, again and again. */
export interface Launch {
  readonly engine: Engine
  readonly binary: Binary
  readonly host: string
  /** `auto`: a free one is chosen at the first start, and kept. */
  readonly port: number | 'auto'
  readonly dir: string
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly password: string | undefined
  readonly args: (port: number) => readonly string[]
  readonly explain: (lines: readonly string[], port: number) => Explanation | undefined
}

export interface Liveness {
  readonly intervalMs: number
  /** Unanswered PINGs in a row that make a server unhealthy. */
  readonly misses: number
}

export const STANDARD_LIVENESS: Liveness = { intervalMs: 5_000, misses: 3 }

/** The process that lives now. */
export interface Running {
  readonly pid: number
  readonly port: number
  readonly startedAt: Date
  readonly readyAt: Date | undefined
}

interface SupervisorEvents {
  /** After each event that changed the life or the child. */
  change: []
  /** The server refused to stop: it could not save, says why, and goes on. */
  refused: [reason: string]
  saving: [bytes: number]
}

const READY_POLL_MS = { first: 1, most: 50 }
const READY_ANSWER_MS = 1_000
const SHUTDOWN_ANSWER_MS = 1_000
const SAVING_POLL_MS = 100
const LINES_IN_FAILURE = 20

export class Supervisor extends EventEmitter<SupervisorEvents> {
  life: Life = BORN
  running: Running | undefined
  lastExit: LastExit | undefined
  /** Why the server says that it could not save, since it was asked to stop. */
  saveFailure: string | undefined
  /** Set when the server is asked to stop. */
  saveWatch: SaveWatch | undefined
  #explanation: Explanation | undefined
  #child: Child | undefined
  #ping: Ping | undefined
  #port: number | undefined
  #timer: NodeJS.Timeout | undefined
  #pauses = new Set<() => void>()
  #policy: Policy

  constructor(
    readonly launch: Launch,
    readonly log: Log,
    policy: Policy,
    readonly liveness: Liveness = STANDARD_LIVENESS,
  ) {
    super()
    this.#policy = policy
    this.#port = launch.port === 'auto' ? undefined : launch.port
  }

  get port(): number | undefined {
    return this.#port
  }

  get isOver(): boolean {
    return this.life.state === 'stopped' || this.life.state === 'failed'
  }

  start(): void {
    this.#dispatch({ type: 'start' })
  }

  /** Graceful; `timeoutMs` replaces the policy's for this stop. */
  stop(timeoutMs?: number): void {
    if (timeoutMs !== undefined) this.#policy = { ...this.#policy, stopTimeoutMs: timeoutMs }
    this.#dispatch({ type: 'stop' })
  }

  kill(): void {
    this.#dispatch({ type: 'kill' })
  }

  /** Resolves when this life is over. */
  async over(): Promise<Life> {
    while (!this.isOver) await new Promise<void>(resolve => this.once('change', () => resolve()))
    return this.life
  }

  /** The error that a life which ended in `failed` amounts to. */
  failure(): SkyflyError {
    const { engine } = this.launch
    const why = {
      exited: `${engine.name} did not start: ${this.lastExit?.reason ?? 'it ended'}`,
      'not-ready': `${engine.name} was not ready in ${this.#policy.startTimeoutMs / 1000} s and was stopped`,
      'crash-loop': `${engine.name} failed ${this.life.failures.length} times within ${this.#policy.windowMs / 1000} s, the last time: ${this.lastExit?.reason ?? 'unknown'}`,
      unhealthy: `${engine.name} no longer answered and was stopped`,
      unkillable: `${engine.name} (pid ${this.running?.pid}) cannot be ended, not even by a kill`,
    }[this.life.failure ?? 'exited']
    const hint =
      this.#explanation?.hint ??
      {
        exited: 'read the lines above; `skyfly logs` has the whole log',
        'not-ready': 'give it longer with --start-timeout, and read its log with `skyfly logs`',
        'crash-loop': 'read `skyfly logs`, mend the cause, then `skyfly start`',
        unhealthy: 'see `skyfly logs`, then `skyfly start`',
        unkillable: 'it hangs in the system, often on a disk or network share: look there first',
      }[this.life.failure ?? 'exited']
    return new SkyflyError('start-failed', why, { hint, details: this.log.recent(LINES_IN_FAILURE) })
  }

  #dispatch(event: Event): void {
    const before = this.life
    const [life, ...effects] = step(this.life, event, this.#policy)
    this.life = life
    if (life !== before) this.#announce(before)
    for (const effect of effects) this.#perform(effect)
    if (life !== before) this.emit('change')
  }

  #announce(before: Life): void {
    const { binary, engine, host } = this.launch
    const line = announce(before, this.life, {
      server: binary.version === undefined ? engine.name : `${engine.name} ${binary.version}`,
      address: `${host}:${this.#port}`,
      pid: this.running?.pid,
      readyMs: this.running && Date.now() - this.running.startedAt.getTime(),
      lastExit: this.lastExit,
    })
    if (line !== undefined) this.log.event(line.level, line.text)
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
        this.log.event('warn', `killing ${this.launch.engine.name} (pid ${this.running?.pid})`)
        this.#child?.signal('SIGKILL')
        break
      case 'arm':
        clearTimeout(this.#timer)
        this.#timer = setTimeout(() => this.#dispatch({ type: 'timeout', at: performance.now() }), effect.ms)
        break
      case 'disarm':
        clearTimeout(this.#timer)
    }
  }

  async #spawn(number: number): Promise<void> {
    const { launch, log } = this
    log.mark()
    this.#explanation = undefined
    try {
      this.#port ??= await freePort(launch.host)
      const port = this.#port
      const child = await spawnChild({
        program: launch.binary.path,
        args: launch.args(port),
        env: launch.env,
        cwd: launch.cwd,
        onOutput: (stream, chunk) => log.write(stream, chunk),
      })
      this.#child = child
      this.running = { pid: child.pid, port, startedAt: new Date(), readyAt: undefined }
      void child.exited.then(exit => this.#exited(number, exit))
      // The stop came while the process was being made.
      if (this.life.state === 'stopping') this.#perform({ do: this.life.killed ? 'kill' : 'ask' })
      this.emit('change')
      await this.#awaitReady(number, port)
    } catch (error) {
      log.event(
        'error',
        `cannot start ${launch.binary.path}: ${error instanceof Error ? error.message : error}`,
      )
      await this.#exited(number, { code: 126, signal: null })
    }
  }

  async #awaitReady(number: number, port: number): Promise<void> {
    const ping = new Ping({ host: this.launch.host, port, password: this.launch.password })
    this.#ping?.close()
    this.#ping = ping
    let pauseMs = READY_POLL_MS.first
    const isStarting = () => this.life.child === number && this.life.state === 'starting'
    while (isStarting()) {
      const answer = await ping.ask(READY_ANSWER_MS)
      if (!isStarting()) return
      if (answer === 'pong') return this.#ready(number, ping)
      if (answer === 'loading') this.#dispatch({ type: 'progress', child: number })
      await this.#pause(pauseMs)
      pauseMs = Math.min(pauseMs * 1.5, READY_POLL_MS.most)
    }
  }

  #ready(number: number, ping: Ping): void {
    if (this.running !== undefined) this.running = { ...this.running, readyAt: new Date() }
    this.#dispatch({ type: 'ready', child: number, at: performance.now() })
    void this.#watchHealth(number, ping)
  }

  async #watchHealth(number: number, ping: Ping): Promise<void> {
    let misses = 0
    const isOn = () => this.life.child === number && this.life.readyAt !== undefined
    for (;;) {
      await this.#pause(this.liveness.intervalMs, true)
      if (!isOn()) return
      if (this.life.state !== 'running') continue
      const answer = await ping.ask(this.liveness.intervalMs)
      if (!isOn() || this.life.state !== 'running') continue
      misses = answer === 'none' ? misses + 1 : 0
      if (misses === 0) continue
      this.log.event(
        'warn',
        `${this.launch.engine.name} did not answer a PING (${misses} of ${this.liveness.misses})`,
      )
      if (misses < this.liveness.misses) continue
      misses = 0
      this.#dispatch({ type: 'unhealthy', child: number })
    }
  }

  #ask(): void {
    this.saveFailure = undefined
    this.saveWatch = new SaveWatch(this.launch.dir, this.launch.engine)
    // A spawn that is still under way is asked when it is done.
    if (this.#child === undefined) return
    void this.#watchSaving(this.life.child, this.saveWatch)
    void this.#shutDown(this.#child)
  }

  /** SHUTDOWN where the server listens to us, since redis looks at a SIGTERM only ten times a second; else SIGTERM. */
  async #shutDown(child: Child): Promise<void> {
    const isEnding =
      this.life.readyAt !== undefined && (await this.#ping?.shutdown(SHUTDOWN_ANSWER_MS)) === true
    if (!isEnding) child.signal('SIGTERM')
  }

  /** While the snapshot grows the stop timeout stands still; a server that could not save and lives on has refused. */
  async #watchSaving(number: number, watch: SaveWatch): Promise<void> {
    const unlisten = this.log.onLine(line => {
      this.saveFailure ??= this.launch.engine.saveFailure(line)
    })
    try {
      for (;;) {
        await this.#pause(SAVING_POLL_MS, true)
        if (this.life.child !== number || this.life.state !== 'stopping' || this.#child === undefined) return
        const { progress, bytes } = watch.look()
        if (progress) {
          this.#dispatch({ type: 'progress', child: number })
          this.emit('saving', bytes)
        }
        if (this.saveFailure !== undefined && (await this.#ping?.ask(READY_ANSWER_MS)) === 'pong') {
          this.#dispatch({ type: 'refused', child: number })
          this.#tellRefusal(this.saveFailure)
        }
      }
    } finally {
      unlisten()
    }
  }

  #tellRefusal(reason: string): void {
    // The machine does not take a refusal of a server that was never ready, or that was killed meanwhile.
    if (this.life.state === 'running') this.emit('refused', reason)
  }

  async #exited(number: number, exit: ChildExit): Promise<void> {
    const { launch, log } = this
    log.endOfOutput()
    this.#ping?.close()
    const port = this.#port
    this.#explanation = port === undefined ? undefined : launch.explain(log.recent(LINES_IN_FAILURE), port)
    const wasReady = this.running?.readyAt !== undefined
    const again = !wasReady && this.#explanation?.kind === 'port' && (await this.#mayHavePortLater())
    const reason = wasReady ? describeExit(exit) : (this.#explanation?.message ?? describeExit(exit))
    this.lastExit = { ...exit, at: new Date().toISOString(), reason }
    this.running = undefined
    this.#child = undefined
    const clean = exit.code === 0
    this.#dispatch({ type: 'exit', child: number, at: performance.now(), clean, again, dice: Math.random() })
    for (const wake of this.#pauses) wake()
  }

  /** Whether "address in use" may pass: another port can be taken, or nobody is found who has this one. */
  async #mayHavePortLater(): Promise<boolean> {
    if (this.launch.port === 'auto' && !this.life.everReady) {
      this.#port = undefined
      return true
    }
    return this.life.everReady || (await portOwner(this.launch.host, this.#port ?? 0)) === undefined
  }

  /** Ends early when the child does. */
  #pause(ms: number, isIdle = false): Promise<void> {
    return new Promise(resolve => {
      const wake = () => {
        clearTimeout(timer)
        this.#pauses.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      if (isIdle) timer.unref()
      this.#pauses.add(wake)
    })
  }
}
