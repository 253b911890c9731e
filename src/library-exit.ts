// What a program that ends without stopping its private servers would leave: their processes and folders,
// removed at its exit.
import { rmSync } from 'node:fs'
import { removeTemporary } from './supervisor/recover/leftovers.js'
import type { Status } from './supervisor/status.js'
import { hasSignals, signalServer } from './system/signals.js'

/** A server that no other program knows about and that has nothing to save. */
export interface PrivateServer {
  readonly status: () => Status
  /** Windows does not remove a folder in which this process has a file open. */
  readonly closeLog: () => void
  /** The folder of its log and its state. */
  readonly root: string
}

const servers = new Set<PrivateServer>()

/**
 * Lasts until the returned function is called. An exit listener is no signal handler: it does not change how
 * the program ends.
 */
export function removeAtExit(server: PrivateServer): () => void {
  if (servers.size === 0) process.on('exit', removeAll)
  servers.add(server)
  return () => {
    servers.delete(server)
    if (servers.size === 0) process.off('exit', removeAll)
  }
}

function removeAll(): void {
  for (const { status, closeLog, root } of servers) {
    attempt(closeLog)
    const { pid, dir, name } = status()
    // taskkill would outlive this process.
    if (pid !== null) attempt(() => (hasSignals() ? signalServer(pid, 'SIGKILL') : process.kill(pid)))
    // Until there is a temporary folder, `dir` is one that must stay; removeTemporary() leaves that alone.
    attempt(() => removeTemporary(dir, name))
    attempt(() => rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 }))
  }
}

/** There is nobody to report an error to when the program ends. */
function attempt(work: () => unknown): void {
  try {
    work()
  } catch {
    // It is already gone, or in use: then it stays among the temporary folders.
  }
}
