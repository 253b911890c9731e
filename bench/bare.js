// The server program without anything around it: what every supervisor is measured against.
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'

export const SERVER = 'redis-server'

/** The arguments that skyfly gives to it. */
export function serverArgs(port, dir) {
  return [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', dir],
    ...['--dbfilename', 'dump.rdb', '--loglevel', 'notice'],
  ]
}

/** Starts it, and resolves with the time to its first PONG. */
export async function startBare(workplace) {
  const port = await freePort()
  const dir = mkdtempSync(join(workplace.folder, 'bare-'))
  const start = performance.now()
  const child = workplace.spawn(SERVER, serverArgs(port, dir))
  child.stdout.resume()
  child.stderr.resume()
  child.once('error', () => {
    // Not installed, or interrupted: `exited` tells.
  })
  const exited = new Promise(resolve => child.once('close', resolve))
  await untilPong(workplace, port)
  return { ms: performance.now() - start, port, pid: child.pid, exited }
}

/** Asks it to save and end, and resolves with the time until it is gone. */
export async function stopBare({ port, exited }) {
  const start = performance.now()
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => {
    // How the server ends the connection does not matter.
  })
  socket.write('SHUTDOWN\r\n')
  await exited
  socket.destroy()
  return performance.now() - start
}

/** A contestant: spawn to PONG. */
export async function bareToPong(workplace) {
  const server = await startBare(workplace)
  await stopBare(server)
  return server.ms
}

/** Resolves when a server on this port answers PING. */
export async function untilPong(workplace, port) {
  while (!(await pongs(port))) await workplace.wait(1)
}

function pongs(port) {
  return new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const done = answer => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('error', () => done(false)).once('close', () => done(false))
    socket.once('data', data => done(data.toString().startsWith('+PONG')))
    socket.write('PING\r\n')
  })
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}
