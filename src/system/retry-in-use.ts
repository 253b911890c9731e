// Retrying what Windows forbids for a moment, while a virus scanner, an editor or another process holds a
// file open.
import { renameSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { host } from './platform.js'

/** How long to keep trying: readers hold a file for milliseconds, scanners for tens of them. */
const BRIEFLY_MS = 1_000
/** A scanner takes longer with a program that it has never seen. */
const LONG_MS = 10_000
const FIRST_PAUSE_MS = 2
const MOST_PAUSE_MS = 100

/**
 * Tries again while Windows says that the file is in use. Elsewhere it tries once.
 * @param limitMs for all tries; @default 1000
 * @throws what the last try threw
 */
export function whileInUse<T>(action: () => T, limitMs = BRIEFLY_MS): T {
  const deadline = performance.now() + limitMs
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = longer(pauseMs)) {
    try {
      return action()
    } catch (error) {
      if (!isInUse(error) || performance.now() > deadline) throw error
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
  }
}

/**
 * Removes a file so that its name is free at once: Windows keeps the name while somebody reads the file, but
 * allows it to be renamed. A missing file is no error.
 */
export function removeNow(path: string): void {
  if (host().platform === 'win32') removeAside(path)
  else rmSync(path, { force: true })
}

function removeAside(path: string): void {
  const aside = `${path}.${process.pid}-${crypto.randomUUID().slice(0, 8)}.gone`
  try {
    whileInUse(() => renameSync(path, aside))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  whileInUse(() => rmSync(aside, { force: true }))
}

/**
 * As {@link whileInUse}, for what may take longer, without holding up the rest of the process.
 * @throws the signal's reason as well, after one try at least
 */
export async function whileInUseAsync<T>(action: () => T, signal?: AbortSignal): Promise<T> {
  const deadline = performance.now() + LONG_MS
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = longer(pauseMs)) {
    try {
      return action()
    } catch (error) {
      if (!isInUse(error) || performance.now() > deadline) throw error
      signal?.throwIfAborted()
    }
    await sleep(pauseMs)
  }
}

const longer = (pauseMs: number): number => Math.min(pauseMs * 2, MOST_PAUSE_MS)

/** Windows has several codes for it, and the same ones for a lack of permission. */
function isInUse(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException
  return host().platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY', 'ENOTEMPTY'].includes(code)
}
