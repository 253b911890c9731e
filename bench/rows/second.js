// How long a program waits for its second server.
import { fileURLToPath } from 'node:url'
import { plus, times } from '../goals.js'
import { sideBySide } from '../side-by-side.js'

const PROGRAM = fileURLToPath(new URL('../second-start.js', import.meta.url))

export const second = {
  name: 'second',
  about: '`await start()` in a program, second call',
  async measure(workplace) {
    const peers = await workplace.peers()
    const folder = workplace.newFolder('second')
    const program = (who, where) => async () =>
      Number((await workplace.run(process.execPath, [PROGRAM, who, where])).stdout)
    const { skyfly, ...beside } = await sideBySide(
      {
        skyfly: program('skyfly', folder),
        bare: program('bare', folder),
        'redis-memory-server': peers && program('redis-memory-server', peers.folder),
      },
      workplace.rounds(25),
    )
    const goals = [plus(5, 'bare'), times(1, 'redis-memory-server')]
    return [{ what: second.about, unit: 'ms', own: skyfly, beside, goals }]
  },
}
