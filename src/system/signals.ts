// How a process is asked to end, or is ended, on this system.
import { endTree } from './windows.js'

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

/** Signals by which this system asks a program in the foreground to end. */
export function endSignals(): readonly NodeJS.Signals[] {
  // Ctrl-Break. SIGHUP is the closed console there: Windows gives it some seconds, then ends the process.
  return ['SIGINT', 'SIGTERM', 'SIGHUP', ...(process.platform === 'win32' ? (['SIGBREAK'] as const) : [])]
}

/** What a user types to end a process that does not listen. */
export function killCommand(pid: number | string): string {
  return process.platform === 'win32' ? `taskkill /F /T /PID ${pid}` : `kill -9 ${pid}`
}
