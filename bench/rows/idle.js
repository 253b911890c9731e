// What a supervisor takes while nothing happens: memory and processor time.
import { freePort, SERVER, serverArgs, untilPong } from '../bare.js'
import { atMost } from '../goals.js'
import { memoryOf, processorMs } from '../proc.js'
import { median } from '../side-by-side.js'

/** V8 cleans up once, 8 to 10 s after the work of a start; only then does nothing happen any more. */
const SETTLED_MS = 12_000
const INSTANCES = 3

export const idle = {
  name: 'idle',
  about: "supervisor's resident memory and processor time, idle",
  async measure(workplace) {
    const { cwd, run } = workplace.newProject()
    const pm2 = (await workplace.peers())?.pm2
    const names = Array.from({ length: INSTANCES }, (_, index) => `idle-${index}`)
    const supervisors = []
    for (const name of names) {
      const args = ['--name', name, '--engine', 'redis', '--port', 'auto', '--json']
      supervisors.push(JSON.parse((await run(['start', '--detach', ...args])).stdout).supervisorPid)
    }
    const port = await freePort()
    await pm2?.start(SERVER, serverArgs(port, cwd))
    if (pm2) await untilPong(workplace, port)
    await workplace.wait(SETTLED_MS)
    const pids = pm2 ? [...supervisors, pm2.daemonPid()] : supervisors
    const since = performance.now()
    const before = pids.map(processorMs)
    await workplace.wait(workplace.quick ? 15_000 : 60_000)
    const passedMs = performance.now() - since
    const percent = pids.map((pid, index) => ((processorMs(pid) - before[index]) / passedMs) * 100)
    const megabytes = pids.map(pid => memoryOf(pid).residentMb)
    await run(['stop', '--all'])
    await pm2?.run(['delete', 'server'])
    const line = (what, unit, values, limit) => ({
      what,
      unit,
      own: median(values.slice(0, INSTANCES)),
      beside: { pm2: values[INSTANCES] },
      goals: [atMost(limit)],
    })
    return [
      line("supervisor's resident memory, idle", 'MB', megabytes, 50),
      line("supervisor's processor time, idle", '% of a core', percent, 0.1),
    ]
  },
}
