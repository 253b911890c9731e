// The figures as a table for people, on the screen and in docs/benchmarks.md.
import { availableParallelism, release, type } from 'node:os'
import { amount } from './goals.js'

const HEAD = ['what', 'skyfly', 'beside it', 'so', 'goal', 'verdict']

/**
 * One line of the table for each goal.
 * @typedef {object} Line
 * @property {string} what
 * @property {number} [own] skyfly's figure
 * @property {string} [unit]
 * @property {Record<string, number | undefined>} beside figures of others, in the same unit
 * @property {readonly ((line: Line) => { is: string, goal: string, reached: boolean } | undefined)[]} goals
 * @property {string} [failure] why there are no figures
 *
 * @param {readonly Line[]} lines
 */
export function table(lines) {
  const rows = [HEAD, HEAD.map(() => '-'), ...lines.flatMap(cells)]
  const widths = HEAD.map((_, column) => Math.max(...rows.map(row => row[column].length)))
  return rows
    .map(row => {
      const fill = row[0] === '-' ? '-' : ' '
      return `| ${row.map((cell, column) => cell.padEnd(widths[column], fill)).join(' | ')} |\n`
    })
    .join('')
}

export function describeMachine() {
  return `${availableParallelism()} cores, ${type()} ${release()}, Node ${process.versions.node}.`
}

export function page(lines) {
  return `# Benchmarks

Medians of contestants that took turns in one run of \`npm run bench\`, on ${describeMachine()}
The ratios say something; the times are those of one machine. \`bare\` is the server program alone, with the arguments
that skyfly gives it, from its spawn to the first PONG; all contestants run redis-server, and pm2 and
redis-memory-server the same one.

${table(lines)}`
}

/** @param {Line} line */
function cells(line) {
  const { what, own, unit = '', beside, goals, failure } = line
  if (failure !== undefined) return [[what, '', '', failure, '', 'not measured']]
  const others = Object.entries(beside)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${amount(value, unit)}`)
    .join('; ')
  const verdicts = goals.map(goal => goal(line)).filter(verdict => verdict !== undefined)
  const first = [what, amount(own, unit), others]
  if (verdicts.length === 0) return [[...first, '', '', goals.length === 0 ? '' : 'nothing to compare with']]
  return verdicts.map(({ is, goal, reached }, index) => [
    ...(index === 0 ? first : ['', '', '']),
    is,
    goal,
    reached ? 'reached' : 'MISSED',
  ])
}
