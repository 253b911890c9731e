// A client's own matters: who it is, which protocol and database it wants.
import type { Row } from './command.js'
import { bulk, simple } from './reply.js'

export const CONNECTION: readonly Row[] = [
  {
    name: 'ping',
    arity: -1,
    flags: ['fast', 'pubsub'],
    keys: [0, 0, 0],
    run: ({ args }) => (args[1] === undefined ? simple('PONG') : bulk(args[1])),
  },
]
