// An error as people read it: what happened, what shows it, and what to do next.
import { SkyflyError } from '../../errors.js'
import { printable } from '../../system/terminal-text.js'
import { painter } from './paint.js'

export function renderError(error: unknown, { colour }: { colour: boolean }): string {
  const paint = painter(colour)
  if (!(error instanceof SkyflyError) || error.code === 'bug') {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return `${paint('red', 'skyfly: this is a bug in skyfly')}\n${stack.split('\n').map(printable).join('\n')}\nhint: please report it with the lines above, and with what the same command prints with SKYFLY_DEBUG=1\n`
  }
  const details = error.details.map(line => `${paint('dim', `  | ${printable(line)}`)}\n`).join('')
  const hint = error.hint === undefined ? '' : `${paint('bold', 'hint:')} ${printable(error.hint)}\n`
  return `${details}${paint('red', 'skyfly:')} ${printable(error.message)}\n${hint}`
}
