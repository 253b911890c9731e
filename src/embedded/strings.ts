// Strings, and the numbers and bits in them.
import type { Row } from './command.js'
import { bulk, OK } from './reply.js'

export const STRINGS: readonly Row[] = [
  {
    name: 'get',
    arity: 2,
    flags: ['readonly', 'fast'],
    keys: [1, 1, 1],
    run: ({ db, args, reply }) => {
      const value = db.getString(args[1] ?? '')
      return value === undefined ? reply.nil : bulk(value)
    },
  },
  {
    name: 'set',
    arity: -3,
    flags: ['write', 'denyoom'],
    keys: [1, 1, 1],
    run: ({ db, args }) => {
      db.set(args[1] ?? '', args[2] ?? '')
      return OK
    },
  },
]
