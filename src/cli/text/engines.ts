// The report about the engines of a machine as text for people: pure.
import type { EngineReport, EnginesReport } from '../../operations/engines.js'
import { type Column, renderTable } from './table.js'

/** A table, then a line for each missing engine, then what a start would use. */
export function renderEngines({ engines, start, failure, target }: EnginesReport): string {
  const missing = engines.map(whyMissing)
  const chosen = engines.find(({ engine }) => engine === start)
  const runs =
    chosen === undefined ? `nothing on this machine (${target}): ${failure}` : runsHere(chosen, target)
  return `${renderTable(COLUMNS, engines)}\n${missing.join('')}skyfly start runs ${runs}\n`
}

/** Most reasons already begin with the name of the engine. */
function whyMissing({ engine, missing }: EngineReport): string {
  if (missing === null) return ''
  return missing.startsWith(engine) ? `${missing}\n` : `${engine}: ${missing}\n`
}

const COLUMNS: readonly Column<EngineReport>[] = [
  { title: 'ENGINE', cell: ({ engine }) => engine },
  { title: 'AVAILABLE', cell: ({ available }) => available },
  { title: 'VERSION', cell: ({ version }) => version ?? '-' },
  { title: 'LICENCE', cell: ({ licence }) => licence },
  { title: 'WHERE', cell: ({ where }) => where ?? '-' },
]

function runsHere({ engine, version, available, differs }: EngineReport, target: string): string {
  const what = version === null ? engine : `${engine} ${version}`
  const fetched = available === 'download' ? ', downloaded once' : ''
  return `${what} on this machine (${target})${fetched}${differs === null ? '' : `; it ${differs}`}`
}
