// What a program that ends without stopping its private servers would leave: their processes and folders, removed at its exit.
import { rmSync } from 'node:fs'
import { removeTemporary } from './supervisor/recover/leftovers.js'
import type { Status } from './supervisor/status.js'
import { hasSignals, signalServer } from './system/signals.js'

/** A server that no other program knows, and that has nothing to save. */
export interface PrivateServer {
  readonly status: () => Status
  /** Windows keeps a folder in which this process has a file open. */
  readonly closeLog: () => void
  /** The folder of its log and its state. */
  readonly root: string
}

const servers = new Set<PrivateServer>()

/** Until the returned function is called. A listener of the exit is no signal handler: the program ends as it did. */
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
    // Not by taskkill, which would outlive this process.
    if (pid !== null) attempt(() => (hasSignals() ? signalServer(pid, 'SIGKILL') : process.kill(pid)))
    // Before there is a temporary folder, it is one that is to stay.
    attempt(() => removeTemporary(dir, name))
    attempt(() => rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 }))
  }
}

/** A program that ends has nobody to tell. */
function attempt(work: () => unknown): void {
  try {
    work()
  } catch {
    // It is gone already, or in use: the folder is in a place for temporary ones.
  }
}
