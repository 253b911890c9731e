// `skyfly start`: a running server, owned by this process or by one in the background.
import type { Config } from '../config/config.js'
import type { Binary } from '../engines/engine.js'
import type { OnInstall } from '../servers/install/events.js'
import type { BinarySearch } from '../servers/search/find-server.js'
import { startBackground } from '../supervisor/background/start.js'
import { callControl } from '../supervisor/control/client.js'
import type { Instance, InstanceOptions } from '../supervisor/instance.js'
import { AlreadyOwned } from '../supervisor/owner-lock.js'
import type { Status } from '../supervisor/status.js'
import { Patience, unanswering } from './patience.js'

export interface Started {
  readonly status: Status
  /** What the user should know, a sentence each. */
  readonly warnings: readonly string[]
  /** It was running before this call. */
  readonly already: boolean
  readonly tookMs: number
}

/** How a caller follows a start, and cancels the part that may take long. */
export interface StartCallbacks {
  /** Says what the start is waiting for. */
  readonly tell?: ((text: string) => void) | undefined
  /** Called during a download. */
  readonly onInstall?: OnInstall | undefined
  /** Cancels a download. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Becomes the owner of the instance, or finds that it runs already. The caller runs it.
 */
export function startHere(
  config: Config,
  options: InstanceOptions,
  watching: StartCallbacks = {},
): Promise<Instance | Status> {
  const find = once(() => searchFor(config, options.env, watching))
  const own = async () => {
    const [{ Instance }, search] = await Promise.all([import('../supervisor/instance.js'), find()])
    return Instance.own(config, { ...options, search })
  }
  return ownedOr(config, own, watching)
}

/** Starts a background process that owns the instance; resolves when the server is ready. */
export async function startDetached(
  config: Config,
  env: NodeJS.ProcessEnv,
  watching: StartCallbacks = {},
): Promise<Started> {
  let since = performance.now()
  const find = once(findUncounted)
  const own = () => startBackground(config, env, find)
  const started = await ownedOr(config, own, watching)
  const tookMs = Math.round(performance.now() - since)
  if ('warnings' in started) return { ...started, already: false, tookMs }
  return { status: started, warnings: [], already: true, tookMs }

  /** The time of a download does not count as time of the start. */
  async function findUncounted(gone: AbortSignal) {
    let isFetched = false
    const onInstall: OnInstall = event => {
      isFetched = true
      watching.onInstall?.(event)
    }
    const signal = watching.signal === undefined ? gone : AbortSignal.any([watching.signal, gone])
    const search = await searchFor(config, env, { onInstall, signal })
    if (isFetched) since = performance.now()
    return search
  }
}

/** Finds the server program, or downloads it. */
export async function findBinary(
  config: Config,
  env: NodeJS.ProcessEnv,
  { onInstall, signal }: StartCallbacks,
): Promise<Binary> {
  const { ensureBinary } = await import('../servers/search/find-server.js')
  const binary = await ensureBinary({ config, env, onEvent: onInstall, signal })
  signal?.throwIfAborted()
  return binary
}

/** Finds or downloads the program only once, however often another process turns out to own the instance. */
function once<A extends readonly unknown[], T>(work: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
  let result: Promise<T> | undefined
  return (...args) => {
    result ??= work(...args)
    return result
  }
}

async function searchFor(
  config: Config,
  env: NodeJS.ProcessEnv,
  { onInstall, signal }: StartCallbacks,
): Promise<BinarySearch> {
  const { searchBinary } = await import('../servers/search/find-server.js')
  const search = await searchBinary({ config, env, onEvent: onInstall, signal })
  signal?.throwIfAborted()
  return search
}

async function ownedOr<T>(
  config: Config,
  own: () => Promise<T>,
  { tell = () => {} }: StartCallbacks,
): Promise<T | Status> {
  const patience = new Patience()
  for (;;) {
    const running = await readyStatus(config, tell)
    if (running !== undefined) return running
    try {
      return await own()
    } catch (error) {
      if (!(error instanceof AlreadyOwned)) throw error
      if (await patience.wait()) continue
      throw unanswering(config, Number(error.message) || undefined, 'start-failed')
    }
  }
}

/** The status of the instance once it is ready; undefined: it does not run. */
async function readyStatus(config: Config, tell: (text: string) => void): Promise<Status | undefined> {
  const { files } = config
  const code = 'start-failed'
  const owned = await callControl<Config>(files, { do: 'config' }, { code })
  if (owned === undefined) return undefined
  const status = await callControl<Status>(files, { do: 'status' }, { code })
  if (status?.state === 'stopping' || status?.state === 'stopped') {
    // It is on its way out, so wait and start it anew.
    tell(`waiting for ${config.name} to stop`)
    await callControl(files, { do: 'over' }, { code })
    return undefined
  }
  const ready =
    status?.state === 'running' ? status : await callControl<Status>(files, { do: 'ready' }, { code })
  if (ready !== undefined) {
    const { assertAsAsked } = await import('./as-asked.js')
    await assertAsAsked(config, owned, ready)
  }
  return ready
}
