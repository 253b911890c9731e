// The control socket: how other skyfly processes reach the supervisor of an instance. JSON lines, one request a connection.
import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { type ErrorCode, SkyflyError } from '../errors.js'
import { host } from '../platform.js'

/** What a supervisor can be asked. */
export type Request =
  | { readonly do: 'status' }
  | { readonly do: 'config' }
  /** Answers when the instance is running, or with the error that ended it. */
  | { readonly do: 'ready' }
  /** Answers when the instance is about to be given up. */
  | { readonly do: 'over' }
  | { readonly do: 'stop'; readonly timeoutMs?: number | undefined; readonly force?: boolean | undefined }
  | { readonly do: 'restart'; readonly config: unknown }

/** Requests that a supervisor answers without waiting for anything. */
const PROMPT: ReadonlySet<Request['do']> = new Set(['status', 'config'])
const PROMPT_MS = 5_000

type Line =
  | { readonly progress: string }
  | { readonly result: unknown }
  | {
      readonly error: {
        code: ErrorCode
        message: string
        hint?: string | undefined
        details: readonly string[]
      }
    }

export type Handler = (request: Request, progress: (text: string) => void) => Promise<unknown>

export interface Control {
  /** Lets the answers under way be given first. */
  close(): Promise<void>
}

/** Opens the control socket. The caller owns the instance, so whatever lies at the path is a dead one's. */
export async function serveControl(path: string, handler: Handler): Promise<Control> {
  const sockets = new Set<Socket>()
  const answers = new Set<Promise<void>>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // A client that left early misses its answer; the work goes on.
    socket.on('error', () => {})
    void readLines(socket, line => {
      const pending = answer(socket, line, handler).finally(() => answers.delete(pending))
      answers.add(pending)
    })
  })
  if (!isPipeName(path)) {
    makePrivateFolder(dirname(path))
    rmSync(path, { force: true })
  }
  await listen(server, path)
  if (!isPipeName(path)) chmodSync(path, 0o600)
  return {
    async close() {
      server.close()
      await Promise.all(answers)
      for (const socket of sockets) socket.end()
    },
  }
}

/**
 * Asks the supervisor behind a control socket.
 * @returns its result; undefined: nobody listens there.
 * @throws SkyflyError that the supervisor answered with.
 */
export async function callControl<T>(
  path: string,
  request: Request,
  onProgress: (text: string) => void = () => {},
): Promise<T | undefined> {
  const socket = connect(path)
  const connected = await new Promise<boolean>((resolve, reject) => {
    socket.once('connect', () => resolve(true))
    socket.once('error', error => {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'ENOENT' || code === 'ECONNREFUSED') resolve(false)
      else reject(new SkyflyError('not-running', `cannot reach the control socket ${path}: ${error.message}`))
    })
  })
  if (!connected) return undefined
  socket.write(`${JSON.stringify(request)}\n`)
  return new Promise<T>((resolve, reject) => {
    // Who waits for an end has something else to live for, such as following a log.
    if (request.do === 'over') socket.unref()
    if (PROMPT.has(request.do)) socket.setTimeout(PROMPT_MS, () => socket.destroy(silent(path)))
    const lost = () =>
      new SkyflyError('bug', 'the supervisor ended without an answer', { hint: 'look into `skyfly logs`' })
    socket.once('error', error => reject(error instanceof SkyflyError ? error : lost()))
    void readLines(socket, text => {
      const line = JSON.parse(text) as Line
      if ('progress' in line) return onProgress(line.progress)
      socket.destroy()
      if ('result' in line) resolve(line.result as T)
      else reject(new SkyflyError(line.error.code, line.error.message, line.error))
    }).then(() => reject(lost()))
  })
}

function silent(path: string): SkyflyError {
  return new SkyflyError('not-running', `the supervisor behind ${path} does not answer`, {
    hint: 'it may be suspended or very busy; its PID is supervisorPid in the .json file beside that socket',
  })
}

async function answer(socket: Socket, text: string, handler: Handler): Promise<void> {
  const send = (line: Line) => void (socket.writable && socket.write(`${JSON.stringify(line)}\n`))
  try {
    send({ result: (await handler(JSON.parse(text) as Request, progress => send({ progress }))) ?? null })
  } catch (error) {
    const { code, message, hint, details } =
      error instanceof SkyflyError
        ? error
        : new SkyflyError('bug', String(error), { details: stackOf(error) })
    send({ error: { code, message, hint, details } })
  }
}

function readLines(socket: Socket, onLine: (line: string) => void): Promise<void> {
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
  return new Promise(resolve => socket.once('close', () => resolve()))
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => resolve())
  })
}

/** The folder under /tmp, used where the project's path is too long for a socket, must be ours alone. */
function makePrivateFolder(folder: string): void {
  const { uid } = host()
  if (folder !== `/tmp/skyfly-${uid}`) return void mkdirSync(folder, { recursive: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const found = lstatSync(folder)
  if (!found.isDirectory() || found.uid !== uid)
    throw new SkyflyError('start-failed', `${folder} belongs to another user`, {
      hint: 'remove it, or use a shorter project path',
    })
}

const isPipeName = (path: string): boolean => path.startsWith('\\\\.\\pipe\\')

const stackOf = (error: unknown): readonly string[] =>
  error instanceof Error && error.stack !== undefined ? error.stack.split('\n').slice(1) : []
