// Which processes there are, and whether one with a PID is still the one that had it.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { isDescendant, wasStartedAt } from './windows.js'

/** Where a PID is valid: this host, and on Linux its PID namespace: containers may share all else. */
export function processSpace(): string {
  const name = hostname()
  return process.platform === 'linux' ? `${name} ${readlinkSync('/proc/self/ns/pid')}` : name
}

/** PIDs of this user's processes that run this file, as a program or as a script. Linux only. */
export function processesRunning(file: string): readonly number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && isRunning(name, file))
    .map(Number)
}

function isRunning(pid: string, file: string): boolean {
  try {
    if (readlinkSync(`/proc/${pid}/exe`) === file) return true
    // An interpreter gets its script as one of the first words.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0', 4).includes(file)
  } catch {
    // It is gone meanwhile, a kernel thread, or another user's.
    return false
  }
}

/**
 * A fingerprint of a living process that survives the reuse of its PID: its start time, and the boot it
 * belongs to. Undefined: there is no such process, it is a zombie, or the system does not tell; skyfly must
 * not touch it then.
 * @param startedAt when this process started it: on Windows that is the fingerprint, since asking there takes
 * half a second
 */
export function processIdentity(pid: number, startedAt: Date): string | undefined {
  if (process.platform === 'win32') return startedAt.toISOString()
  return process.platform === 'linux' ? identityInProc(pid) : identityByPs(pid)
}

/** The fingerprint of this process. */
export function ownIdentity(): string | undefined {
  return processIdentity(process.pid, new Date(performance.timeOrigin))
}

/** Whether the process with this PID is the one that had this fingerprint. */
export function isProcess(pid: number, identity: string): boolean {
  if (process.platform === 'win32') return isAlive(pid) && wasStartedAt(pid, identity)
  return (process.platform === 'linux' ? identityInProc(pid) : identityByPs(pid)) === identity
}

/** @returns what tells whether the process that has this PID now still lives */
export function watchProcess(pid: number): () => boolean {
  if (process.platform === 'win32') return () => isAlive(pid)
  const identify = process.platform === 'linux' ? identityInProc : identityByPs
  const identity = identify(pid)
  return () => identity !== undefined && identify(pid) === identity
}

/** Whether there is a process with this PID, be it a zombie or another user's. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether a process is in the group of `leader`; on Windows, which has none, whether `leader` started it. */
export function isInGroup(pid: number, leader: number): boolean | Promise<boolean> {
  if (pid === leader) return true
  if (process.platform === 'win32') return isDescendant(pid, leader)
  return groupOf(pid) === leader
}

/** The process group of a process; undefined: it is gone, or the system does not tell. */
export function groupOf(pid: number): number | undefined {
  const group = process.platform === 'linux' ? Number(statFields(pid)?.[2]) : Number.NaN
  return Number.isNaN(group) ? undefined : group
}

/** Fields of /proc/PID/stat from the third one, the state; undefined: the process is gone, or hidden. */
function statFields(pid: number): readonly string[] | undefined {
  try {
    // The command in parentheses may contain spaces and parentheses; the fields after the last one are plain.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

function identityInProc(pid: number): string | undefined {
  const fields = statFields(pid)
  if (fields === undefined || fields[0] === 'Z' || fields[0] === 'X') return undefined
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return `${boot}:${fields[19]}`
}

function identityByPs(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-p', String(pid), '-o', 'stat=,lstart='], {
    encoding: 'utf8',
    env: { LC_ALL: 'C' },
  })
  const [, state, started] = /^\s*(\S+)\s+(.+?)\s*$/.exec(stdout ?? '') ?? []
  return state === undefined || state.startsWith('Z') ? undefined : started
}
