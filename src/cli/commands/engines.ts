// `skyfly engines`: which servers this machine has.
import type { Config } from '../../config/config.js'
import { type Command, JSON_OPTION } from '../command.js'
import { type JsonOption, print, type Session } from '../session.js'

export const engines: Command = {
  settings: ['offline', 'mirror', 'cacheDir'],
  lenient: true,
  options: [JSON_OPTION],
  run,
}

async function run(session: Session, config: Config, options: JsonOption): Promise<void> {
  const [{ inspectEngines }, { renderEngines }] = await Promise.all([
    import('../../operations/engines.js'),
    import('../text/engines.js'),
  ])
  const report = await inspectEngines(config, { env: session.io.env })
  await print(session, options, { json: report, text: () => renderEngines(report) })
}
