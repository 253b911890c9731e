// One run of the server after another: a restart ends one and begins the next, until nobody asks for a next
// one.
import { EventEmitter } from 'node:events'
import type { Config } from '../../config/config.js'
import { asSkyflyError, SkyflyError } from '../../errors.js'
import type { BinarySearch } from '../../servers/search/find-server.js'
import type { StopOptions } from '../control/client.js'
import { type Prepared, prepare } from '../prepare/prepare.js'
import { type RunOptions, ServerRun, type StopAsked, type Stopped } from './server-run.js'

export interface RunLoopOptions extends RunOptions {
  /** The environment of the server, and the one in which its program is looked for. */
  readonly env: NodeJS.ProcessEnv
  /** The caller's search for the server program of the first run. @default the run makes its own search */
  readonly search?: BinarySearch | undefined
}

interface RunLoopEvents {
  /** There is another run, or something about it has changed. */
  change: []
  /** A snapshot is being written. */
  saving: [bytes: number]
}

/** Somebody asked for the end of the present run, or of the one that is being prepared. */
interface EndAsked extends StopAsked {
  /** The settings of a restart; undefined: it is a stop. */
  readonly next: Config | undefined
}

type RunEnd = { readonly stopped: Stopped } | { readonly failure: unknown; readonly wasReady: boolean }

export class RunLoop extends EventEmitter<RunLoopEvents> {
  #config: Config
  #run: ServerRun | undefined
  #asked: EndAsked | undefined
  #refusedNext: SkyflyError | undefined
  /** Of the last run: a restart keeps a port that was chosen. */
  #lastPort: number | undefined
  /** What to write into the log as soon as there is one. */
  readonly #notes: string[]

  constructor(
    config: Config,
    readonly options: RunLoopOptions,
    notes: readonly string[],
  ) {
    super()
    this.#config = config
    this.#notes = [...notes]
  }

  /** Of the present run, or of the one that is being prepared. */
  get config(): Config {
    return this.#config
  }

  /** The present run; undefined: it is being prepared, or there is none any more. */
  get run(): ServerRun | undefined {
    return this.#run
  }

  /** Why the present run is to end; undefined: it goes on. */
  get goal(): 'stop' | 'restart' | undefined {
    if (this.#asked === undefined) return undefined
    return this.#asked.next === undefined ? 'stop' : 'restart'
  }

  /**
   * Why the settings of the last restart were given up and the ones before run again; undefined: they were
   * not.
   */
  get refusedNext(): SkyflyError | undefined {
    return this.#refusedNext
  }

  /**
   * Resolves when the last run is over, to the result of the stop that ended it.
   * @throws SkyflyError when the server could not start or failed for good
   */
  async untilStopped(): Promise<Stopped> {
    let { search } = this.options
    let before: Config | undefined
    for (;;) {
      const end = await this.#runOnce(search)
      search = undefined
      if ('failure' in end) {
        // A restart whose server never got ready goes back to the settings before.
        if (before === undefined || end.wasReady || this.#asked !== undefined) throw end.failure
        const refused = asSkyflyError(end.failure)
        this.#refusedNext = refused
        this.#notes.push(
          `the new settings did not start, so the ones before are taken again: ${refused.message}`,
        )
        this.#config = before
        before = undefined
      } else {
        const next = this.#asked?.next
        if (next === undefined) return end.stopped
        this.#refusedNext = undefined
        before = this.#config
        this.#config = next
        this.#asked = undefined
      }
    }
  }

  /**
   * Ends the present run, or the one that is being prepared, which then never begins.
   * @param next the settings to go on with; undefined: it is a stop, and a restart under way becomes one
   * @throws SkyflyError `stop-failed` when the server refuses, since it could not save; it runs on
   */
  async end({ timeoutMs, force }: StopOptions, next: Config | undefined): Promise<void> {
    this.#asked = {
      since: this.#asked?.since ?? performance.now(),
      forced: force === true || this.#asked?.forced === true,
      next,
    }
    const run = this.#run
    const refusal = await run?.runner.end({ timeoutMs, force })
    if (run === undefined || refusal === undefined) return
    const { name } = run.prepared.launch.engine
    const message = `${name} could not save its snapshot, and goes on running: ${refusal}`
    throw new SkyflyError('stop-failed', message, {
      hint: 'nothing is lost yet: mend that and stop it again, or end it without saving by: skyfly stop --force',
    })
  }

  async #runOnce(search: BinarySearch | undefined): Promise<RunEnd> {
    let run: ServerRun | undefined
    try {
      const prepared = await prepare(this.#config, this.options.env, { port: this.#lastPort, search })
      try {
        // It was stopped, or given another config, before it began.
        if (this.#asked !== undefined) return { stopped: undefined }
        run = this.#begin(prepared)
        return { stopped: await run.over }
      } finally {
        prepared.release()
        this.#lastPort = run?.runner.port ?? this.#lastPort
        this.#run = undefined
        this.emit('change')
      }
    } catch (failure) {
      return { failure, wasReady: run?.runner.lifecycle.everReady === true }
    }
  }

  #begin(prepared: Prepared): ServerRun {
    const run = new ServerRun(this.#config, prepared, this.options, () => this.#asked)
    run.runner.on('change', () => this.emit('change'))
    run.runner.on('saving', bytes => this.emit('saving', bytes))
    // It runs on, so forget what was asked for.
    run.runner.on('refused', () => {
      this.#asked = undefined
    })
    this.#run = run
    for (const note of this.#notes.splice(0)) run.note('warn', note)
    run.start()
    return run
  }
}
