// How fast a million lines become records in a rotated log: what bench/logs.js measures.
import { fileURLToPath } from 'node:url'
import { times } from '../goals.js'

const PROGRAM = fileURLToPath(new URL('../logs.js', import.meta.url))

export const write = {
  name: 'write',
  about: 'a million 105-byte log lines to the rotated file as records',
  async measure(workplace) {
    const { stdout } = await workplace.run(process.execPath, [PROGRAM, String(workplace.rounds(9))])
    const { skyfly, ...beside } = Object.fromEntries(
      Array.from(stdout.matchAll(/^(.+): ([\d.]+) s/gm), ([, name, seconds]) => [name, Number(seconds)]),
    )
    if (skyfly === undefined) throw new Error(`bench/logs.js printed no time of skyfly: ${stdout}`)
    return [{ what: write.about, unit: 's', own: skyfly, beside, goals: [times(1, 'multilog')] }]
  },
}
