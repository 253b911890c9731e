// `skyfly status`: what is known about an instance, from its supervisor or from what the last one left.
import type { Config } from '../config/config.js'
import { callControl } from '../supervisor/control/client.js'
import { neverStarted, readRecorded, type Status } from '../supervisor/status.js'

export async function status(config: Config): Promise<Status> {
  const answered = await callControl<Status>(config.files, { do: 'status' })
  if (answered !== undefined) return answered
  const recorded = readRecorded(config.files.stateFile)
  if (recorded === undefined) return neverStarted(config)
  // Loaded only here: it knows the engines, and a supervisor that answers makes it unnecessary.
  const { findOrphan, supervisorLives } = await import('../supervisor/recover/orphan.js')
  // Between its first words and its last a supervisor does not answer; what it wrote down holds.
  if (supervisorLives(recorded)) return recorded.status
  if (findOrphan(recorded) !== undefined) return { ...recorded.status, supervisorPid: null }
  return cleanedUp(config, recorded.status)
}

async function cleanedUp(config: Config, last: Status): Promise<Status> {
  if (last.state === 'stopped' || last.state === 'failed') return last
  const [{ takeLock }, { removeLeftovers }] = await Promise.all([
    import('../supervisor/owner-lock.js'),
    import('../supervisor/recover/leftovers.js'),
  ])
  const lock = await takeLock(config.files.stateFile)
  // Somebody is starting it, or cleaning up after it.
  if ('heldBy' in lock) return { ...last, state: 'starting', pid: null, supervisorPid: lock.heldBy ?? null }
  try {
    return removeLeftovers(config) ?? last
  } finally {
    lock.release()
  }
}
