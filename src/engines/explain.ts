// Turns the last words of a server that did not start into a sentence and the one thing to do.
import type { Explanation, LaunchInput } from './engine.js'
import { explainProgram } from './program-failures.js'

/** One known failure. */
export interface Failure {
  /** Looked for in all the lines together, so it may span several. */
  readonly says: RegExp
  /** @default 'other' */
  readonly kind?: Explanation['kind']
  readonly message: (found: RegExpExecArray, input: LaunchInput) => string
  readonly hint: (found: RegExpExecArray, input: LaunchInput) => string
}

/** The first failure of the table that the lines show: causes stand above their consequences. */
export function explainBy(failures: readonly Failure[]) {
  return (lines: readonly string[], input: LaunchInput): Explanation | undefined => {
    const text = lines.join('\n')
    for (const { says, kind = 'other', message, hint } of failures) {
      const found = says.exec(text)
      if (found !== null) return { kind, message: message(found, input), hint: hint(found, input) }
    }
    return explainProgram(text, input.binary.path)
  }
}

export const PORT_HINT = 'use --port auto to take any free port, or stop the program that has it'
export const HOST_HINT = 'use --host with an address of this machine, such as 127.0.0.1'
