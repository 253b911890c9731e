// One server process: spawned so that nothing it prints blocks it and nothing that ends skyfly orphans it.

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import type { PosixEmulation } from '../../engines/engine.js'
import { signalServer } from '../../system/signals.js'
import { serverWrapper } from '../../system/spawning.js'
import { trace } from '../../system/trace.js'
import { layeredWord } from './command-line.js'
import { withoutStrays } from './descriptors.js'

export interface ChildOptions {
  /** The program and its arguments. */
  readonly command: readonly string[]
  /** The layer between the program and Windows, which reads command lines its own way. */
  readonly emulation?: PosixEmulation | undefined
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  /** Opens the descriptor that the process is marked by; see marks.ts. */
  readonly openMark?: () => number | undefined
  readonly onOutput: (stream: 'stdout' | 'stderr', chunk: Buffer) => void
}

export interface ChildExit {
  readonly code: number | null
  readonly signal: string | null
}

export interface Child {
  readonly pid: number
  /** Resolves once, when the process has ended and its last words were read. */
  readonly exited: Promise<ChildExit>
  signal(signal: 'SIGTERM' | 'SIGKILL'): void
}

/** A child of the server may hold the pipes after its end: wait for its last words no longer than this. */
const LAST_WORDS_MS = 50

/** @throws the system's error when the process cannot be made at all. */
export async function spawnChild(options: ChildOptions): Promise<Child> {
  const { words, detached } = await serverWrapper()
  const [program = '', ...args] = [...words, ...options.command]
  const { cwd, env, emulation } = options
  const mark = options.openMark?.()
  const first = ['ignore', 'pipe', 'pipe', ...(mark === undefined ? [] : [mark])] as const
  let child: ChildProcess
  try {
    child = withoutStrays(first, stdio => {
      const how: SpawnOptions = { cwd, env, detached, stdio, windowsHide: true }
      if (emulation === undefined) return spawn(program, args, how)
      const verbatim = { argv0: layeredWord(program), windowsVerbatimArguments: true }
      return spawn(program, args.map(layeredWord), { ...how, ...verbatim })
    })
  } finally {
    if (mark !== undefined) closeSync(mark)
  }
  child.stdout?.on('data', (chunk: Buffer) => options.onOutput('stdout', chunk))
  child.stderr?.on('data', (chunk: Buffer) => options.onOutput('stderr', chunk))
  const exited = exitOf(child)
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('spawn', () => resolve(child.pid ?? 0))
  })
  let gone = false
  trace('spawn', () => `pid ${pid}: ${[program, ...args].join(' ')}`)
  void exited.then(({ code, signal }) => {
    gone = true
    trace('spawn', () => `pid ${pid} ended with ${signal ?? `code ${code}`}`)
    // What the server left in its process group, such as a child that saves, must not write beside the next
    // server.
    if (detached) signalServer(pid, 'SIGKILL')
  })
  return { pid, exited, signal: signal => void (gone || signalServer(pid, signal)) }
}

function exitOf(child: ChildProcess): Promise<ChildExit> {
  return new Promise(resolve => {
    child.once('exit', (code, signal) => {
      const done = () => resolve({ code, signal })
      const timer = setTimeout(done, LAST_WORDS_MS)
      child.once('close', () => {
        clearTimeout(timer)
        done()
      })
    })
  })
}
