// Keys, whatever their values are: names, expiry, copies, iteration.
import type { Row } from './command.js'
import { integer } from './reply.js'

export const GENERIC: readonly Row[] = [
  {
    name: 'del',
    arity: -2,
    flags: ['write'],
    keys: [1, -1, 1],
    run: ({ db, args }) => integer(args.slice(1).filter(key => db.delete(key)).length),
  },
]
