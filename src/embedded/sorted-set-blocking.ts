// Commands that wait until a sorted set has an element.
import { parseTimeout } from './blocking.js'
import type { Call, Row } from './command.js'
import { array, bulk } from './reply.js'
import type { SortedSetValue } from './sorted-set.js'
import { manyReply, parseManyPop, pop, type Side } from './sorted-set-pops.js'

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
      return popFirst(call, keys, timeoutMs, (key, zset) =>
        pop(db, key, zset, side, count, manyReply(reply, key)),
      )
    },
  },
]

function popsOne(name: string, side: Side): Row {
  const run = (call: Call) => {
    const { db, args, reply } = call
    const timeoutMs = parseTimeout(args.at(-1) ?? '')
    return popFirst(call, args.slice(1, -1), timeoutMs, (key, zset) =>
      pop(db, key, zset, side, 1, popped =>
        array([bulk(key), ...popped.flatMap(({ member, score }) => [bulk(member), reply.double(score)])]),
      ),
    )
  }
  return { name, arity: -3, flags: ['write', 'noscript', 'blocking', 'fast'], keys: [1, -2, 1], run }
}

/** From the first key that has elements, now or later. */
function popFirst(
  { db, client, engine, reply, isQueued }: Call,
  keys: readonly string[],
  timeoutMs: number,
  take: (key: string, zset: SortedSetValue) => string,
): string | undefined {
  for (const key of keys) {
    const zset = db.getOf(key, 'zset')
    if (zset !== undefined) return take(key, zset)
  }
  if (isQueued) return reply.nilArray
  const serve = (key: string) => {
    const value = db.get(key)
    // Another type is waited for as well as nothing.
    return typeof value === 'object' && value.type === 'zset' ? take(key, value) : undefined
  }
  engine.blocking.wait(client, { db, keys, timeoutMs, serve, onTimeout: reply.nilArray })
  return undefined
}
