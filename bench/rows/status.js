// How long a question about a running instance takes.
import { freePort, SERVER, serverArgs } from '../bare.js'
import { times } from '../goals.js'
import { sideBySide } from '../side-by-side.js'

export const status = {
  name: 'status',
  about: '`skyfly status --json`',
  async measure(workplace) {
    const { cwd, run } = workplace.newProject()
    await run(['start', '--detach', '--engine', 'redis', '--port', 'auto'])
    const pm2 = (await workplace.peers())?.pm2
    await pm2?.start(SERVER, serverArgs(await freePort(), cwd))
    const { skyfly, ...beside } = await sideBySide(
      {
        skyfly: async () => (await run(['status', '--json'])).ms,
        'node -e 0': () => workplace.emptyNode(),
        'pm2 jlist': pm2 && (async () => (await pm2.run(['jlist'])).ms),
      },
      workplace.rounds(25),
    )
    await run(['stop'])
    await pm2?.run(['delete', 'server'])
    return [{ what: status.about, unit: 'ms', own: skyfly, beside, goals: [times(1.6, 'node -e 0')] }]
  },
}
