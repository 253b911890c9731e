// Performs the effects of the lifecycle table on real processes: one run of one server, with its restarts.
import { EventEmitter } from 'node:events'
import type { Explanation } from '../../engines/engine.js'
import type { SkyflyError } from '../../errors.js'
import type { Log } from '../../logs/write/log.js'
import { host } from '../../system/platform.js'
import { trace } from '../../system/trace.js'
import type { StopOptions } from '../control/client.js'
import type { Launch } from '../prepare/launch.js'
import { freePort, portOwner } from '../prepare/port.js'
import type { LastExit } from '../status.js'
import { announce } from './announce.js'
import type { ChildExit } from './child.js'
import { Deadline } from './deadline.js'
import { exitReason } from './exit-reason.js'
import { failureOf } from './failure.js'
import { type Liveness, STANDARD_LIVENESS } from './health.js'
import { step } from './lifecycle.js'
import { type Effect, type Event, type LifecycleState, NOT_STARTED } from './lifecycle-state.js'
import type { Policy } from './restart-policy.js'
import { type ProcessListener, ServerProcess } from './server-process.js'
import { until } from './until.js'

interface ServerRunnerEvents {
  /** After each event that changed the lifecycle or the process. */
  change: []
  /** The server refused to stop: it could not save, says why, and goes on. */
  refused: [reason: string]
  saving: [bytes: number]
}

const LINES_IN_FAILURE = 20

export class ServerRunner extends EventEmitter<ServerRunnerEvents> {
  #lifecycle: LifecycleState = NOT_STARTED
  #port: number | undefined
  #running: ServerProcess | undefined
  #last: ServerProcess | undefined
  #lastExit: LastExit | undefined
  #explanation: Explanation | undefined
  readonly #deadline = new Deadline(() => this.#dispatch({ type: 'timeout', at: performance.now() }))

  constructor(
    readonly launch: Launch,
    readonly log: Log,
    private policy: Policy,
    readonly liveness: Liveness = STANDARD_LIVENESS,
  ) {
    super()
    // Every client that waits for a stop adds a listener.
    this.setMaxListeners(0)
    this.#port = launch.port === 'auto' ? launch.portBefore : launch.port
  }

  get lifecycle(): LifecycleState {
    return this.#lifecycle
  }

  /** The process that is alive; undefined: none is. */
  get running(): ServerProcess | undefined {
    return this.#running
  }

  /** The process that the end of this run ends, or has ended; undefined: there is none. */
  get last(): ServerProcess | undefined {
    return this.#running ?? this.#last
  }

  get port(): number | undefined {
    return this.#port
  }

  get lastExit(): LastExit | undefined {
    return this.#lastExit
  }

  get isOver(): boolean {
    return this.#lifecycle.state === 'stopped' || this.#lifecycle.state === 'failed'
  }

  start(): void {
    this.#dispatch({ type: 'start' })
  }

  /**
   * Ends the server gracefully, or kills it by `force`.
   * @param timeoutMs replaces the stop timeout of the policy
   * @returns why it refused and goes on; undefined: this run is over
   */
  async end({ timeoutMs, force }: StopOptions): Promise<string | undefined> {
    let refusal: string | undefined
    const onRefused = (reason: string) => {
      refusal = reason
    }
    this.on('refused', onRefused)
    if (timeoutMs !== undefined) this.policy = { ...this.policy, stopTimeoutMs: timeoutMs }
    this.#dispatch({ type: force === true ? 'kill' : 'stop' })
    await until(this, () => refusal !== undefined || this.isOver)
    this.off('refused', onRefused)
    return refusal
  }

  /** Resolves when this run is over. */
  async over(): Promise<void> {
    await until(this, () => this.isOver)
    // A process that survived even a kill is no longer watched.
    this.#running?.release()
  }

  /** The error that a run which ended in `failed` amounts to. */
  failure(): SkyflyError {
    return failureOf(this.#lifecycle, {
      engine: this.launch.engine.name,
      policy: this.policy,
      pid: this.#running?.pid,
      reason: this.#lastExit?.reason ?? 'it ended',
      explanation: this.#explanation,
      lastWords: this.last?.lastWords ?? '',
      lines: this.log.recent(LINES_IN_FAILURE),
    })
  }

  #dispatch(event: Event): void {
    const before = this.#lifecycle
    const [after, ...effects] = step(before, event, this.policy)
    this.#lifecycle = after
    if (after !== before) {
      const done = () => effects.map(effect => `, ${effect.do}`).join('')
      trace('server', () => `${event.type}: ${before.state} -> ${after.state}${done()}`)
      this.#announce(before)
    }
    for (const effect of effects) this.#perform(effect)
    if (after !== before) this.emit('change')
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case 'spawn':
        // Its failures become events of the lifecycle.
        void this.#spawn(effect.child)
        break
      case 'ask':
        // A process that is still being made is asked as soon as it exists.
        this.#running?.askToEnd()
        break
      case 'kill':
        this.log.event('warn', `killing ${this.launch.engine.name} (pid ${this.#running?.pid})`)
        this.#running?.kill()
        break
      case 'arm':
        this.#deadline.set(effect.ms)
        break
      case 'disarm':
        this.#deadline.clear()
    }
  }

  async #spawn(number: number): Promise<void> {
    const { launch, log } = this
    log.mark()
    this.#explanation = undefined
    try {
      this.#port ??= await freePort(launch.host)
      const server = await ServerProcess.spawn(this, this.#port, this.#listenTo(number))
      void server.exited.then(exit => this.#exited(number, exit))
      this.#running = server
      // The stop came while the process was being made.
      if (this.#lifecycle.state === 'stopping') this.#perform({ do: this.#lifecycle.killed ? 'kill' : 'ask' })
      this.emit('change')
    } catch (error) {
      const why = `cannot start ${launch.binary.path}: ${error instanceof Error ? error.message : error}`
      log.event('error', why)
      await this.#exited(number, { code: 126, signal: null }, why)
    }
  }

  #listenTo(child: number): ProcessListener {
    return {
      ready: () => this.#dispatch({ type: 'ready', child, at: performance.now() }),
      progress: () => this.#dispatch({ type: 'progress', child }),
      unhealthy: () => this.#dispatch({ type: 'unhealthy', child }),
      saving: bytes => this.emit('saving', bytes),
      refused: reason => this.#refused(child, reason),
      isServing: () => this.#lifecycle.state === 'running',
      isStopping: () => {
        const now = this.#lifecycle
        return now.child === child && now.state === 'stopping' && !now.killed
      },
    }
  }

  #refused(child: number, reason: string): void {
    this.#dispatch({ type: 'refused', child })
    // The lifecycle takes no refusal of a server that was never ready, or that was killed meanwhile.
    if (this.#lifecycle.state !== 'running') return
    this.#running?.stopWatch?.end()
    this.log.event('error', `it cannot save its snapshot, and goes on running: ${reason}`)
    this.emit('refused', reason)
    this.emit('change')
  }

  /** @param notSpawned why there was no process at all */
  async #exited(child: number, exit: ChildExit, notSpawned?: string): Promise<void> {
    const { launch, log } = this
    const server = this.#running
    log.endOfOutput()
    server?.release()
    if (this.#lifecycle.killed) server?.stopWatch?.removeUnfinished()
    this.#explanation =
      this.#port === undefined ? undefined : launch.explain(log.recent(LINES_IN_FAILURE), this.#port)
    const wasReady = server?.readyAt !== undefined
    const mayRetryPort = !wasReady && this.#explanation?.kind === 'port' && (await this.#mayHavePortLater())
    const reason = exitReason({
      exit,
      lifecycle: this.#lifecycle,
      wasReady,
      endedAs: notSpawned ?? server?.endedAs,
      explained: this.#explanation?.message,
      platform: host().platform,
    })
    this.#lastExit = { ...exit, at: new Date().toISOString(), reason }
    this.#last = server
    this.#running = undefined
    const clean = exit.code === 0
    this.#dispatch({ type: 'exit', child, at: performance.now(), clean, mayRetryPort, jitter: Math.random() })
    // A stop during the pause that follows does not end this process.
    if (!this.isOver) this.#last = undefined
  }

  /** Whether another try may help: with another port, or since nobody seems to have this one. */
  async #mayHavePortLater(): Promise<boolean> {
    if (this.#lifecycle.everReady) return true
    if (this.launch.port !== 'auto')
      return (await portOwner(this.launch.host, this.launch.port)) === undefined
    this.#port = undefined
    return true
  }

  #announce(before: LifecycleState): void {
    const { binary, engine, host } = this.launch
    const line = announce(before, this.#lifecycle, {
      server: binary.version === undefined ? engine.name : `${engine.name} ${binary.version}`,
      address: `${host}:${this.#port}`,
      pid: this.#running?.pid,
      readyMs: this.#running?.startMs,
      lastExit: this.#lastExit,
    })
    if (line !== undefined) this.log.event(line.level, line.text)
  }
}
