// `skyfly start` at the command line: in the foreground, or handed to the background.
import type { Config } from '../../config/config.js'
import type { Session } from '../program.js'
import { renderStarted } from '../text/status.js'
import { whileFetching } from './fetching.js'

interface Options {
  readonly detach?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
}

export async function start(
  { io }: Session,
  config: Config,
  { detach, json, quiet }: Options,
): Promise<void> {
  const started = detach === true ? await inBackground() : await inForeground()
  if (started === undefined) return
  for (const warning of started.warnings) io.stderr.write(`warning: ${warning}\n`)
  io.stdout.write(json === true ? `${JSON.stringify(started.status, null, 2)}\n` : renderStarted(started))

  async function inBackground() {
    const { startDetached } = await import('../../operations/start.js')
    return whileFetching(io, { quiet }, watching => startDetached(config, io.env, watching))
  }

  async function inForeground() {
    const { runInForeground } = await import('./foreground.js')
    const status = await runInForeground(config, io, { quiet })
    return status && { status, warnings: [], already: true, tookMs: 0 }
  }
}
