// How long `skyfly start --detach` keeps the prompt.
import { bareToPong, freePort, SERVER, serverArgs } from '../bare.js'
import { times } from '../goals.js'
import { sideBySide } from '../side-by-side.js'

export const start = {
  name: 'start',
  about: '`skyfly start --detach` until the prompt is back',
  async measure(workplace) {
    const { cwd, run } = workplace.newProject()
    // What is in the cache need not be asked who it is.
    const path = (await workplace.run('sh', ['-c', `command -v ${SERVER}`])).stdout.trim()
    await run(['install', 'redis', '--from', path])
    const pm2 = (await workplace.peers())?.pm2
    const startPm2 = async () => {
      const ms = await pm2.start(SERVER, serverArgs(await freePort(), cwd))
      await pm2.run(['delete', 'server'])
      return ms
    }
    const { skyfly, ...beside } = await sideBySide(
      {
        skyfly: async () => {
          const { ms } = await run([
            'start',
            '--detach',
            '--engine',
            'redis',
            '--port',
            String(await freePort()),
          ])
          await run(['stop'])
          return ms
        },
        'node -e 0': () => workplace.emptyNode(),
        bare: () => bareToPong(workplace),
        'pm2 without daemon': pm2 && (() => pm2.run(['kill']).then(startPm2)),
        'pm2 with daemon': pm2 && startPm2,
      },
      workplace.rounds(15),
    )
    const goals = [times(3.5, 'node -e 0'), times(0.67, 'pm2 without daemon')]
    return [{ what: start.about, unit: 'ms', own: skyfly, beside, goals }]
  },
}
