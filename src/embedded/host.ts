// What the engine needs of the program that runs it.
import type { LogLevel } from './log.js'

export interface Host {
  log(level: LogLevel, text: string): void
  /** Ends the program, after everything is said and saved. */
  exit(): void
}

/** For an engine without a program around it, as in tests. */
export const NO_HOST: Host = { log: () => {}, exit: () => {} }
