import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { describe, expect, onTestFinished } from 'vitest'
import { Project } from '../../project.js'
import { itOnPosix } from '../../system.js'

const ANSWERS: readonly (readonly [RegExp, string])[] = [
  [/hello/i, '%0\r\n'],
  [/ping/i, '+PONG\r\n'],
  [/info/i, '-ERR unknown command\r\n'],
]

/** Says nothing from the first SET on, which is when `asked` resolves. */
async function silentServer(): Promise<{ url: string; asked: Promise<unknown> }> {
  const sockets: Socket[] = []
  const server = createServer(socket => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', data => {
      const [, answer] = ANSWERS.find(([command]) => command.test(String(data))) ?? []
      if (answer === undefined) server.emit('asked')
      else socket.write(answer)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as { port: number }
  return { url: `redis://127.0.0.1:${port}`, asked: once(server, 'asked') }
}

describe('skyfly test', () => {
  itOnPosix('Windows ends a process whatever the signal')(
    'ends at a second Ctrl-C where the server does not let it clean up',
    async () => {
      await using project = new Project()
      const { url, asked } = await silentServer()
      const running = project.spawn(['test', '--url', url])
      await asked
      running.kill('SIGINT')
      // A second signal within half a second would be the same press.
      await new Promise(resolve => setTimeout(resolve, 700))
      running.kill('SIGINT')
      const { signal, durationMs } = await running
      expect(signal).toBe('SIGINT')
      expect(durationMs).toBeLessThan(4_500)
    },
  )
})
