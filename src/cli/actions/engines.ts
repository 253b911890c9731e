// `skyfly engines` at the command line.
import { inspectEngines } from '../../commands/engines.js'
import type { Config } from '../../config/config.js'
import type { Session } from '../program.js'
import { renderEngines } from '../render-engines.js'

interface Options {
  readonly json?: boolean
}

export async function engines({ io }: Session, config: Config, { json }: Options): Promise<void> {
  const report = await inspectEngines(config, { env: io.env })
  io.stdout.write(json === true ? `${JSON.stringify(report, null, 2)}\n` : renderEngines(report))
}
