// The health of one child, asked by PING: whether it is ready, and then whether it still answers.
import type { Engine } from '../../engines/engine.js'
import { trace } from '../../system/trace.js'
import { CancellableSleep } from './cancellable-sleep.js'
import { type Answer, type EndAnswer, type Endpoint, Ping } from './ping.js'

export interface Liveness {
  readonly intervalMs: number
  /** Unanswered PINGs in a row that make a server unhealthy. */
  readonly misses: number
}

export const STANDARD_LIVENESS: Liveness = { intervalMs: 5_000, misses: 3 }

/** What the owner of the child is told, and asked. */
export interface HealthListener {
  ready(): void
  /** It is reading its snapshot. */
  loading(): void
  missed(count: number, what: string): void
  unhealthy(): void
  /** Whether an answer is expected now: not while it stops. */
  isServing(): boolean
  /** Whether there is a good reason for its silence: it saves, or it ends. */
  isBusy(): boolean
}

const READY_POLL_MS = { first: 1, most: 50 }
const ANSWER_MS = 1_000

export class Health {
  readonly #ping: Ping
  readonly #sleep = new CancellableSleep()

  constructor(
    target: Endpoint,
    readonly livesBy: Engine['livesBy'],
    readonly liveness: Liveness,
    readonly listener: HealthListener,
  ) {
    this.#ping = new Ping(target)
  }

  /** The server's last answer to a PING, as it was given. */
  get lastWords(): string {
    return this.#ping.lastWords
  }

  /** Watches until `end`. Never rejects. */
  async watch(): Promise<void> {
    if (!(await this.#untilReady())) return
    this.listener.ready()
    const { intervalMs, misses: most } = this.liveness
    const isHttp = this.livesBy === 'http' && (await this.#ping.lives('http', ANSWER_MS))
    let misses = 0
    let waitedMs = 0
    for (;;) {
      await this.#sleep.wait(intervalMs - waitedMs)
      if (this.#sleep.isOver) return
      waitedMs = 0
      if (!this.listener.isServing()) continue
      const since = performance.now()
      const lives = await (isHttp ? this.#ping.lives('http', intervalMs) : this.#livesPaused(intervalMs))
      if (this.#sleep.isOver) return
      if (!this.listener.isServing()) continue
      waitedMs = Math.min(performance.now() - since, intervalMs)
      misses = lives || this.listener.isBusy() ? 0 : misses + 1
      if (misses > 0) this.listener.missed(misses, isHttp ? 'GET /healthz' : 'a PING')
      if (misses < most) continue
      misses = 0
      this.listener.unhealthy()
    }
  }

  async #livesPaused(timeoutMs: number): Promise<boolean> {
    if ((await this.#ping.ask(timeoutMs)) !== 'none') return true
    return !this.#sleep.isOver && this.#ping.lives('refusal', Math.min(timeoutMs, ANSWER_MS))
  }

  /** Whether it answers PING at this moment. */
  async isAnswering(): Promise<boolean> {
    return (await this.#ping.ask(ANSWER_MS)) === 'pong'
  }

  /** Asks it to save and end, or only to save. */
  askToEnd(by: 'SHUTDOWN' | 'SAVE'): Promise<EndAnswer> {
    return this.#ping.end(by, ANSWER_MS)
  }

  end(): void {
    this.#sleep.end()
    this.#ping.close()
  }

  async #untilReady(): Promise<boolean> {
    let pauseMs = READY_POLL_MS.first
    let last: Answer | undefined
    while (!this.#sleep.isOver) {
      const answer = await this.#ping.ask(ANSWER_MS)
      if (this.#sleep.isOver) return false
      if (answer !== last) trace('health', () => `PING: ${answer}`)
      last = answer
      if (answer === 'pong') return true
      if (answer === 'loading') this.listener.loading()
      await this.#sleep.wait(pauseMs)
      pauseMs = Math.min(pauseMs * 1.5, READY_POLL_MS.most)
    }
    return false
  }
}
