// Asking the supervisor of an instance, over its control socket: JSON lines, one request a connection.
import { existsSync, lstatSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { dirname } from 'node:path'
import type { InstanceFiles } from '../../config/config.js'
import { type ErrorCode, fromPlain, type PlainError, SkyflyError } from '../../errors.js'
import { host } from '../../system/platform.js'
import { whileInUse } from '../../system/retry-in-use.js'
import { hasSignals, killCommand } from '../../system/signals.js'
import { hasSocketFiles } from '../../system/socket-names.js'
import { trace } from '../../system/trace.js'
import { readRecord } from '../status.js'

export interface StopOptions {
  /** Time without progress after which the server is killed, in ms. @default the config's stop timeout */
  readonly timeoutMs?: number | undefined
  /** Kill it at once, without saving. */
  readonly force?: boolean | undefined
}

/** What a supervisor can be asked. */
export type Request =
  | { readonly do: 'status' }
  | { readonly do: 'config' }
  /** Answers when the instance is running, or with the error that ended it. */
  | { readonly do: 'ready' }
  /** Answers when the supervisor is about to give the instance up. */
  | { readonly do: 'over' }
  | ({ readonly do: 'stop' } & StopOptions)
  | { readonly do: 'restart'; readonly config: unknown }

/** What comes back: any number of lines of progress, then a result or an error. */
export type Line =
  | { readonly progress: string }
  | { readonly result: unknown }
  | { readonly error: PlainError }

export interface AskOptions {
  readonly onProgress?: ((text: string) => void) | undefined
  /** Code of the error if the supervisor gives no answer. @default not-running */
  readonly code?: ErrorCode
  /** Whether waiting for the answer keeps the process alive. @default true */
  readonly keepsAlive?: boolean
}

/** Requests that a supervisor answers without waiting for anything. */
const PROMPT: ReadonlySet<Request['do']> = new Set(['status', 'config'])
const PROMPT_MS = 5_000

/**
 * @returns the supervisor's result; undefined: nobody listens there, or whoever did has ended without an answer
 * @throws SkyflyError that the supervisor answered with, or that says why it did not
 */
export async function callControl<T>(
  files: InstanceFiles,
  request: Request,
  { onProgress = () => {}, code = 'not-running', keepsAlive = true }: AskOptions = {},
): Promise<T | undefined> {
  const path = files.controlSocket
  if (!existsSync(path) || !isTrusted(path)) {
    trace('control', () => `${request.do}: there is no socket ${path}`)
    return undefined
  }
  const address = addressAt(path)
  if (address === undefined) return undefined
  const socket = connect(address)
  if (!(await connected(socket, path, code))) {
    trace('control', () => `${request.do}: nobody listens at ${path}`)
    return undefined
  }
  socket.write(`${JSON.stringify(request)}\n`)
  return new Promise<T | undefined>((resolve, reject) => {
    const fail = (message: string, hint: string) => {
      socket.destroy()
      reject(new SkyflyError(code, message, { hint }))
    }
    if (!keepsAlive) socket.unref()
    if (PROMPT.has(request.do)) socket.setTimeout(PROMPT_MS, () => fail(...silent(files)))
    // The close event follows and is handled.
    socket.on('error', () => {})
    void readLines(socket, text => {
      const line = parseLine(text)
      if (line === undefined)
        return fail(`what listens at ${path} is no supervisor of skyfly`, 'end that program')
      if ('progress' in line) return onProgress(line.progress)
      socket.destroy()
      trace(
        'control',
        () => `${request.do}: ${'result' in line ? 'answered' : `refused, ${line.error.message}`}`,
      )
      if ('result' in line) resolve(line.result as T)
      else reject(fromPlain(line.error))
    }).then(() => {
      trace('control', () => `${request.do}: the supervisor ended before it answered`)
      resolve(undefined)
    })
  })
}

/** Calls back with each line; resolves when the connection is closed. */
export function readLines(socket: Socket, onLine: (line: string) => void): Promise<void> {
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
  return new Promise(resolve => socket.once('close', () => resolve()))
}

/** The folder below /tmp that stands in for a project whose path is too long for a socket. */
export function isStandIn(folder: string): boolean {
  return folder === `/tmp/skyfly-${host().uid}`
}

/** Whether a stand-in folder belongs to this user alone: anybody may make one of that name in /tmp. */
export function isPrivate(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false })
  return found?.isDirectory() === true && found.uid === host().uid && (found.mode & 0o077) === 0
}

/** The address to connect to; undefined: the file does not name a pipe of skyfly's. */
function addressAt(path: string): string | undefined {
  if (hasSocketFiles()) return path
  try {
    const text = whileInUse(() => readFileSync(path, 'utf8'))
    return /^\\\\\.\\pipe\\skyfly-[\da-f-]{36}$/.test(text) ? text : undefined
  } catch {
    // It was removed a moment ago.
    return undefined
  }
}

function isTrusted(path: string): boolean {
  const folder = dirname(path)
  return !isStandIn(folder) || isPrivate(folder)
}

/** What a connection fails with where there is no supervisor, or it ends at this very moment. */
const NOBODY: ReadonlySet<string> = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTDIR', 'ECONNRESET', 'EPIPE'])

function connected(socket: Socket, path: string, code: ErrorCode): Promise<boolean> {
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(true))
    socket.once('error', error => {
      const { code: cause } = error as NodeJS.ErrnoException
      if (cause !== undefined && NOBODY.has(cause)) return resolve(false)
      const hint = 'it may belong to another user: use that user, or another folder'
      reject(new SkyflyError(code, `cannot reach the control socket ${path}: ${error.message}`, { hint }))
    })
  })
}

function parseLine(text: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(text)
    const isLine =
      typeof line === 'object' && line !== null && ('progress' in line || 'result' in line || 'error' in line)
    return isLine ? (line as Line) : undefined
  } catch {
    return undefined
  }
}

function silent({ stateFile }: InstanceFiles): [message: string, hint: string] {
  const pid = readRecord(stateFile)?.status.supervisorPid
  if (pid == null) return ['the supervisor does not answer', 'it may be suspended or very busy: try again']
  return [
    `the supervisor (pid ${pid}) does not answer`,
    `${hasSignals() ? `wake it with kill -CONT ${pid}, or ` : ''}end it with ${killCommand(pid)}: the next skyfly command cleans up after it`,
  ]
}
