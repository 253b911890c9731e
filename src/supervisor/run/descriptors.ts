// What a new process is given to read and write: what is named here, and nothing that this process inherited
// itself.
import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import { strayDescriptors } from '../../system/spawning.js'

type Stdio = 'ignore' | 'pipe' | 'ipc' | number

/**
 * Calls `spawn` with a `stdio` list that begins with `first`, and puts the null device in place of every
 * stray descriptor.
 * A server that held the pipe of its caller would keep that caller waiting for as long as it runs.
 */
export function withoutStrays<T>(first: readonly Stdio[], spawn: (stdio: Stdio[]) => T): T {
  const strays = strayDescriptors()
  if (strays.length === 0) return spawn([...first])
  const nothing = openSync(devNull, 'r+')
  try {
    const stdio: Stdio[] = [...first]
    // 'ignore' above descriptor 2 means: leave it as it is, which is closed.
    for (let fd = first.length; fd <= Math.max(...strays); fd += 1)
      stdio[fd] = strays.includes(fd) ? nothing : 'ignore'
    return spawn(stdio)
  } finally {
    closeSync(nothing)
  }
}
