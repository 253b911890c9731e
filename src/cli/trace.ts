// The trace for bug reports, on standard error: one line for each decision or action, with the time since the
// start.
import { arch, release } from 'node:os'
import { host } from '../system/platform.js'
import { printable } from '../system/terminal-text.js'
import { listenToTrace, trace } from '../system/trace.js'
import { secretsRemover } from '../system/trace-secrets.js'
import { VERSION } from '../version.js'
import type { Io } from './io.js'

/** From now on, and for the whole process. */
export function showTrace(argv: readonly string[], { stderr, env, cwd }: Io): void {
  const withoutSecrets = secretsRemover(env)
  listenToTrace((topic, text) => {
    const ms = performance.now().toFixed(0).padStart(6)
    stderr.write(`${ms} ms  ${topic.padEnd(8)}  ${printable(withoutSecrets(text))}\n`)
  })
  const system = `${host().platform} ${release()} ${arch()}`
  trace('command', () => `skyfly ${VERSION}, Node ${process.version}, ${system}, in ${cwd()}`)
  trace('command', () => ['skyfly', ...argv].join(' '))
}
