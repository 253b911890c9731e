// Asking a program who it is: its version and its flags, within limits of time and output.
import { type SpawnOptionsWithStdioTuple, type StdioNull, type StdioPipe, spawn } from 'node:child_process'
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { arch } from 'node:os'
import type { Readable } from 'node:stream'
import { ENGINE_NAMES, type EngineName } from '../../config/config.js'
import type { Binary } from '../../engines/engine.js'
import { describeExit } from '../../engines/exit.js'
import { explainProgram } from '../../engines/program-failures.js'
import { ENGINES } from '../../engines/table.js'
import { SkyflyError } from '../../errors.js'
import { host } from '../../system/platform.js'
import { signalServer } from '../../system/signals.js'
import { trace } from '../../system/trace.js'
import { posixEmulationOf } from './cygwin.js'
import { HEAD_BYTES, unfitFor } from './executable-format.js'

export interface ProbeInput {
  /** Absolute. */
  readonly path: string
  /** What it is likely to be: it is then asked for its flags at the same time. */
  readonly likely: EngineName | undefined
  readonly env: NodeJS.ProcessEnv
  readonly platform: NodeJS.Platform
  /** @default 5000 */
  readonly timeoutMs?: number
  /** Ends the program that is being asked. */
  readonly signal?: AbortSignal | undefined
}

/** What a program said of itself; `engine` undefined: it is none of the engines. */
export interface Probed extends Omit<Binary, 'engine'> {
  readonly engine: EngineName | undefined
}

/** @throws SkyflyError `no-engine` where the program does not run at all */
export async function probe(input: ProbeInput): Promise<Probed> {
  const print = fingerprint(input.path)
  const known = answers.get(print)
  if (known !== undefined) return known
  const probed = await askAll(input)
  answers.set(print, probed)
  return probed
}

/** Answers so far: a program that starts many servers asks each binary once. */
const answers = new Map<string, Probed>()

/** Changes when the file is replaced or changed. */
function fingerprint(path: string): string {
  const { dev, ino, size, mtimeMs } = statSync(path)
  return [path, dev, ino, size, mtimeMs].join(' ')
}

async function askAll(input: ProbeInput): Promise<Probed> {
  const { path, likely, platform } = input
  const unfit = unfitFor({ platform, arch: arch() }, headOf(path))
  if (unfit !== undefined) throw cannotRun(path, unfit)
  const [stdout, guessed] = await Promise.all([ask(input, ['--version']), askFlags(input, likely)])
  const engine = ENGINE_NAMES.find(name => ENGINES[name].parseVersion(stdout) !== undefined)
  const version = engine === undefined ? undefined : ENGINES[engine].parseVersion(stdout)
  const flags = engine === undefined || engine === likely ? guessed : await askFlags(input, engine)
  return { path, engine, version, flags, emulation: posixEmulationOf(path, platform) }
}

async function askFlags(input: ProbeInput, engine: EngineName | undefined): Promise<Binary['flags']> {
  if (engine === undefined) return undefined
  const { helpArgs, parseFlags } = ENGINES[engine]
  if (helpArgs === undefined) return undefined
  for (const args of helpArgs) {
    const flags = parseFlags(await ask(input, args))
    if (flags.size > 0) return flags
  }
  return undefined
}

const TIMEOUT_MS = 5_000
/** Dragonfly's full help is 35 kB. */
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024

/** Its standard output, whatever its exit code. */
function ask(input: ProbeInput, args: readonly string[]): Promise<string> {
  const { path, env, platform, timeoutMs = TIMEOUT_MS, signal } = input
  return new Promise((resolve, reject) => {
    // In a group of its own, so that what it starts ends with it.
    const child = spawnOrThrow(path, args, {
      env: acceptableTo(env),
      detached: platform !== 'win32',
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let end: Ended = {}
    const kill = (why: Ended) => {
      end = why
      if (child.pid !== undefined) signalServer(child.pid, 'SIGKILL')
      // A child of it that left the group may hold the pipes open.
      child.stdout.destroy()
      child.stderr.destroy()
    }
    const timer = setTimeout(() => kill({ late: true }), timeoutMs)
    const onAbort = () => kill({ aborted: true })
    signal?.addEventListener('abort', onAbort, { once: true })
    const output = [child.stdout, child.stderr].map(stream => collect(stream, () => kill({ enough: true })))
    child.once('error', error => {
      end = { error }
    })
    child.once('close', (code, killedBy) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      const [stdout = '', stderr = ''] = output.map(text => text())
      trace(
        'probe',
        () => `${path} ${args.join(' ')}: ${killedBy ?? `code ${code}`}, ${stdout.length} characters`,
      )
      const failure = failureOf({ code, signal: killedBy, ...end }, { path, asked: args, stderr, timeoutMs })
      if (end.aborted) reject(signal?.reason)
      else if (failure === undefined) resolve(stdout)
      else reject(failure)
    })
  })
}

/** Node reports some failures by an event and throws others. @throws SkyflyError `no-engine` */
function spawnOrThrow(
  path: string,
  args: readonly string[],
  options: SpawnOptionsWithStdioTuple<StdioNull, StdioPipe, StdioPipe>,
) {
  try {
    return spawn(path, args, options)
  } catch (error) {
    throw notSpawned(path, error as NodeJS.ErrnoException)
  }
}

/** How it ended, if not by itself. */
interface Ended {
  /** It could not be started. */
  readonly error?: NodeJS.ErrnoException
  readonly late?: true
  readonly aborted?: true
  /** It printed more than is read. */
  readonly enough?: true
  readonly code?: number | null
  readonly signal?: NodeJS.Signals | null
}

function collect(stream: Readable, onFull: () => void): () => string {
  const chunks: Buffer[] = []
  let bytes = 0
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > MAX_OUTPUT_BYTES) onFull()
  })
  return () => Buffer.concat(chunks).toString()
}

interface Asked {
  readonly path: string
  readonly asked: readonly string[]
  readonly stderr: string
  readonly timeoutMs: number
}

/** Undefined: it ran to its end, or printed enough. */
function failureOf(end: Ended, { path, asked, stderr, timeoutMs }: Asked): SkyflyError | undefined {
  const { error, late, enough, code, signal } = end
  if (enough) return undefined
  if (late) return cannotRun(path, `does not answer --version within ${timeoutMs / 1000} s`)
  if (error !== undefined) return notSpawned(path, error)
  if (signal) return cannotRun([path, ...asked].join(' '), `was ${describeExit({ code: null, signal })}`)
  // A status of Windows, such as a missing DLL, which the program itself cannot report.
  if (code != null && code >= 0x80000000) return cannotRun(path, describeExit({ code, signal: null }))
  const explained = explainProgram(stderr, path)
  return explained && new SkyflyError('no-engine', explained.message, { hint: explained.hint })
}

const SPAWN_FAILURES: Readonly<Record<string, string>> = {
  // The file itself was there a moment ago.
  ENOENT:
    'cannot be run: the loader or interpreter it asks for is not on this system (a glibc program on musl?)',
  EACCES: 'may not be executed by this user',
  ENOEXEC: 'is not a program for this machine',
  ETXTBSY: 'is being written right now',
}

const SPAWN_FAILURES_OF_WINDOWS: Readonly<Record<string, string>> = {
  ENOENT: 'is not there any more, or is no program for Windows: an antivirus may have removed it',
  UNKNOWN: 'cannot be loaded by Windows: it is damaged, for another processor, or kept back by an antivirus',
  EACCES: 'may not be run by this user, or is kept back by an antivirus',
}

function notSpawned(path: string, error: NodeJS.ErrnoException): SkyflyError {
  const { code = '' } = error
  const ofWindows = host().platform === 'win32' ? SPAWN_FAILURES_OF_WINDOWS[code] : undefined
  return cannotRun(path, ofWindows ?? SPAWN_FAILURES[code] ?? `cannot be run (${code})`, error)
}

function cannotRun(what: string, why: string, cause?: unknown): SkyflyError {
  return new SkyflyError('no-engine', `${what} ${why}`, {
    hint: 'install a build for this system, or name another program with --binary',
    cause,
  })
}

/** The environment without the variables that make an engine refuse to run. */
function acceptableTo(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const rejected = (name: string) => ENGINE_NAMES.some(engine => ENGINES[engine].rejectsEnv(name))
  return Object.fromEntries(Object.entries(env).filter(([name]) => !rejected(name)))
}

function headOf(path: string): Buffer {
  const head = Buffer.alloc(HEAD_BYTES)
  const file = openSync(path, 'r')
  try {
    readSync(file, head, 0, HEAD_BYTES, 0)
    return head
  } finally {
    closeSync(file)
  }
}
