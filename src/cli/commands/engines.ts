// `skyfly engines` at the command line.

import type { Config } from '../../config/config.js'
import { inspectEngines } from '../../operations/engines.js'
import type { Session } from '../program.js'
import { renderEngines } from '../text/engines.js'

interface Options {
  readonly json?: boolean
}

export async function engines({ io }: Session, config: Config, { json }: Options): Promise<void> {
  const report = await inspectEngines(config, { env: io.env })
  io.stdout.write(json === true ? `${JSON.stringify(report, null, 2)}\n` : renderEngines(report))
}
