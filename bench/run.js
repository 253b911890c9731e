// `npm run bench`: skyfly beside bare programs and its peers, for every goal that it has, side by side in one run.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { describeMachine, page, table } from './report.js'
import { ROWS } from './rows/table.js'
import { openWorkplace } from './workplace.js'

const USAGE = `Usage: npm run build && node bench/run.js [--quick] [--no-peers] [--write] [row ...]

  --quick     fewer repetitions, and a tenth of the data
  --no-peers  do not install pm2 and redis-memory-server to compare with
  --write     write the table to docs/benchmarks.md too

Rows:
${ROWS.map(({ name, about }) => `  ${name.padEnd(10)}  ${about}`).join('\n')}
`

await main()

async function main() {
  const options = /** @type {const} */ ({
    quick: { type: 'boolean' },
    'no-peers': { type: 'boolean' },
    write: { type: 'boolean' },
    help: { type: 'boolean' },
  })
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  const unknown = positionals.find(name => !ROWS.some(row => row.name === name))
  if (values.help || unknown !== undefined) {
    process.stdout.write(unknown === undefined ? USAGE : `there is no row ${unknown}\n\n${USAGE}`)
    process.exitCode = unknown === undefined ? 0 : 2
    return
  }
  const rows = positionals.length === 0 ? ROWS : ROWS.filter(({ name }) => positionals.includes(name))
  const lines = await measured(rows, { quick: values.quick === true, peers: values['no-peers'] !== true })
  process.stdout.write(`${table(lines)}\n${describeMachine()}\n`)
  if (values.write) writeFileSync(new URL('../docs/benchmarks.md', import.meta.url), page(lines))
}

/** Whatever happens, a row that fails or Ctrl-C, nothing is left: no process, no folder. */
async function measured(rows, { quick, peers }) {
  const workplace = await openWorkplace({ quick, peers })
  // Pressed again while it cleans up, Ctrl-C changes nothing.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => workplace.interrupt(signal))
  const lines = []
  try {
    for (const row of rows) {
      if (workplace.isInterrupted) break
      process.stderr.write(`${row.name}: ${row.about} ...\n`)
      try {
        lines.push(...(await row.measure(workplace)))
      } catch (error) {
        if (workplace.isInterrupted) break
        process.exitCode = 1
        process.stderr.write(`${error.stack}\n`)
        lines.push({ what: row.about, beside: {}, goals: [], failure: error.message.split('\n')[0] })
      }
    }
  } finally {
    await workplace.close()
  }
  return lines
}
