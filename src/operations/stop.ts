// `skyfly stop`: a graceful stop through the supervisor, or of what a killed supervisor left.
import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../config/config.js'
import { callControl, type StopOptions } from '../supervisor/control/client.js'
import type { StopAnswer } from '../supervisor/control/requests.js'
import type { StopReport } from '../supervisor/stop/stop-report.js'
import { watchProcess } from '../system/processes.js'
import { Patience, unanswering } from './patience.js'

export interface StopRequest extends StopOptions {
  readonly onSaving?: ((bytes: number) => void) | undefined
}

/**
 * Resolves when nothing of the instance is left. In a report without an engine, nothing was running.
 * @throws SkyflyError `stop-failed` when the snapshot could not be saved, or the server not be ended.
 */
export async function stop(config: Config, options: StopRequest = {}): Promise<StopReport> {
  const patience = new Patience()
  for (;;) {
    const report = await stopThroughSupervisor(config, options)
    if (report !== undefined) return report
    const { stopLeftovers } = await import('./stop-leftovers.js')
    const left = await stopLeftovers(config, options)
    if (!('heldBy' in left)) return left
    // Its owner does not listen yet, or not any more.
    if (!(await patience.wait())) throw unanswering(config, left.heldBy, 'stop-failed')
  }
}

/** Undefined: no supervisor answers. */
async function stopThroughSupervisor(
  { files }: Config,
  { timeoutMs, force, onSaving }: StopRequest,
): Promise<StopReport | undefined> {
  const ask = { code: 'stop-failed', onProgress: (text: string) => onSaving?.(Number(text)) } as const
  // A question that any supervisor answers at once tells whether this one hangs.
  if ((await callControl(files, { do: 'status' }, ask)) === undefined) return undefined
  const stopped = await callControl<StopAnswer>(files, { do: 'stop', timeoutMs, force }, ask)
  if (stopped?.endsProcess != null) await untilGone(stopped.endsProcess)
  return stopped?.report
}

/** The answer comes a moment before the end of the process that gave it. */
async function untilGone(pid: number): Promise<void> {
  const lives = watchProcess(pid)
  const deadline = performance.now() + 5_000
  while (lives() && performance.now() < deadline) await pause(1)
}
