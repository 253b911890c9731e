// The port on which the engine listens.
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { Connection } from './connection.js'
import type { Embedded } from './embedded.js'

/** Resolves when clients can connect. Rejects with the system's error, such as EADDRINUSE. */
export async function listen(engine: Embedded): Promise<Server> {
  // Each end of a connection is closed by itself, so a client that has sent its last request still gets its
  // answers.
  const options = { noDelay: true, allowHalfOpen: true, keepAlive: true, keepAliveInitialDelay: KEEPALIVE_MS }
  const server = createServer(options, socket => {
    const client = engine.accept(socket)
    if (client !== undefined) Connection.serve(engine, client)
  })
  server.listen({ port: engine.config.port, host: engine.config.bind, backlog: BACKLOG })
  await once(server, 'listening')
  engine.port = (server.address() as AddressInfo).port
  return server
}

/** The default of Redis (tcp-backlog): a pool of clients connects all at once. */
const BACKLOG = 511
/** The default of Redis (tcp-keepalive): a client whose machine is gone is noticed some day. */
const KEEPALIVE_MS = 300_000
