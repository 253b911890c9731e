// An error as people read it: what happened, what shows it, and what to do next.
import { SkyflyError } from '../../errors.js'
import { printable } from '../../system/terminal-text.js'
import { doing } from '../../system/trace.js'
import { painter } from './paint.js'

export function renderError(error: unknown, { colour }: { colour: boolean }): string {
  const paint = painter(colour)
  if (!(error instanceof SkyflyError) || error.code === 'bug') {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    const during = doing()
    const lines = [
      `skyfly: it failed in a way that was not foreseen${during === undefined ? '' : `, while ${during}`}`,
      ...stack.split('\n').map(printable),
      TRACE_HINT,
      paint('red', 'skyfly: this is a bug in skyfly; please report it with the lines above and that trace'),
    ]
    return lines.map(line => `${line}\n`).join('')
  }
  const details = error.details.map(line => `${paint('dim', `  | ${printable(line)}`)}\n`).join('')
  const hint = error.hint === undefined ? '' : `${paint('bold', 'hint:')} ${printable(error.hint)}\n`
  return `${details}${paint('red', 'skyfly:')} ${printable(error.message)}\n${hint}`
}

const TRACE_HINT = 'hint: the same command with SKYFLY_DEBUG=1 shows each step that led to it'
