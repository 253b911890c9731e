// What a supervisor takes after its server has printed a million lines.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, SERVER, serverArgs, untilPong } from '../bare.js'
import { atMost } from '../goals.js'
import { memoryOf } from '../proc.js'
import { median } from '../side-by-side.js'

const LINES = 1_000_000
/** V8 gives memory back when it has had little to do for 8 to 10 s; what is left after that stays. */
const SETTLED_MS = 12_000

export const flood = {
  name: 'flood',
  about: "supervisor's resident memory after a million log lines",
  async measure(workplace) {
    const { cwd, run } = workplace.newProject()
    const pm2 = (await workplace.peers())?.pm2
    const server = talkativeServer(cwd)
    const samples = { skyfly: [], peak: [], pm2: [] }
    for (let round = 0; round < workplace.rounds(3); round++) {
      const args = ['--engine', 'redis', '--binary', server, '--port', 'auto', '--json']
      const { supervisorPid } = JSON.parse((await run(['start', '--detach', ...args])).stdout)
      await workplace.wait(SETTLED_MS)
      const { residentMb, peakMb } = memoryOf(supervisorPid)
      samples.skyfly.push(residentMb)
      samples.peak.push(peakMb)
      await run(['stop'])
      if (pm2) samples.pm2.push(await underPm2(workplace, pm2, { server, cwd }))
    }
    return [
      {
        what: flood.about,
        unit: 'MB',
        own: median(samples.skyfly),
        beside: { 'skyfly at most': median(samples.peak), pm2: pm2 && median(samples.pm2) },
        goals: [atMost(60)],
      },
    ]
  },
}

async function underPm2(workplace, pm2, { server, cwd }) {
  await pm2.run(['kill'])
  const port = await freePort()
  await pm2.start(server, serverArgs(port, cwd))
  await untilPong(workplace, port)
  await workplace.wait(SETTLED_MS)
  const { residentMb } = memoryOf(pm2.daemonPid())
  await pm2.run(['delete', 'server'])
  return residentMb
}

/** Prints its lines, 105 bytes each, before it begins to serve. */
function talkativeServer(folder) {
  const lines = join(folder, 'lines')
  const line = index =>
    `9105:M 21 Jan 2026 10:30:00.123 * an ordinary message of a server, with some text and the number ${String(index).padStart(8, '0')}`
  writeFileSync(lines, `${Array.from({ length: LINES }, (_, index) => line(index).slice(-104)).join('\n')}\n`)
  const program = join(folder, 'talkative-server')
  const text = `#!/bin/sh
[ "$1" = --version ] && exec ${SERVER} --version
cat '${lines}'
exec ${SERVER} "$@"
`
  writeFileSync(program, text, { mode: 0o755 })
  return program
}
