// Which operating system this is, and what follows: processes, signals, and names the kernel frees by itself.
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { homedir, hostname } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { endTree, isDescendant, wasStartedAt } from './windows.js'

/** The facts about this machine that other parts decide by. */
export const host = () => ({ platform: process.platform, uid: process.getuid?.() ?? 0 })

/** A system and a processor, as the builds of a release are told apart: `linux-x64`. */
export type BuildTarget = `${NodeJS.Platform}-${NodeJS.Architecture}`

/** What programs for this machine are built for. */
export const buildTarget = (): BuildTarget => `${process.platform}-${process.arch}`

/** Version of glibc that this process runs on, such as `2.36`; undefined: another C library, or another system. */
export function glibcVersion(): string | undefined {
  if (process.platform !== 'linux') return undefined
  // Without this the report looks up the names of every open connection. Not in the types of Node 20.
  const report: typeof process.report & { excludeNetwork?: boolean } = process.report
  const { excludeNetwork = false } = report
  report.excludeNetwork = true
  const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } }
  report.excludeNetwork = excludeNetwork
  return header?.glibcVersionRuntime
}

/** The home folder of this user; empty: there is none, as for a user without a name in a container. */
export function homeFolder(): string {
  try {
    const home = homedir()
    return isAbsolute(home) ? home : ''
  } catch {
    return ''
  }
}

/** The folder of this user for what can be fetched again; undefined: there is none. */
export function userCacheFolder(env: NodeJS.ProcessEnv, home: string): string | undefined {
  const local = env.LOCALAPPDATA || (home === '' ? '' : join(home, 'AppData', 'Local'))
  if (process.platform === 'win32') return local === '' ? undefined : join(local, 'skyfly')
  if (process.platform === 'darwin')
    return home === '' ? undefined : join(home, 'Library', 'Caches', 'skyfly')
  // The XDG base directory specification: a relative path is to be ignored.
  const xdg = env.XDG_CACHE_HOME
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'skyfly')
  return home === '' ? undefined : join(home, '.cache', 'skyfly')
}

/** The variable that says where temporary folders are. */
export const temporaryVariable = (): string => (process.platform === 'win32' ? 'TEMP' : 'TMPDIR')

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

/** Whether a process can be asked to end by its PID. Windows ends it at once, whatever the signal. */
export const hasSignals = (): boolean => process.platform !== 'win32'

/**
 * Sends a signal to a server: a kill to all that it started, which is its process group on POSIX and its tree on Windows.
 * False: it is gone.
 */
export function signalServer(pid: number, signal: 'SIGTERM' | 'SIGKILL'): boolean {
  if (process.platform === 'win32') return endTree(pid)
  try {
    // A graceful stop is for the server alone; redis ends its own saving child better than a signal would.
    process.kill(signal === 'SIGKILL' ? -pid : pid, signal)
    return true
  } catch {
    // ESRCH: it is gone. EPERM: only zombies are left of the group (macOS), or it is not ours any more.
    return false
  }
}

/** How a server is spawned on this system: the words before its own command line, and Node's options. */
export async function serverWrapper(): Promise<{
  readonly words: readonly string[]
  readonly detached: boolean
}> {
  // Windows: not detached, so that the job object ends the server with its supervisor.
  if (process.platform === 'win32') return { words: [], detached: false }
  // SIGPIPE ignored: Dragonfly would die by it, unsaved, when its supervisor is killed and the log pipe breaks.
  const words = ['/bin/sh', '-c', 'trap "" PIPE; exec "$@"', 'sh', ...(await deathSignal())]
  return { words, detached: true }
}

/**
 * Descriptors that every child would inherit, since whoever started this process left them open in it: a build tool's
 * pipe, a shell's lock. Node takes care of those up to 15, and of the ones above as long as there is no gap.
 */
export function strayDescriptors(): readonly number[] {
  if (process.platform !== 'linux') return []
  const open = readdirSync('/proc/self/fd').map(Number)
  return open.filter(fd => fd > 15 && isInherited(fd))
}

/**
 * A name that the kernel holds for one process and frees when that process ends, however it ends.
 * Undefined where there is none: there the control socket alone decides who owns an instance.
 */
export function lockName(path: string): string | undefined {
  // C:\\Project and c:\\project are one folder.
  if (process.platform === 'win32')
    return `\\\\.\\pipe\\skyfly-lock-${sha256(path.toLowerCase()).slice(0, 32)}`
  if (process.platform !== 'linux') return undefined
  // An abstract socket. Its name is limited as a socket's path is; node:crypto takes 3 ms to load, and most paths are short.
  return `\0skyfly:${Buffer.byteLength(path) <= 90 ? path : sha256(path)}`
}

/** Whether a socket can be a file. Windows has named pipes instead. */
export const hasSocketFiles = (): boolean => process.platform !== 'win32'

/**
 * The name of a new pipe. Everybody may read from it, and only its own user may write: nobody else can ask anything. Nobody
 * can have taken a name that is made up now.
 */
export const newPipe = (): string => `\\\\.\\pipe\\skyfly-${crypto.randomUUID()}`

function sha256(text: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256').update(text).digest('hex')
}

/** Signals by which this system asks a program in the foreground to end. */
export function endSignals(): readonly NodeJS.Signals[] {
  // Ctrl-Break. SIGHUP is the closed console there: Windows gives it some seconds, then ends the process.
  return ['SIGINT', 'SIGTERM', 'SIGHUP', ...(process.platform === 'win32' ? (['SIGBREAK'] as const) : [])]
}

/** What a user types to end a process that does not listen. */
export function killCommand(pid: number | string): string {
  return process.platform === 'win32' ? `taskkill /F /T /PID ${pid}` : `kill -9 ${pid}`
}

/** A word as a user types it into a shell of this system. */
export function shellWord(word: string): string {
  if (process.platform === 'win32')
    // A backslash before the closing quote would be taken for one of the quote.
    return /^[\w./:\\+-]+$/.test(word) ? word : `"${word.replace(/\\$/, '\\\\')}"`
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

const O_CLOEXEC = 0o2000000

function isInherited(fd: number): boolean {
  try {
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1]
    return flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0
  } catch {
    // It was the one that read the folder.
    return false
  }
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
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  const { stdout } = spawnSync('ps', ['-p', String(pid), '-o', 'stat=,lstart='], {
    encoding: 'utf8',
    env: { LC_ALL: 'C' },
  })
  const [, state, started] = /^\s*(\S+)\s+(.+?)\s*$/.exec(stdout ?? '') ?? []
  return state === undefined || state.startsWith('Z') ? undefined : started
}

let deathSignalWords: Promise<readonly string[]> | undefined

/** util-linux's setpriv gives the server a SIGTERM when its supervisor dies; busybox's cannot, macOS has none. */
function deathSignal(): Promise<readonly string[]> {
  // By its path: the server may get another PATH than this process has. Loaded on demand: 2 ms count in `skyfly status`.
  const { spawn } = process.getBuiltinModule('node:child_process')
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv', '/run/current-system/sw/bin/setpriv'].find(existsSync)
  deathSignalWords ??= new Promise(resolve => {
    if (setpriv === undefined) return resolve([])
    const words = [setpriv, '--pdeathsig', 'TERM', '--']
    const trial = spawn(setpriv, [...words.slice(1), '/bin/sh', '-c', ':'], { stdio: 'ignore' })
    trial.once('error', () => resolve([]))
    trial.once('exit', code => resolve(code === 0 ? words : []))
  })
  return deathSignalWords
}
