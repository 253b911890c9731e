// How a process is asked to end, or is ended, on this system.
import { endTree } from './windows.js'

/** Whether a process can be asked to end by its PID. Windows ends it at once, whatever the signal. */
export const hasSignals = (): boolean => process.platform !== 'win32'

/**
 * Sends a signal to a server. SIGKILL goes to everything it started as well: its process group on POSIX, its
 * process tree on Windows.
 * @returns false: it is gone
 */
export function signalServer(pid: number, signal: 'SIGTERM' | 'SIGKILL'): boolean {
  if (process.platform === 'win32') return endTree(pid)
  try {
    // SIGTERM is for the server alone: redis ends its saving child better than a signal would.
    process.kill(signal === 'SIGKILL' ? -pid : pid, signal)
    return true
  } catch {
    // ESRCH: it is gone. EPERM: only zombies are left of the group (macOS), or the PID is somebody else's
    // now.
    return false
  }
}

/** Signals by which this system asks a program in the foreground to end. */
export function endSignals(): readonly NodeJS.Signals[] {
  // SIGBREAK is Ctrl-Break. SIGHUP means a closed console on Windows, which ends the process some seconds
  // later.
  return ['SIGINT', 'SIGTERM', 'SIGHUP', ...(process.platform === 'win32' ? (['SIGBREAK'] as const) : [])]
}

/**
 * What the owner of a server does at each signal that would otherwise end it at once, and with it the server, unsaved.
 * Other tools send them: nodemon SIGUSR2, a terminal SIGQUIT, a batch system SIGXCPU. SIGUSR1 would open Node's debugger.
 */
export const OWNER_SIGNALS = {
  SIGQUIT: 'stop',
  SIGUSR1: 'ignore',
  SIGUSR2: 'stop',
  SIGALRM: 'stop',
  SIGVTALRM: 'stop',
  SIGPROF: 'stop',
  SIGXCPU: 'stop',
} as const satisfies Partial<Record<NodeJS.Signals, 'stop' | 'ignore'>>

/** From now on this process obeys them. @returns the way to stop that */
export function onOwnerSignals(stop: (signal: NodeJS.Signals) => void): () => void {
  if (!hasSignals()) return () => {}
  const rows = Object.entries(OWNER_SIGNALS).map(
    ([signal, what]) => [signal as NodeJS.Signals, what === 'stop' ? stop : () => {}] as const,
  )
  for (const [signal, listener] of rows) process.on(signal, listener)
  return () => {
    for (const [signal, listener] of rows) process.off(signal, listener)
  }
}

/** The command for ending a process that does not react. */
export function killCommand(pid: number | string): string {
  return process.platform === 'win32' ? `taskkill /F /T /PID ${pid}` : `kill -9 ${pid}`
}
