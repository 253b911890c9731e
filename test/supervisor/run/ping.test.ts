import { createServer, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { freePort } from '../../../src/supervisor/prepare/port.js'
import { Ping } from '../../../src/supervisor/run/ping.js'

/** A listener that does this with each connection. */
async function listener(serve: (socket: Socket) => void): Promise<number> {
  const server = createServer(serve).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise(resolve => server.once('listening', resolve))
  return (server.address() as { port: number }).port
}

async function ask(port: number, isMeant = (_pid: number) => true) {
  const ping = new Ping({ host: '127.0.0.1', port, password: undefined, isMeant })
  const answer = await ping.ask(1_000)
  ping.close()
  return answer
}

const INFO = '# Server\r\nprocess_id:4711\r\n'
const answering =
  (ping: string, info = `$${INFO.length}\r\n${INFO}\r\n`) =>
  (socket: Socket) => {
    socket.on('error', () => {})
    socket.on('data', data => void socket.write(String(data).includes('INFO') ? info : ping))
  }

describe('what is said to a PING', () => {
  it.each([
    ['+PONG\r\n', 'pong'],
    ['-LOADING Dragonfly is loading the dataset in memory\r\n', 'loading'],
    ['-NOAUTH Authentication required.\r\n', 'alive'],
    ['-BUSY Redis is busy running a script.\r\n', 'alive'],
  ])('%j is %s', async (words, answer) => {
    expect(await ask(await listener(answering(words)))).toBe(answer)
  })

  it('counts for nothing where the process is another one than is meant', async () => {
    const port = await listener(answering('+PONG\r\n'))
    expect(await ask(port, pid => pid === 4711)).toBe('pong')
    expect(await ask(port, pid => pid === 4712)).toBe('none')
  })

  // A connection to a free port of the range that the system takes its own from may meet itself: seen as "its answer was *1 $4 PING".
  it('counts for nothing where it is the PING itself', async () => {
    expect(await ask(await listener(socket => socket.on('error', () => {}).pipe(socket)))).toBe('none')
  })

  it('is none where nobody listens', async () => {
    expect(await ask(await freePort('127.0.0.1'))).toBe('none')
  })
})
