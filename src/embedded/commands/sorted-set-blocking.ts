// Commands that wait until a sorted set has an element.
import { array, bulk } from '../protocol/reply.js'
import type { Call, Row } from './command.js'
import { type Pop, popFirst } from './pop-first.js'
import { manyReply, parseManyPop, pop, type Side } from './sorted-set-pops.js'
import { parseTimeout } from './timeout.js'

export const SORTED_SET_BLOCKING: readonly Row[] = [
  popsOne('bzpopmin', 'min'),
  popsOne('bzpopmax', 'max'),
  {
    name: 'bzmpop',
    arity: -5,
    flags: ['write', 'blocking'],
    keys: [0, 0, 0],
    run: call => {
      const { db, args, reply } = call
      const { keys, side, count } = parseManyPop(args, 2)
      const timeoutMs = parseTimeout(args[1] ?? '')
      const take: Pop<'zset'>['take'] = (key, zset) => pop(db, key, zset, side, count, manyReply(reply, key))
      return popFirst(call, { type: 'zset', keys, timeoutMs, take })
    },
  },
]

function popsOne(name: string, side: Side): Row {
  const run = (call: Call) => {
    const { db, args, reply } = call
    const timeoutMs = parseTimeout(args.at(-1) ?? '')
    const take: Pop<'zset'>['take'] = (key, zset) =>
      pop(db, key, zset, side, 1, popped =>
        array([bulk(key), ...popped.flatMap(({ member, score }) => [bulk(member), reply.double(score)])]),
      )
    return popFirst(call, { type: 'zset', keys: args.slice(1, -1), timeoutMs, take })
  }
  return { name, arity: -3, flags: ['write', 'noscript', 'blocking', 'fast'], keys: [1, -2, 1], run }
}
