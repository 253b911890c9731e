// The port of the engine.
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import type { Embedded } from './embedded.js'

/** Resolves when clients can connect. Rejects with the system's error, such as EADDRINUSE. */
export async function listen(engine: Embedded): Promise<Server> {
  const server = createServer({ noDelay: true }, socket => engine.accept(socket))
  server.listen(engine.config.port, engine.config.bind)
  await once(server, 'listening')
  return server
}
