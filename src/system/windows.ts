// What POSIX does by signals and /proc, done on Windows: by its own programs, which take tens or hundreds of
// milliseconds.
import { execFile, spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** A process exists some milliseconds before its parent notes the time, and two clocks differ by a tick. */
const TOLERANCE_MS = 2_000

/** When a process was last proven to be the one that it was, by performance.now(). */
const proven = new Map<string, number>()
/** How long a proof counts: PIDs are reused, but waiting for the end of a process asks ten times a second. */
const HOLDS_MS = 5_000

/** Whether a living process was started at this time, an ISO date. */
export function wasStartedAt(pid: number, identity: string): boolean {
  const claim = `${pid} ${identity}`
  if (performance.now() - (proven.get(claim) ?? Number.NEGATIVE_INFINITY) < HOLDS_MS) return true
  const startedMs = startOf(pid)
  if (startedMs === undefined || Math.abs(startedMs - Date.parse(identity)) > TOLERANCE_MS) return false
  proven.set(claim, performance.now())
  return true
}

/** Whether a living process is a descendant of another one, as a server is of a shim of Chocolatey. */
export function isDescendant(pid: number, ancestor: number): Promise<boolean> {
  const claim = `${pid} of ${ancestor}`
  const known = families.get(claim)
  if (known !== undefined) return known
  const asked = ancestorsOf(pid).then(pids => pids.includes(ancestor))
  families.set(claim, asked)
  return asked
}

/** Answers so far: a server behind a shim is asked for at each new connection. */
const families = new Map<string, Promise<boolean>>()

/** Ends a process and what it started. @returns false: it is gone */
export function endTree(pid: number): boolean {
  const end = (signal: 0 | 'SIGKILL') => {
    try {
      return process.kill(pid, signal)
    } catch {
      // It is gone, or the PID is somebody else's now.
      return false
    }
  }
  if (!end(0)) return false
  const options = { stdio: 'ignore', windowsHide: true } as const
  spawn(system32('taskkill.exe'), ['/PID', String(pid), '/T', '/F'], options)
    .once('error', () => end('SIGKILL'))
    // 128: it is gone.
    .once('exit', code => code !== 0 && code !== 128 && end('SIGKILL'))
  return true
}

/** When a process was started, in ms since 1970; undefined: it is gone, or another user's. */
function startOf(pid: number): number | undefined {
  // 'o': the format of ISO 8601.
  const question = `(Get-Process -Id ${pid}).StartTime.ToUniversalTime().ToString('o')`
  const { stdout } = spawnSync(...powershell(question), { encoding: 'utf8', ...HIDDEN })
  const startedMs = Date.parse(stdout?.trim() ?? '')
  return Number.isNaN(startedMs) ? undefined : startedMs
}

/** The PIDs of a process, its parent, and so on; none where it is gone. */
function ancestorsOf(pid: number): Promise<readonly number[]> {
  const parent = `(Get-CimInstance Win32_Process -Filter ('ProcessId=' + $p)).ParentProcessId`
  return new Promise(resolve => {
    execFile(...powershell(`$p=${pid}; while ($p) { $p; $p=${parent} }`), HIDDEN, (_, stdout) =>
      resolve(stdout.split(/\s+/).filter(Boolean).map(Number)),
    )
  })
}

const HIDDEN = { windowsHide: true, timeout: 10_000 } as const

/** Commands have to be such that constrained language mode allows them. */
function powershell(command: string): [program: string, args: string[]] {
  const program = system32('WindowsPowerShell', 'v1.0', 'powershell.exe')
  return [program, ['-NoProfile', '-NonInteractive', '-Command', command]]
}

/** The path of a system program: on PATH, or in the working folder, may be another one of that name. */
export function system32(...names: readonly string[]): string {
  return join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', ...names)
}
