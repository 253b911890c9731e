// One run of the command line, and how a command prints its report.
import type { Io } from './io.js'

export interface Session {
  readonly io: Io
  /** What came after `--`. */
  readonly serverArgs: readonly string[]
  /** Set by a command that has reported its failure already. */
  exitCode: number
}

export interface JsonOption {
  readonly json?: boolean
}

/** The report of a command on standard output: as JSON where that was asked for, else as text for people. */
export async function print(
  { io }: Session,
  { json }: JsonOption,
  report: { readonly json: unknown; readonly text: () => string | Promise<string> },
): Promise<void> {
  io.stdout.write(json === true ? `${JSON.stringify(report.json, null, 2)}\n` : await report.text())
}
