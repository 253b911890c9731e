// An error as people read it: what happened, what shows it, and what to do next.
import { styleText } from 'node:util'
import { SkyflyError } from '../../errors.js'

export function renderError(error: unknown, { colour }: { colour: boolean }): string {
  const paint = (format: 'red' | 'bold' | 'dim', text: string) => (colour ? styleText(format, text) : text)
  if (!(error instanceof SkyflyError) || error.code === 'bug') {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return `${paint('red', 'skyfly: this is a bug in skyfly')}\n${stack}\nhint: please report it with the lines above, and with what the same command prints with SKYFLY_DEBUG=1\n`
  }
  const details = error.details.map(line => `${paint('dim', `  | ${line}`)}\n`).join('')
  const hint = error.hint === undefined ? '' : `${paint('bold', 'hint:')} ${error.hint}\n`
  return `${details}${paint('red', 'skyfly:')} ${error.message}\n${hint}`
}
