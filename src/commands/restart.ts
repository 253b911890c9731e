// `skyfly restart`: stop and start with the same settings, but for those that are given anew.
import type { Config } from '../config/config.js'
import { reconfigure } from '../config/resolve.js'
import type { Flags } from '../config/settings.js'
import { callControl } from '../supervisor/control.js'
import type { Status } from '../supervisor/status.js'
import { type Started, startDetached } from './start.js'

export interface RestartOptions {
  readonly flags: Flags
  readonly serverArgs: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly onSaving?: ((bytes: number) => void) | undefined
}

/** The same supervisor goes on, so a console that shows the log keeps showing it. Starts what does not run. */
export async function restart(config: Config, options: RestartOptions): Promise<Started> {
  const since = performance.now()
  const { controlSocket } = config.files
  const running = await callControl<Config>(controlSocket, { do: 'config' })
  if (running === undefined) return startDetached(config, options.env)
  const next = reconfigure(running, options)
  const onProgress = (text: string) => options.onSaving?.(Number(text))
  const status = await callControl<Status>(controlSocket, { do: 'restart', config: next }, onProgress)
  if (status === undefined) return startDetached(next, options.env)
  return { status, already: false, tookMs: Math.round(performance.now() - since) }
}
