// How Windows does what POSIX has signals and /proc for: by programs of its own, which take tens or hundreds of milliseconds.
import { join } from 'node:path'

/** A process exists some milliseconds before its maker can note the time, and the two clocks differ by one tick. */
const TOLERANCE_MS = 2_000

/** What was proven in this process: a PID is not given to another one while somebody watches it. */
const proven = new Set<string>()

/** Whether a living process was started at this time, an ISO date. */
export function wasStartedAt(pid: number, identity: string): boolean {
  const claim = `${pid} ${identity}`
  if (proven.has(claim)) return true
  const startedMs = startOf(pid)
  if (startedMs === undefined || Math.abs(startedMs - Date.parse(identity)) > TOLERANCE_MS) return false
  proven.add(claim)
  return true
}

/** Whether a living process was started after another one, and so may be its child: as the server is of a shim of Scoop or Chocolatey. */
export function wasStartedAfter(pid: number, maker: number): boolean {
  const [startedMs, madeMs] = [startOf(pid), startOf(maker)]
  return startedMs !== undefined && madeMs !== undefined && startedMs >= madeMs
}

/** Ends a process and what it started. False: it is gone. */
export function endTree(pid: number): boolean {
  const { spawn } = process.getBuiltinModule('node:child_process')
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
    .once('exit', code => code !== 0 && end('SIGKILL'))
  return true
}

/** When a process was started, in ms since 1970; undefined: there is none, or it is another user's. */
function startOf(pid: number): number | undefined {
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  const powershell = system32('WindowsPowerShell', 'v1.0', 'powershell.exe')
  // What constrained language mode allows, too. 'o': the format of ISO 8601.
  const question = `(Get-Process -Id ${pid}).StartTime.ToUniversalTime().ToString('o')`
  const args = ['-NoProfile', '-NonInteractive', '-Command', question]
  const { stdout } = spawnSync(powershell, args, { encoding: 'utf8', windowsHide: true, timeout: 10_000 })
  const startedMs = Date.parse(stdout?.trim() ?? '')
  return Number.isNaN(startedMs) ? undefined : startedMs
}

/** By its path: PATH may lead to another program of that name. */
function system32(...names: readonly string[]): string {
  return join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', ...names)
}
