// Answering at the control socket of an instance.
import { chmodSync, existsSync, mkdirSync, rmdirSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { plainError, SkyflyError } from '../../errors.js'
import { whileInUse } from '../../system/retry-in-use.js'
import { hasSocketFiles, newPipe } from '../../system/socket-names.js'
import { writeWhole } from '../status.js'
import { isPrivate, isStandIn, type Line, type Request, readLines } from './client.js'

export type Handler = (request: Request, progress: (text: string) => void) => Promise<unknown>

export interface Control {
  /** First waits until the answers under way are given. */
  close(): Promise<void>
}

/**
 * Opens the control socket. The caller owns the instance, so whatever lies at the path was left by a dead
 * supervisor.
 * @throws SkyflyError `start-failed` when it cannot be opened
 */
export async function serveControl(path: string, handler: Handler): Promise<Control> {
  const sockets = new Set<Socket>()
  /** Those whose request has not been read yet. */
  const unread = new Set<Socket>()
  const answers = new Set<Promise<void>>()
  const serve = async () => {
    const server = createServer(socket => {
      sockets.add(socket)
      unread.add(socket)
      socket.on('close', () => {
        sockets.delete(socket)
        unread.delete(socket)
      })
      // A client that left early misses its answer; the work goes on.
      socket.on('error', () => {})
      void readLines(socket, line => {
        unread.delete(socket)
        const pending = answer(socket, line, handler).finally(() => answers.delete(pending))
        answers.add(pending)
      })
    })
    await open(server, path)
    return server
  }
  const servers = [await serve()]
  const look = setInterval(() => {
    // Somebody cleaned the folder: without its socket nobody could reach this process.
    if (!existsSync(path)) void serve().then(server => servers.push(server), ignoreUntilNextLook)
  }, LOOK_MS).unref()
  return {
    async close() {
      clearInterval(look)
      // From now on nobody finds it; whoever did before is answered.
      whileInUse(() => rmSync(path, { force: true }))
      const deadline = performance.now() + UNREAD_MS
      do await pause(UNREAD_POLL_MS)
      while (unread.size > 0 && performance.now() < deadline)
      for (const server of servers) server.close()
      await Promise.all(answers)
      // A client that stays connected must not keep this process alive.
      for (const socket of sockets) socket.destroySoon()
      if (isStandIn(dirname(path))) removeIfEmpty(dirname(path))
    },
  }
}

const LOOK_MS = 1_000
/** A client sends its request as soon as it is connected, however busy the machine is. */
const UNREAD_MS = 500
/** Long enough for the connections that the system holds to be accepted. */
const UNREAD_POLL_MS = 2

const ignoreUntilNextLook = () => {}

async function answer(socket: Socket, text: string, handler: Handler): Promise<void> {
  const send = (line: Line) => void (socket.writable && socket.write(`${JSON.stringify(line)}\n`))
  try {
    send({ result: (await handler(JSON.parse(text) as Request, progress => send({ progress }))) ?? null })
  } catch (error) {
    send({ error: plainError(error) })
  }
}

async function open(server: Server, path: string): Promise<void> {
  try {
    makeFolder(dirname(path))
    whileInUse(() => rmSync(path, { force: true }))
    const address = hasSocketFiles() ? path : newPipe()
    await listen(server, address)
    if (address === path) chmodSync(path, 0o600)
    else writeWhole(path, address)
  } catch (cause) {
    if (cause instanceof SkyflyError) throw cause
    throw new SkyflyError(
      'start-failed',
      `cannot open the control socket ${path}: ${(cause as Error).message}`,
      {
        hint: 'run skyfly in a folder that you may write to, on a disk that can hold sockets',
        cause,
      },
    )
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // Exclusive: the workers of a cluster would share it.
    server.listen({ path, exclusive: true }, () => resolve())
  })
}

function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, ...(isStandIn(folder) ? { mode: 0o700 } : {}) })
  if (!isStandIn(folder) || isPrivate(folder)) return
  throw new SkyflyError('start-failed', `${folder} is not this user's alone`, {
    hint: `make it so (chmod 700 ${folder}), have it removed, or use a shorter project path`,
  })
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // Another instance has its socket there.
  }
}
