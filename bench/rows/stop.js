// How long `skyfly stop` takes on top of what the server itself needs to save and end.
import { freePort, SERVER, serverArgs, startBare, stopBare } from '../bare.js'
import { times, timesOver } from '../goals.js'
import { sideBySide } from '../side-by-side.js'

export const stop = {
  name: 'stop',
  about: '`skyfly stop`',
  async measure(workplace) {
    const { cwd, run } = workplace.newProject()
    const pm2 = (await workplace.peers())?.pm2
    const { skyfly, ...beside } = await sideBySide(
      {
        skyfly: async () => {
          await run(['start', '--detach', '--engine', 'redis', '--port', 'auto'])
          return (await run(['stop'])).ms
        },
        'node -e 0': () => workplace.emptyNode(),
        'bare SHUTDOWN': async () => stopBare(await startBare(workplace)),
        'pm2 stop':
          pm2 &&
          (async () => {
            await pm2.start(SERVER, serverArgs(await freePort(), cwd))
            const { ms } = await pm2.run(['stop', 'server'])
            await pm2.run(['delete', 'server'])
            return ms
          }),
      },
      workplace.rounds(15),
    )
    const goals = [timesOver(2, 'node -e 0', 'bare SHUTDOWN'), times(1, 'pm2 stop')]
    return [{ what: stop.about, unit: 'ms', own: skyfly, beside, goals }]
  },
}
