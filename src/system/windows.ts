// How Windows does what POSIX has signals and /proc for: by programs of its own, which take tens or hundreds of milliseconds.
import { execFile, spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** A process exists some milliseconds before its maker can note the time, and the two clocks differ by one tick. */
const TOLERANCE_MS = 2_000

/** When something was proven last, by performance.now(). */
const proven = new Map<string, number>()
/** So long it holds: PIDs are given anew, and who waits for the end of a process asks ten times a second. */
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

/** Whether a living process was started by another one, or by one that that started: as a server by a shim of Chocolatey. */
export function isDescendant(pid: number, ancestor: number): Promise<boolean> {
  const claim = `${pid} of ${ancestor}`
  const known = families.get(claim)
  if (known !== undefined) return known
  const asked = ancestorsOf(pid).then(pids => pids.includes(ancestor))
  families.set(claim, asked)
  return asked
}

/** What was asked before: a server behind a shim is asked who it is at each new connection. */
const families = new Map<string, Promise<boolean>>()

/** Ends a process and what it started. False: it is gone. */
export function endTree(pid: number): boolean {
  const end = (signal: 0 | 'SIGKILL') => {
    try {
      return process.kill(pid, signal)
    } catch {
      // It is gone, or not ours any more.
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

/** When a process was started, in ms since 1970; undefined: there is none, or it is another user's. */
function startOf(pid: number): number | undefined {
  // 'o': the format of ISO 8601.
  const question = `(Get-Process -Id ${pid}).StartTime.ToUniversalTime().ToString('o')`
  const { stdout } = spawnSync(...powershell(question), { encoding: 'utf8', ...HIDDEN })
  const startedMs = Date.parse(stdout?.trim() ?? '')
  return Number.isNaN(startedMs) ? undefined : startedMs
}

/** The PIDs of a process, of what started it, and so on; none where it is gone. */
function ancestorsOf(pid: number): Promise<readonly number[]> {
  const parent = `(Get-CimInstance Win32_Process -Filter ('ProcessId=' + $p)).ParentProcessId`
  return new Promise(resolve => {
    execFile(...powershell(`$p=${pid}; while ($p) { $p; $p=${parent} }`), HIDDEN, (_, stdout) =>
      resolve(stdout.split(/\s+/).filter(Boolean).map(Number)),
    )
  })
}

const HIDDEN = { windowsHide: true, timeout: 10_000 } as const

/** What constrained language mode allows, too. */
function powershell(command: string): [program: string, args: string[]] {
  const program = system32('WindowsPowerShell', 'v1.0', 'powershell.exe')
  return [program, ['-NoProfile', '-NonInteractive', '-Command', command]]
}

/** By its path: PATH, or the working folder, may have another program of that name. */
export function system32(...names: readonly string[]): string {
  return join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', ...names)
}
