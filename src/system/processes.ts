// Which processes there are, and whether one with a PID is still the one that had it.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { isDescendant, wasStartedAt } from './windows.js'

/** Where a PID means something: the host, and on Linux the PID namespace, since containers may share a folder and a host name. */
export function processSpace(): string {
  const name = hostname()
  return process.platform === 'linux' ? `${name} ${readlinkSync('/proc/self/ns/pid')}` : name
}

/** PIDs of living processes of this user that run this very file, as a program or as a script. Linux only; elsewhere none is seen. */
export function processesRunning(file: string): readonly number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && isRunning(name, file))
    .map(Number)
}

function isRunning(pid: string, file: string): boolean {
  try {
    if (readlinkSync(`/proc/${pid}/exe`) === file) return true
    // An interpreter is told its script among the first words.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0', 4).includes(file)
  } catch {
    // Gone meanwhile, a kernel thread, or another user's.
    return false
  }
}

/**
 * A fingerprint of a living process that survives the reuse of its PID: its start time, and the boot it belongs to.
 * Undefined: no such process, a zombie, or a system that does not tell; then it is nobody that skyfly may touch.
 * @param startedAt when this process made it: on Windows that is its fingerprint, since asking there takes half a second
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

/** Asks again and again whether the process that has this PID now still lives: by its fingerprint, where that is at hand. */
export function watchProcess(pid: number): () => boolean {
  if (process.platform === 'win32') return () => isAlive(pid)
  const identify = process.platform === 'linux' ? identityInProc : identityByPs
  const identity = identify(pid)
  return () => identity !== undefined && identify(pid) === identity
}

/** Whether there is a process with this PID, a zombie or another user's included. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether a process is the one that leads a process group, or in it; on Windows, where there are none, whether that started it. */
export function isInGroup(pid: number, leader: number): boolean | Promise<boolean> {
  if (pid === leader) return true
  if (process.platform === 'win32') return isDescendant(pid, leader)
  return process.platform === 'linux' && Number(statFields(pid)?.[2]) === leader
}

/** Fields of /proc/PID/stat from the third on, the state; undefined: gone, or hidden since it is another user's. */
function statFields(pid: number): readonly string[] | undefined {
  try {
    // The command in parentheses may hold spaces and parentheses itself; the fields after the last one are plain.
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
