// Cleaning up after a supervisor that was killed: whatever it left, proven to be its own before it is touched.
import { rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../config/config.js'
import { ENGINES } from '../engines/table.js'
import { SkyflyError } from '../errors.js'
import { processIdentity, signalServer } from '../platform.js'
import { type Saved, SaveWatch } from './saving.js'
import { ended, type Recorded, readRecorded, recordText, type Status, writeWhole } from './status.js'

/** A server whose supervisor is gone. */
export interface Orphan {
  readonly recorded: Recorded
  readonly pid: number
}

/** How an orphan ended. */
export interface OrphanEnd {
  readonly pid: number
  readonly killed: boolean
  readonly saved: Saved | undefined
}

const POLL_MS = { first: 2, most: 100 }

/** The server that a dead supervisor left alive; undefined: there is none. Changes nothing. */
export function findOrphan(recorded: Recorded | undefined): Orphan | undefined {
  if (recorded?.status.pid == null || supervisorLives(recorded)) return undefined
  const lives =
    recorded.serverIdentity !== null && processIdentity(recorded.status.pid) === recorded.serverIdentity
  return lives ? { recorded, pid: recorded.status.pid } : undefined
}

export function supervisorLives({ status, supervisorIdentity }: Recorded): boolean {
  return (
    status.supervisorPid !== null &&
    supervisorIdentity !== null &&
    processIdentity(status.supervisorPid) === supervisorIdentity
  )
}

/**
 * Ends a server that lost its supervisor, gracefully, and waits as long as it is saving.
 * @throws SkyflyError `stop-failed` when not even a kill ends it.
 */
export async function endOrphan(
  orphan: Orphan,
  { timeoutMs, force }: { timeoutMs: number; force: boolean },
): Promise<OrphanEnd> {
  const { status, serverIdentity } = orphan.recorded
  const watch = new SaveWatch(status.dir, ENGINES[status.engine ?? 'redis'])
  const lives = () => processIdentity(orphan.pid) === serverIdentity
  let deadline = performance.now() + (force ? 0 : timeoutMs)
  let killed = false
  let pauseMs = POLL_MS.first
  if (!force) signalServer(orphan.pid, 'SIGTERM')
  while (lives()) {
    if (!killed && watch.look().progress && !force) deadline = performance.now() + timeoutMs
    if (performance.now() >= deadline) {
      if (killed)
        throw new SkyflyError(
          'stop-failed',
          `the server (pid ${orphan.pid}) cannot be ended, not even by a kill`,
        )
      killed = signalServer(orphan.pid, 'SIGKILL')
      deadline = performance.now() + 5_000
    }
    await pause(pauseMs)
    pauseMs = Math.min(pauseMs * 1.5, POLL_MS.most)
  }
  return { pid: orphan.pid, killed, saved: watch.saved() }
}

/** Removes the files of a supervisor that is dead, and records its end. To be called by the owner of the instance. */
export function removeLeftovers(config: Config): Status | undefined {
  const { pidFile, stateFile, controlSocket } = config.files
  const recorded = readRecorded(stateFile)
  rmSync(pidFile, { force: true })
  rmSync(controlSocket, { force: true })
  if (recorded === undefined || recorded.status.state === 'stopped' || recorded.status.state === 'failed')
    return recorded?.status
  if (recorded.temporaryDir !== null) rmSync(recorded.temporaryDir, { recursive: true, force: true })
  const reason = `its supervisor (pid ${recorded.status.supervisorPid}) was killed`
  const status = ended(recorded.status, 'stopped', {
    code: null,
    signal: null,
    at: new Date().toISOString(),
    reason,
  })
  writeWhole(
    stateFile,
    recordText({ status, serverIdentity: null, supervisorIdentity: null, temporaryDir: null }),
  )
  return status
}
