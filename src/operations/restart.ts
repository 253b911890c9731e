// `skyfly restart`: stop, then start with the same settings except those that are given anew.

import type { Config } from '../config/config.js'
import { reconfigure } from '../config/resolve.js'
import type { Flags } from '../config/settings.js'
import { SkyflyError } from '../errors.js'
import { cacheFolder } from '../servers/cache/cache-folder.js'
import { callControl } from '../supervisor/control/client.js'
import type { Restarted } from '../supervisor/control/requests.js'
import { settingsAgain } from '../supervisor/last-settings.js'
import { readRecord } from '../supervisor/status.js'
import { VERSION } from '../version.js'
import { findBinary, type StartCallbacks, type Started, startDetached } from './start.js'

export interface RestartOptions extends StartCallbacks {
  readonly flags: Flags
  readonly serverArgs: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly onSaving?: ((bytes: number) => void) | undefined
}

export interface RestartReport extends Started {
  /** What the stop lost, in words; null: nothing. */
  readonly lost: string | null
}

/**
 * The supervisor stays the same, so a console that shows the log keeps showing it. An instance that does not
 * run is started.
 */
export async function restart(config: Config, options: RestartOptions): Promise<RestartReport> {
  const since = performance.now()
  const ask = {
    code: 'start-failed',
    onProgress: (text: string) => options.onSaving?.(Number(text)),
  } as const
  const running = await callControl<Config>(config.files, { do: 'config' }, ask)
  const before = running ?? lastOf(config, options.serverArgs)
  const asked = before === undefined ? config : reconfigure(before, options)
  // The supervisor may have another home folder, and has to look where this process downloads to.
  const next = running === undefined ? asked : { ...asked, cacheDir: cacheFolder(asked, options.env).dir }
  // A supervisor downloads nothing, so the program has to be there before it looks.
  const missing = running && (await missingBinary(next, options))
  const restarted =
    running &&
    (await callControl<Restarted>(config.files, { do: 'restart', config: next }, ask).catch(error => {
      throw error instanceof SkyflyError && error.code === 'no-engine' ? (missing ?? error) : error
    }))
  if (restarted !== undefined)
    return { ...restarted, already: false, tookMs: Math.round(performance.now() - since) }
  const started = await startDetached(next, options.env, options)
  // It was running all along: somebody had deleted its control socket, and it has opened a new one.
  return started.already ? restart(config, options) : { ...started, lost: null }
}

/** What it last ran with, where its supervisor was killed; undefined: it was stopped, or never ran. */
function lastOf(config: Config, given: readonly string[]): Config | undefined {
  const last = readRecord(config.files.stateFile)?.last
  return last?.version === VERSION ? settingsAgain(config, last, given) : undefined
}

/**
 * Why the server program can neither be found nor downloaded. The supervisor may still find one on its own
 * PATH.
 */
async function missingBinary(config: Config, options: RestartOptions): Promise<SkyflyError | undefined> {
  try {
    await findBinary(config, options.env, options)
    return undefined
  } catch (error) {
    if (error instanceof SkyflyError && (error.code === 'no-engine' || error.code === 'download'))
      return error
    throw error
  }
}
