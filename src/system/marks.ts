// Marks on processes that nothing they do takes off: a descriptor of a removed file, which their children inherit.
// An environment would not do, since redis-server overwrites its own to show its title.
import { openSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { host } from './platform.js'
import { groupOf } from './processes.js'

/** Where a marked process has the descriptor: it is the first one after standard error. */
const MARK_FD = 3
const MARK_FILE = /\/\.skyfly-mark-\d+ \(deleted\)$/

export interface Marked {
  /** The leader of its process group, if that lives. */
  readonly pid: number
  readonly text: string
}

/**
 * The descriptor to pass to a new process as its fourth. Undefined: marks could not be found on this system, or
 * no disk has room for one.
 * @param folder where to make the file if the folder for temporary files takes none
 */
export function openMark(folder: string, text: string): number | undefined {
  if (process.platform !== 'linux') return undefined
  for (const place of [tmpdir(), folder]) {
    const file = join(place, `.skyfly-mark-${process.pid}`)
    try {
      writeFileSync(file, text, { mode: 0o600, flag: 'wx' })
      return openSync(file, 'r')
    } catch {
      // The other folder may do.
    } finally {
      rmSync(file, { force: true })
    }
  }
  return undefined
}

/** This user's marked processes, one for each process group. */
export function markedProcesses(): readonly Marked[] {
  if (process.platform !== 'linux') return []
  const groups = new Map<number, Marked>()
  for (const name of readdirSync('/proc')) {
    const text = /^\d+$/.test(name) ? markOf(name) : undefined
    if (text === undefined) continue
    const pid = Number(name)
    const group = groupOf(pid) ?? pid
    if (pid === group || !groups.has(group)) groups.set(group, { pid, text })
  }
  return [...groups.values()]
}

function markOf(pid: string): string | undefined {
  const descriptor = `/proc/${pid}/fd/${MARK_FD}`
  try {
    if (!MARK_FILE.test(readlinkSync(descriptor))) return undefined
    // To root the processes of others are open as well, and to a host those of its containers.
    if (statSync(`/proc/${pid}`).uid !== host().uid) return undefined
    if (readlinkSync(`/proc/${pid}/ns/mnt`) !== readlinkSync('/proc/self/ns/mnt')) return undefined
    return readFileSync(descriptor, 'utf8')
  } catch {
    // It has no such descriptor, is gone meanwhile, or is another user's.
    return undefined
  }
}
