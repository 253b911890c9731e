// Whether many instances can be started in the same moment: by a program, and each by a command of its own.
import { fileURLToPath } from 'node:url'
import { bareToPong } from '../bare.js'
import { median } from '../side-by-side.js'

const PROGRAM = fileURLToPath(new URL('../many-starts.js', import.meta.url))
const INSTANCES = 50
const ALLOWANCE_S = 3

export const many = {
  name: 'many',
  about: `${INSTANCES} instances at once, until all are ready`,
  async measure(workplace) {
    const [bare, empty] = [[], []]
    for (let round = 0; round < 10; round++) {
      bare.push(await bareToPong(workplace))
      empty.push(await workplace.emptyNode())
    }
    const folder = workplace.newFolder('many')
    const program = await workplace.run(process.execPath, [PROGRAM, String(INSTANCES), folder])
    const { startedS, stoppedS } = await byCommands(workplace)
    const bareS = (INSTANCES * median(bare)) / 1000
    const line = (what, own, more) => ({
      what: `${INSTANCES} instances at once, ${what}`,
      unit: 's',
      own,
      beside: { [`${INSTANCES} x bare`]: bareS, ...more },
      goals: [withinAllowance],
    })
    const withinAllowance = ({ own }) => ({
      is: `${INSTANCES} x bare + ${(own - bareS).toFixed(1)} s`,
      goal: `+ ${ALLOWANCE_S} s`,
      reached: own <= bareS + ALLOWANCE_S,
    })
    // Each of these is two Node processes, whatever they do.
    const nodesS = (2 * INSTANCES * median(empty)) / 1000
    return [
      line('in one program', Number(program.stdout)),
      line('each by `skyfly start --detach`', startedS, {
        [`${2 * INSTANCES} x node -e 0`]: nodesS,
        'to stop them all': stoppedS,
      }),
    ]
  },
}

async function byCommands(workplace) {
  const { run } = workplace.newProject()
  const names = Array.from({ length: INSTANCES }, (_, index) => `i${index}`)
  const since = performance.now()
  await Promise.all(
    names.map(name => run(['start', '--detach', '--name', name, '--engine', 'redis', '--port', 'auto'])),
  )
  const startedS = (performance.now() - since) / 1000
  const statuses = JSON.parse((await run(['status', '--all', '--json'])).stdout)
  const ports = new Set(statuses.filter(({ state }) => state === 'running').map(({ port }) => port))
  if (ports.size !== INSTANCES) throw new Error(`${ports.size} of ${INSTANCES} instances run`)
  return { startedS, stoppedS: (await run(['stop', '--all'])).ms / 1000 }
}
