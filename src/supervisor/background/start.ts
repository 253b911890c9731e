// Starting a supervisor in a process of its own, which holds nothing of its caller's: no terminal, pipe or
// descriptor.
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Config } from '../../config/config.js'
import { fromPlain, type PlainError, plainError, SkyflyError } from '../../errors.js'
import type { BinarySearch } from '../../servers/search/find-server.js'
import { isTraced, type TraceTopic, trace } from '../../system/trace.js'
import { AlreadyOwned } from '../owner-lock.js'
import { withoutStrays } from '../run/descriptors.js'
import type { Status } from '../status.js'

/** The result of a start in the background. */
export interface Ready {
  readonly status: Status
  readonly warnings: readonly string[]
}

/** What the background process says before it is left alone. */
export type StartOutcome =
  | { readonly ready: Ready }
  | { readonly owned: string }
  | { readonly failed: PlainError }

/**
 * Resolves when the server in the background is ready. If this process ends before that, the background
 * process stops too.
 * @param findBinary finds or downloads the server program while the other process boots; aborted if that one
 * ends
 * @throws SkyflyError that ended it; AlreadyOwned.
 */
export function startBackground(
  config: Config,
  env: NodeJS.ProcessEnv,
  findBinary: (gone: AbortSignal) => Promise<BinarySearch>,
): Promise<Ready> {
  // Options for this Node, such as a debugger's, are not meant for the supervisor.
  const { NODE_OPTIONS: _, ...clean } = env
  const entry = fileURLToPath(new URL('main.js', import.meta.url))
  const child = withoutStrays(['ignore', 'ignore', 'ignore', 'ipc'], stdio =>
    spawn(process.execPath, [entry], {
      cwd: config.root,
      env: { ...LEAN, ...clean },
      detached: true,
      windowsHide: true,
      stdio,
      // Flags are a Set.
      serialization: 'advanced',
    }),
  )
  return new Promise((resolve, reject) => {
    const gone = new AbortController()
    // First give up the search or download, and let it clean up.
    const end = (error: Error) => {
      gone.abort(error)
      informed.finally(() => reject(error))
    }
    child.once('error', end)
    child.once('exit', (code, signal) => end(silentEnd(config.name, code, signal)))
    child.on('message', (outcome: StartOutcome | Traced) => {
      if ('traced' in outcome) return trace(outcome.traced.topic, () => outcome.traced.text)
      if ('ready' in outcome) return leave(child, () => resolve(outcome.ready))
      child.removeAllListeners('exit')
      child.once('exit', () => reject(errorOf(outcome)))
    })
    // Without an order the background process ends by itself.
    const informed = inform(child, config, env, () => findBinary(gone.signal)).catch(error =>
      leave(child, () => reject(error)),
    )
  })
}

/**
 * glibc gives blocks of this size back at once: 57 MB instead of 66 after a million log lines. Other systems
 * ignore it.
 */
const LEAN = { MALLOC_MMAP_THRESHOLD_: '65536' }

/** What the background process is sent. */
export interface StartOrder {
  readonly config: Config
  /** The server program, or why there is none: the instance records that as its failed start. */
  readonly search: Exclude<BinarySearch, { failure: SkyflyError }> | { readonly failure: PlainError }
  /** Variables that were set for the background process only, and must not reach the server. */
  readonly ownVariables: readonly string[]
  /** Whether the starter listens to a trace. */
  readonly isTraced: boolean
}

/** One line of the supervisor's trace, without secrets, while its starter listens. */
export interface Traced {
  readonly traced: { readonly topic: TraceTopic; readonly text: string }
}

async function inform(
  child: ChildProcess,
  config: Config,
  env: NodeJS.ProcessEnv,
  findBinary: () => Promise<BinarySearch>,
): Promise<void> {
  const search = await findBinary()
  const order: StartOrder = {
    config,
    search: 'failure' in search ? { failure: plainError(search.failure) } : search,
    ownVariables: Object.keys(LEAN).filter(name => env[name] === undefined),
    isTraced: isTraced(),
  }
  trace('control', () => 'the supervisor gets its order')
  // It may have ended meanwhile; its exit event reports that.
  if (child.connected) child.send(order, () => {})
}

function silentEnd(name: string, code: number | null, signal: NodeJS.Signals | null): SkyflyError {
  if (signal === null) return new SkyflyError('bug', `the supervisor ended without a word (code ${code})`)
  const message = `the supervisor of ${name} was killed by ${signal} before the server was ready`
  return new SkyflyError('start-failed', message, { hint: `start it again: the next start cleans up` })
}

function leave(child: ChildProcess, done: () => void): void {
  child.removeAllListeners('exit')
  child.unref()
  if (child.connected) {
    child.once('disconnect', done)
    child.disconnect()
  } else done()
}

function errorOf(outcome: Exclude<StartOutcome, { ready: Ready }>): Error {
  if ('owned' in outcome) return new AlreadyOwned(outcome.owned)
  return fromPlain(outcome.failed)
}
