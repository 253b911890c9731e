// `skyfly stop`: a graceful stop through the supervisor, or of what a killed supervisor left.
import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../config/config.js'
import { SkyflyError } from '../errors.js'
import { processIdentity } from '../platform.js'
import type { Stopped } from '../supervisor/answers.js'
import { callControl } from '../supervisor/control.js'
import { endOrphan, findOrphan, removeLeftovers } from '../supervisor/leftovers.js'
import { takeLock } from '../supervisor/lock.js'
import { readRecorded } from '../supervisor/status.js'
import { nothingStopped, type StopReport } from '../supervisor/stop-report.js'

export interface StopOptions {
  readonly timeoutMs?: number | undefined
  readonly force?: boolean | undefined
  readonly onSaving?: ((bytes: number) => void) | undefined
}

/**
 * Resolves when nothing of the instance is left. A report without an engine: nothing ran.
 * @throws SkyflyError `stop-failed` when the snapshot could not be saved, or the server not be ended.
 */
export async function stop(
  config: Config,
  { timeoutMs, force, onSaving }: StopOptions = {},
): Promise<StopReport> {
  const { controlSocket } = config.files
  // A supervisor that hangs is found out by a question that it would answer at once.
  if ((await callControl(controlSocket, { do: 'status' })) === undefined)
    return stopLeftovers(config, { timeoutMs, force })
  const request = { do: 'stop', timeoutMs, force } as const
  const stopped = await callControl<Stopped>(controlSocket, request, text => onSaving?.(Number(text)))
  if (stopped === undefined) return stopLeftovers(config, { timeoutMs, force })
  if (stopped.endsProcess !== null) await untilGone(stopped.endsProcess)
  return stopped.report
}

async function stopLeftovers(
  config: Config,
  { timeoutMs = config.stopTimeoutMs, force = false }: StopOptions,
): Promise<StopReport> {
  const since = performance.now()
  const lock = await takeLock(config.files.stateFile)
  if ('heldBy' in lock)
    throw new SkyflyError(
      'stop-failed',
      `another skyfly process is starting ${config.name} or cleaning up after it`,
      {
        hint: 'try again in a moment',
      },
    )
  try {
    const recorded = readRecorded(config.files.stateFile)
    const orphan = findOrphan(recorded)
    const end = orphan && (await endOrphan(orphan, { timeoutMs, force }))
    removeLeftovers(config)
    if (end === undefined || recorded === undefined) return nothingStopped(config.name)
    const { engine, version } = recorded.status
    return {
      name: config.name,
      engine,
      version,
      pid: end.pid,
      tookMs: Math.round(performance.now() - since),
      killed: end.killed,
      saved: end.saved === undefined ? null : { file: end.saved.file, bytes: end.saved.bytes },
      snapshot: end.saved === undefined ? 'off' : 'saved',
    }
  } finally {
    lock.release()
  }
}

/** The answer comes a moment before the end of the process that gave it. */
async function untilGone(pid: number): Promise<void> {
  const identity = processIdentity(pid)
  const deadline = performance.now() + 5_000
  while (identity !== undefined && processIdentity(pid) === identity && performance.now() < deadline)
    await pause(1)
}
