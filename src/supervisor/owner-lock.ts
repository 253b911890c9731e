// Owning something by name: a lock that the kernel frees when its holder ends, so it can never be stale.
import { connect, createServer } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { realPath } from '../system/folders.js'
import { lockName } from '../system/socket-names.js'

export interface Lock {
  release(): void
}

export interface HeldBy {
  /** PID of the holder; undefined: it did not say. */
  readonly heldBy: number | undefined
}

/** Another skyfly process owns the instance. The message is its PID, or empty. */
export class AlreadyOwned extends Error {}

/**
 * Takes the lock named after a path, or tells who holds it. Where the system has no such locks it is always
 * granted, and the control socket decides.
 */
export async function takeLock(path: string): Promise<Lock | HeldBy> {
  const name = lockName(canonical(path))
  if (name === undefined) return { release: () => {} }
  // Windows refuses a second listener on a named pipe; Wine does not.
  const holder = isPipe(name) ? await askHolder(name) : undefined
  return holder ?? listen(name)
}

/** Who holds the lock named after a path; undefined: nobody does, or the system has no such locks. */
export async function lockHolder(path: string): Promise<HeldBy | undefined> {
  const name = lockName(canonical(path))
  return name === undefined ? undefined : askHolder(name)
}

/**
 * One place has one lock, even if drives are mapped and folders are links. Its last parts need not exist: the
 * folder of a running instance may have been removed.
 */
export function canonical(path: string): string {
  const folder = dirname(path)
  if (folder === path) return path
  try {
    return join(realPath(folder), basename(path))
  } catch {
    return join(canonical(folder), basename(path))
  }
}

function listen(name: string): Promise<Lock | HeldBy> {
  return new Promise((resolve, reject) => {
    const server = createServer(socket => {
      // A caller that hangs up early does not matter.
      socket.on('error', () => {})
      socket.end(String(process.pid))
    })
    server.once('error', error => {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
        askHolder(name).then(holder => resolve(holder ?? { heldBy: undefined }))
      else reject(error)
    })
    // Exclusive: the workers of a cluster would share one listener, and each would hold the lock.
    server.listen({ path: name, exclusive: true }, () => {
      server.unref()
      resolve({ release: () => void server.close() })
    })
  })
}

const isPipe = (name: string): boolean => name.startsWith('\\\\.\\pipe\\')

/** Undefined: nobody is there. */
function askHolder(name: string): Promise<HeldBy | undefined> {
  return new Promise(resolve => {
    let answer = ''
    let isThere = true
    const socket = connect(name)
    socket.setTimeout(1_000, () => socket.destroy())
    socket.on('data', data => {
      answer += data
    })
    // The holder is too busy to answer: the lock is held all the same, by a process we cannot name.
    socket.on('error', error => {
      const { code } = error as NodeJS.ErrnoException
      isThere = code !== 'ENOENT' && code !== 'ECONNREFUSED'
    })
    socket.on('close', () =>
      resolve(isThere ? { heldBy: Number.parseInt(answer, 10) || undefined } : undefined),
    )
  })
}
