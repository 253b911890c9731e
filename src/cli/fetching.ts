// The part of a command that may download something: progress on standard error, and a Ctrl-C that leaves
// nothing behind.
import { SkyflyError } from '../errors.js'
import type { OnInstall } from '../servers/install/events.js'
import type { Io } from './io.js'
import { Interruption } from './signals.js'

interface FetchCallbacks {
  readonly tell: (text: string) => void
  readonly onInstall: OnInstall
  readonly signal: AbortSignal
}

/** A signal during a download ends it and cleans up; before and after, signals have their usual meaning. */
export async function whileFetching<T>(
  io: Io,
  { quiet = false }: { readonly quiet?: boolean | undefined },
  work: (fetching: FetchCallbacks) => Promise<T>,
): Promise<T> {
  const interruption = new Interruption(
    signal => new SkyflyError('interrupted', `interrupted by ${signal}; nothing half-done was left`),
  )
  // Loaded on demand: usually the program is there already and there is nothing to show.
  let progress: Promise<{ onEvent: OnInstall; done(): void }> | undefined
  const onInstall: OnInstall = event => {
    progress ??= import('./text/progress.js').then(({ showInstall }) => showInstall(io, { quiet }))
    void progress.then(({ onEvent }) => onEvent(event))
    if (event.kind === 'begin') interruption.on()
    if (event.kind === 'end') interruption.off()
  }
  const { signal } = interruption
  try {
    return await work({ tell: text => void io.stderr.write(`${text}\n`), onInstall, signal })
  } finally {
    interruption.off()
    await progress?.then(({ done }) => done())
  }
}
