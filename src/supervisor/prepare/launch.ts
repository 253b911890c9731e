// Everything that is decided about a server before it is started.
import type { Binary, Engine, Explanation } from '../../engines/engine.js'

/** Everything needed to start a server, again and again. */
export interface Launch {
  readonly engine: Engine
  readonly binary: Binary
  readonly host: string
  /** `auto`: a free port is chosen at the first start, and kept. */
  readonly port: number | 'auto'
  /** With `auto`, the one to try first. */
  readonly portBefore: number | undefined
  readonly dir: string
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly password: string | undefined
  /** Whether data is to be on the disk after a stop. */
  readonly keepsSnapshot: boolean
  /** What its process is marked with, so that it can be found without its state file. */
  readonly mark: (port: number) => string
  readonly args: (port: number) => readonly string[]
  readonly explain: (lines: readonly string[], port: number) => Explanation | undefined
}
