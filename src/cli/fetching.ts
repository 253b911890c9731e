// A part of a command that may download something: its progress on standard error, and Ctrl-C that leaves nothing behind.
import { SkyflyError } from '../errors.js'
import type { OnInstall } from '../servers/install/events.js'
import type { Io } from './io.js'
import { Interruption } from './signals.js'

interface Fetching {
  readonly tell: (text: string) => void
  readonly onInstall: OnInstall
  readonly signal: AbortSignal
}

/** While something is fetched, a signal ends that and cleans up; before and after it means what it always means. */
export async function whileFetching<T>(
  io: Io,
  { quiet = false }: { readonly quiet?: boolean | undefined },
  work: (fetching: Fetching) => Promise<T>,
): Promise<T> {
  const interruption = new Interruption(
    signal => new SkyflyError('interrupted', `interrupted by ${signal}; nothing half-done was left`),
  )
  // Most commands find the program where it is, and show nothing.
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
