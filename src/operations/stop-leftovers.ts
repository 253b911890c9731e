// `skyfly stop` where no supervisor answers: what a killed one left is ended and removed.
import type { Config } from '../config/config.js'
import { SkyflyError } from '../errors.js'
import type { StopOptions } from '../supervisor/control/client.js'
import { takeLock } from '../supervisor/owner-lock.js'
import { removeLeftovers } from '../supervisor/recover/leftovers.js'
import { endOrphan, findOrphan } from '../supervisor/recover/orphan.js'
import { readRecord } from '../supervisor/status.js'
import { nothingStopped, type StopReport } from '../supervisor/stop/stop-report.js'
import { killCommand } from '../system/signals.js'

/** @throws SkyflyError `stop-failed` when the server cannot be ended, or another skyfly process is at it */
export async function stopLeftovers(
  config: Config,
  { timeoutMs = config.stopTimeoutMs, force = false }: StopOptions,
): Promise<StopReport> {
  const since = performance.now()
  const lock = await takeLock(config.files.stateFile)
  if ('heldBy' in lock) throw unreachable(config, lock.heldBy)
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

function unreachable({ name }: Config, pid: number | undefined): SkyflyError {
  const holder = pid === undefined ? 'another skyfly process' : `another skyfly process (pid ${pid})`
  return new SkyflyError('stop-failed', `${holder} owns ${name}, and its control socket is not there`, {
    hint: `it opens one in a few seconds: try again then${pid === undefined ? '' : `, or end it with: ${killCommand(pid)}`}`,
  })
}
