// `await start()`: the use cases of the command line as an object for programs.
import { EventEmitter } from 'node:events'
import { rm } from 'node:fs/promises'
import type { Config, Settings } from './config/config.js'
import { instanceFiles } from './config/files.js'
import { loadConfig } from './config/resolve.js'
import { SETTING_NAMES } from './config/settings.js'
import { SkyflyError } from './errors.js'
import { removeAtExit } from './library-exit.js'
import { findBinary, type StartCallbacks, startHere } from './operations/start.js'
import { stop } from './operations/stop.js'
import type { OnInstall } from './servers/install/events.js'
import type { StopOptions } from './supervisor/control/client.js'
import type { Instance } from './supervisor/instance.js'
import type { Status } from './supervisor/status.js'
import type { StopReport } from './supervisor/stop/stop-report.js'

/**
 * Settings of the server; what is not given comes from the environment, `.env`, `skyfly.json` and the
 * defaults.
 */
export interface StartOptions extends Partial<Omit<Settings, 'port'>> {
  /** TCP port; `auto` or 0 takes a free one. @default 6379 */
  readonly port?: number | 'auto'
  /** Where the project is looked for, and relative paths start. @default the working folder */
  readonly cwd?: string
  /** Environment for the settings and for the server. @default the process's own */
  readonly env?: NodeJS.ProcessEnv
  /** Cancels a download of the server program, and leaves nothing half-done. */
  readonly signal?: AbortSignal
  /** Called during a download of the server program. */
  readonly onInstall?: OnInstall
}

interface ServerEvents {
  /** The state, the process or the address changed. */
  change: [Status]
}

/** A running server. `await using` stops it at the end of the block, if this program started it. */
export interface Server extends AsyncDisposable {
  /** `redis://127.0.0.1:6379` */
  readonly url: string
  readonly host: string
  readonly port: number
  /** PID of the server process; null while it is being started again. */
  readonly pid: number | null
  readonly state: Status['state']
  /**
   * Everything that `skyfly status --json` prints; of a server that this program does not own, as it was at
   * the start.
   */
  readonly status: Status
  /** False: it ran before, owned by another process; then `await using` leaves it running. */
  readonly isOwned: boolean
  on(event: 'change', listener: (status: Status) => void): this
  off(event: 'change', listener: (status: Status) => void): this
  /**
   * Stops it gracefully, the snapshot saved.
   * @throws SkyflyError `stop-failed` when the snapshot could not be saved
   */
  stop(options?: StopOptions): Promise<StopReport>
}

/**
 * Starts a server and resolves when it answers PING.
 *
 * A project has one instance of each name, so if that one is already running you get it as it is. An
 * ephemeral server without a name is the caller's alone: as many as are asked for run side by side, and all
 * their files go with them. A Dragonfly that is not on this machine yet is downloaded first.
 * @throws SkyflyError `usage`, `no-engine`, `download` or `start-failed`
 * @example
 * await using server = await start({ port: 'auto', ephemeral: true })
 * const client = new Redis(server.url)
 */
export async function start(options: StartOptions = {}): Promise<Server> {
  const { cwd, env = process.env, signal, onInstall, ...settings } = options
  const unknown = Object.keys(settings).find(key => !(SETTING_NAMES as readonly string[]).includes(key))
  if (unknown !== undefined)
    throw new SkyflyError('usage', `start() has no option "${unknown}"`, {
      hint: `it has ${SETTING_NAMES.join(', ')}`,
    })
  const config = loadConfig({ flags: settings, cwd, env })
  const isPrivate = settings.ephemeral === true && settings.name === undefined
  const watching = { onInstall, signal }
  return isPrivate ? startPrivate(config, env, watching) : startShared(config, env, watching)
}

async function startShared(
  config: Config,
  env: NodeJS.ProcessEnv,
  watching: StartCallbacks,
): Promise<Server> {
  const owned = await startHere(config, { env }, watching)
  if (!('run' in owned)) return new Handle(config, owned, undefined)
  const over = overOf(owned)
  return new Handle(config, await owned.ready(), { instance: owned, over })
}

/** An instance in a folder of its own, which goes with it. */
async function startPrivate(
  shared: Config,
  env: NodeJS.ProcessEnv,
  watching: StartCallbacks,
): Promise<Server> {
  const { temporaryFolder } = await import('./supervisor/prepare/data-folder.js')
  const root = temporaryFolder('skyfly-')
  const config = { ...shared, files: instanceFiles(root, shared.name) }
  try {
    const [{ Instance }, binary] = await Promise.all([
      import('./supervisor/instance.js'),
      findBinary(config, env, watching),
    ])
    const instance = await Instance.own(config, { env, search: { found: binary } })
    const keep = removeAtExit({ status: () => instance.status, closeLog: () => instance.closeLog(), root })
    const over = overOf(instance)
      .finally(() => rm(root, { recursive: true, force: true, maxRetries: 5 }))
      .finally(keep)
    return new Handle(config, await instance.ready(), { instance, over })
  } catch (error) {
    await rm(root, { recursive: true, force: true })
    throw error
  }
}

/** Runs the instance and resolves when it is over. Its errors reach the caller through ready() and stop(). */
async function overOf(instance: Instance): Promise<void> {
  try {
    await instance.run()
  } catch {
    // ready() and stop() throw it to the caller.
  }
}

interface Ownership {
  readonly instance: Instance
  readonly over: Promise<void>
}

class Handle extends EventEmitter<ServerEvents> implements Server {
  #last: Status

  constructor(
    private readonly config: Config,
    last: Status,
    private readonly ownership: Ownership | undefined,
  ) {
    super()
    this.#last = last
    ownership?.instance.on('change', status => this.emit('change', status))
  }

  get status(): Status {
    return this.ownership?.instance.status ?? this.#last
  }

  get url(): string {
    return this.status.url ?? raise('the server has no address yet')
  }

  get host(): string {
    return this.status.host
  }

  get port(): number {
    return this.status.port ?? raise('the server has no port yet')
  }

  get pid(): number | null {
    return this.status.pid
  }

  get state(): Status['state'] {
    return this.status.state
  }

  get isOwned(): boolean {
    return this.ownership !== undefined
  }

  async stop(options: StopOptions = {}): Promise<StopReport> {
    if (this.ownership === undefined) {
      const report = await stop(this.config, options)
      this.#last = { ...this.#last, state: 'stopped', pid: null, supervisorPid: null }
      return report
    }
    try {
      return await this.ownership.instance.stop(options)
    } finally {
      if (this.state === 'stopped' || this.state === 'failed') await this.ownership.over
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isOwned && this.state !== 'stopped' && this.state !== 'failed') await this.stop()
  }
}

function raise(message: string): never {
  throw new SkyflyError('not-running', message)
}
