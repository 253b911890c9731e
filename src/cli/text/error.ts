// An error as people read it: what happened, what shows it, and what to do next.
import { SkyflyError } from '../../errors.js'
import { printable } from '../../system/terminal-text.js'
import { painter } from './paint.js'

export function renderError(error: unknown, { colour }: { colour: boolean }): string {
  const paint = painter(colour)
  if (!(error instanceof SkyflyError) || error.code === 'bug') {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    const lines = [
      paint('red', 'skyfly: this is a bug in skyfly'),
      ...stack.split('\n').map(printable),
      REPORT_HINT,
    ]
    return lines.map(line => `${line}\n`).join('')
  }
  const details = error.details.map(line => `${paint('dim', `  | ${printable(line)}`)}\n`).join('')
  const hint = error.hint === undefined ? '' : `${paint('bold', 'hint:')} ${printable(error.hint)}\n`
  return `${details}${paint('red', 'skyfly:')} ${printable(error.message)}\n${hint}`
}

const REPORT_HINT =
  'hint: please report it with the lines above, and with what the same command prints with SKYFLY_DEBUG=1'
