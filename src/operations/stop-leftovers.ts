// `skyfly stop` where no supervisor answers: what a killed one left is ended and removed.
import type { Config } from '../config/config.js'
import { SkyflyError } from '../errors.js'
import type { StopOptions } from '../supervisor/control/client.js'
import { type HeldBy, takeLock } from '../supervisor/owner-lock.js'
import { removeLeftovers } from '../supervisor/recover/leftovers.js'
import { endOrphan, findOrphan } from '../supervisor/recover/orphan.js'
import { readRecord } from '../supervisor/status.js'
import { nothingStopped, type StopReport } from '../supervisor/stop/stop-report.js'

/**
 * @returns who holds the instance, which is left alone then
 * @throws SkyflyError `stop-failed` when the server cannot be ended
 */
export async function stopLeftovers(
  config: Config,
  { timeoutMs = config.stopTimeoutMs, force = false }: StopOptions,
): Promise<StopReport | HeldBy> {
  const since = performance.now()
  const lock = await takeLock(config.files.stateFile)
  if ('heldBy' in lock) return lock
  try {
    const recorded = readRecord(config.files.stateFile)
    const orphan = findOrphan(recorded)
    const end = orphan && (await endOrphan(orphan, { timeoutMs, force }, 'stop-failed'))
    removeLeftovers(config)
    if (end === undefined || recorded === undefined) return nothingStopped(config.name)
    const { engine, version } = recorded.status
    if (end.killed && !force && recorded.temporaryDir === null)
      throw new SkyflyError(
        'stop-failed',
        `${engine} (pid ${end.pid}), left by a killed supervisor, had to be killed`,
        {
          hint: 'what changed since its last snapshot is lost',
        },
      )
    return {
      name: config.name,
      engine,
      version,
      pid: end.pid,
      tookMs: Math.round(performance.now() - since),
      killed: end.killed,
      saved: end.saved === undefined ? null : { file: end.saved.file, bytes: end.saved.bytes },
      snapshot: end.saved !== undefined ? 'saved' : end.killed ? 'lost' : 'off',
    }
  } finally {
    lock.release()
  }
}
