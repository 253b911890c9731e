// The report about the engines of a machine as text for people: pure.
import type { EngineReport, EnginesReport } from '../commands/engines.js'
import { table } from './render.js'

/** A table; below it what is missing, a line for each engine, and what a start would take. */
export function renderEngines({ engines, auto, target }: EnginesReport): string {
  const rows = engines.map(({ engine, available, version, licence, where }) => [
    engine,
    available,
    version ?? '-',
    licence,
    where ?? '-',
  ])
  const missing = engines.map(whyMissing)
  const chosen = engines.find(({ engine }) => engine === auto)
  return `${table([HEADER, ...rows])}\n${missing.join('')}skyfly start runs ${auto} on this machine (${target})${note(chosen)}\n`
}

/** Most reasons begin with its name. */
function whyMissing({ engine, missing }: EngineReport): string {
  if (missing === null) return ''
  return missing.startsWith(engine) ? `${missing}\n` : `${engine}: ${missing}\n`
}

const HEADER = ['ENGINE', 'AVAILABLE', 'VERSION', 'LICENCE', 'WHERE']

function note(chosen: EngineReport | undefined): string {
  const fetched = chosen?.available === 'download' ? ', downloaded once' : ''
  return chosen?.differs == null ? fetched : `${fetched}; it ${chosen.differs}`
}
