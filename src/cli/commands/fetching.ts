// A part of a command that may download something: its progress on standard error, and Ctrl-C that leaves nothing behind.

import { SkyflyError } from '../../errors.js'
import type { OnInstall } from '../../servers/install/events.js'
import type { Io } from '../io.js'
import { SAME_PRESS_MS } from './interrupts.js'

interface Fetching {
  readonly tell: (text: string) => void
  readonly onInstall: OnInstall
  readonly signal: AbortSignal
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** While something is fetched, the first signal ends that and cleans up; a second one ends the process at once. */
export async function whileFetching<T>(
  io: Io,
  { quiet = false }: { readonly quiet?: boolean | undefined },
  work: (fetching: Fetching) => Promise<T>,
): Promise<T> {
  const abort = new AbortController()
  let pressedAt = 0
  const onSignal = (signal: NodeJS.Signals) => {
    const isSamePress = Date.now() - pressedAt < SAME_PRESS_MS
    pressedAt = Date.now()
    if (!abort.signal.aborted)
      abort.abort(new SkyflyError('interrupted', `interrupted by ${signal}; nothing half-done was left`))
    else if (!isSamePress) {
      ignore()
      process.kill(process.pid, signal)
    }
  }
  const ignore = () => {
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
  // Most commands find the program where it is, and show nothing.
  let progress: Promise<{ onEvent: OnInstall; done(): void }> | undefined
  const onInstall: OnInstall = event => {
    progress ??= import('../text/progress.js').then(({ showInstall }) => showInstall(io, { quiet }))
    void progress.then(({ onEvent }) => onEvent(event))
    // Before and after, a signal means what it always means.
    if (event.kind === 'begin') for (const signal of SIGNALS) process.on(signal, onSignal)
    if (event.kind === 'end') ignore()
  }
  try {
    return await work({ tell: text => void io.stderr.write(`${text}\n`), onInstall, signal: abort.signal })
  } finally {
    ignore()
    await progress?.then(({ done }) => done())
  }
}
