// `skyfly stop` where no supervisor answers: what a killed one left is ended and removed.
import type { Config } from '../config/config.js'
import { SkyflyError } from '../errors.js'
import type { StopOptions } from '../supervisor/control/client.js'
import { type HeldBy, takeLock } from '../supervisor/owner-lock.js'
import { removeLeftovers, removeTemporary } from '../supervisor/recover/leftovers.js'
import { endOrphan, type Orphan, type OrphanEnd, orphansOf } from '../supervisor/recover/orphan.js'
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
    const ends: { readonly orphan: Orphan; readonly end: OrphanEnd }[] = []
    for (const orphan of orphansOf(config.files)) {
      ends.push({ orphan, end: await endOrphan(orphan, { timeoutMs, force }, 'stop-failed') })
      removeTemporary(orphan.recorded.temporaryDir, config.name)
    }
    removeLeftovers(config, { isStopped: true })
    const how = { name: config.name, tookMs: Math.round(performance.now() - since), force }
    const [report = nothingStopped(config.name)] = ends.map(({ orphan, end }) => reportOf(orphan, end, how))
    return report
  } finally {
    lock.release()
  }
}

function reportOf(
  { recorded }: Orphan,
  end: OrphanEnd,
  { name, tookMs, force }: { readonly name: string; readonly tookMs: number; readonly force: boolean },
): StopReport {
  const { engine, version } = recorded.status
  if (end.killed && !force && recorded.temporaryDir === null)
    throw new SkyflyError(
      'stop-failed',
      `${engine} (pid ${end.pid}), left by a killed supervisor, had to be killed`,
      { hint: 'what changed since its last snapshot is lost' },
    )
  return {
    name,
    engine,
    version,
    pid: end.pid,
    tookMs,
    killed: end.killed,
    saved: end.saved === undefined ? null : { file: end.saved.file, bytes: end.saved.bytes },
    snapshot: end.saved !== undefined ? 'saved' : end.killed ? 'lost' : 'off',
  }
}
