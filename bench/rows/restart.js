// How long a server is away that was killed.
import { bareToPong, freePort, SERVER, serverArgs, untilPong } from '../bare.js'
import { plus, times } from '../goals.js'
import { sideBySide } from '../side-by-side.js'

export const restart = {
  name: 'restart',
  about: 'server killed with -9, to PONG again',
  async measure(workplace) {
    const { cwd, run } = workplace.newProject()
    const pm2 = (await workplace.peers())?.pm2
    const killed = async (pid, port) => {
      const since = performance.now()
      process.kill(pid, 'SIGKILL')
      await untilPong(workplace, port)
      return performance.now() - since
    }
    const { skyfly, ...beside } = await sideBySide(
      {
        // A new instance each time: one that has been restarted before waits longer, on purpose.
        skyfly: async () => {
          const args = ['--engine', 'redis', '--port', 'auto', '--json']
          const { pid, port } = JSON.parse((await run(['start', '--detach', ...args])).stdout)
          const ms = await killed(pid, port)
          await run(['stop'])
          return ms
        },
        bare: () => bareToPong(workplace),
        pm2:
          pm2 &&
          (async () => {
            const port = await freePort()
            await pm2.start(SERVER, serverArgs(port, cwd))
            await untilPong(workplace, port)
            const ms = await killed(await pm2.serverPid(), port)
            await pm2.run(['delete', 'server'])
            return ms
          }),
      },
      workplace.rounds(15),
    )
    const goals = [plus(10, 'bare'), times(1, 'pm2')]
    return [{ what: restart.about, unit: 'ms', own: skyfly, beside, goals }]
  },
}
