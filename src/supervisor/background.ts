// Starting a supervisor in a process of its own, which holds nothing of its caller's: no terminal, pipe or descriptor.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Config } from '../config/config.js'
import { fromPlain, type PlainError, SkyflyError } from '../errors.js'
import { withoutStrays } from './descriptors.js'
import { AlreadyOwned } from './lock.js'
import type { Status } from './status.js'

/** What comes of a start in the background. */
export interface Ready {
  readonly status: Status
  readonly warnings: readonly string[]
}

/** What the background process says before it is left alone. */
export type Outcome = { readonly ready: Ready } | { readonly owned: string } | { readonly failed: PlainError }

/**
 * Resolves when the server in the background is ready. If this process ends before that, the background one stops too.
 * @throws SkyflyError that ended it; AlreadyOwned.
 */
export function startBackground(config: Config, env: NodeJS.ProcessEnv): Promise<Ready> {
  // Options for this Node, a debugger's for one, are not meant for the supervisor.
  const { NODE_OPTIONS: _, ...clean } = env
  const entry = fileURLToPath(new URL('main.js', import.meta.url))
  const child = withoutStrays(['ignore', 'ignore', 'ignore', 'ipc'], stdio =>
    spawn(process.execPath, ['--max-semi-space-size=2', entry], {
      cwd: config.root,
      env: clean,
      detached: true,
      windowsHide: true,
      stdio,
    }),
  )
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      reject(new SkyflyError('bug', `the supervisor ended without a word (${signal ?? `code ${code}`})`)),
    )
    child.once('message', (outcome: Outcome) => {
      child.removeAllListeners('exit')
      if ('ready' in outcome) leave(child, () => resolve(outcome.ready))
      else child.once('exit', () => reject(errorOf(outcome)))
    })
    child.send(config)
  })
}

function leave(child: ReturnType<typeof spawn>, done: () => void): void {
  child.once('disconnect', done)
  child.disconnect()
  child.unref()
}

function errorOf(outcome: Exclude<Outcome, { ready: Ready }>): Error {
  if ('owned' in outcome) return new AlreadyOwned(outcome.owned)
  return fromPlain(outcome.failed)
}
