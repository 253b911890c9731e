// A process of its own that writes a log, for what cannot be done to the process of the tests.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const PROGRAM = fileURLToPath(new URL('writer.mjs', import.meta.url))

export interface Writer {
  /** Writes numbered lines. @returns How many were dropped so far. */
  write(from: number, to: number): Promise<number>
  /** Ends it without a chance to do anything. */
  kill(): Promise<void>
  end(): Promise<void>
}

/** @param shellPrefix What the shell does first, such as `ulimit -f 8;`. */
export function startWriter(options: object, shellPrefix = ''): Writer {
  const command = [process.execPath, PROGRAM, JSON.stringify(options)]
  const shell = shellPrefix === '' ? [] : ['sh', '-c', `${shellPrefix} exec "$@"`, 'sh']
  const [program = '', ...args] = [...shell, ...command]
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  onTestFinished(() => void child.kill('SIGKILL'))
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    write: async (from, to) => {
      child.stdin.write(`${from} ${to}\n`)
      return Number((await answers.next()).value)
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
    end: async () => {
      child.stdin.end()
      await exited
    },
  }
}
