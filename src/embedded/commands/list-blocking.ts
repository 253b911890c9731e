// Commands that wait until a list has an element.
import type { Database } from '../keyspace.js'
import { CommandError } from '../protocol/errors.js'
import { bulks, error } from '../protocol/reply.js'
import type { End, ListValue } from '../values/list.js'
import type { Call, Row } from './command.js'
import { type Move, moveOne, parseManyPop, parseMove, parseRightToLeft, popMany } from './list-moves.js'
import { type Pop, popFirst } from './pop-first.js'
import { parseTimeout } from './timeout.js'

export const LIST_BLOCKING: readonly Row[] = [
  {
    name: 'blpop',
    arity: -3,
    flags: ['write', 'noscript', 'blocking'],
    keys: [1, -2, 1],
    run: call => popOne(call, 'left'),
  },
  {
    name: 'brpop',
    arity: -3,
    flags: ['write', 'noscript', 'blocking'],
    keys: [1, -2, 1],
    run: call => popOne(call, 'right'),
  },
  {
    name: 'blmpop',
    arity: -5,
    flags: ['write', 'blocking'],
    keys: [0, 0, 0],
    run: call => {
      const { keys, end, count } = parseManyPop(call.args, 2)
      const timeoutMs = parseTimeout(call.args[1] ?? '')
      const take: Pop<'list'>['take'] = (key, list) => popMany(call.db, key, list, { end, count })
      return popFirst(call, { type: 'list', keys, timeoutMs, take })
    },
  },
  {
    name: 'blmove',
    arity: 6,
    flags: ['write', 'denyoom', 'noscript', 'blocking'],
    keys: [1, 2, 1],
    run: call => moveWaiting(call, parseMove(call.args), parseTimeout(call.args[5] ?? '')),
  },
  {
    name: 'brpoplpush',
    arity: 4,
    flags: ['write', 'denyoom', 'noscript', 'blocking'],
    keys: [1, 2, 1],
    run: call => moveWaiting(call, parseRightToLeft(call.args), parseTimeout(call.args[3] ?? '')),
  },
]

function popOne(call: Call, end: End): string | undefined {
  const { db, args } = call
  const timeoutMs = parseTimeout(args.at(-1) ?? '')
  const take: Pop<'list'>['take'] = (key, list) => {
    const answer = list.popMany(end, 1, popped => bulks([key, ...popped]))
    db.changed(key)
    return answer
  }
  return popFirst(call, { type: 'list', keys: args.slice(1, -1), timeoutMs, take })
}

function moveWaiting(call: Call, move: Move, timeoutMs: number): string | undefined {
  const { db, client, engine, reply, isQueued } = call
  const answer = moveOne(db, move)
  if (answer !== undefined) return answer
  if (isQueued) return reply.nil
  const serve = (key: string) => (listOf(db, key) === undefined ? undefined : moveOrError(db, move))
  engine.blocking.wait(client, { db, keys: [move.from], timeoutMs, serve, onTimeout: reply.nilArray })
  return undefined
}

/** A target of another type ends the waiting; the element is left for the next client. */
function moveOrError(db: Database, move: Move): string | undefined {
  try {
    return moveOne(db, move)
  } catch (problem) {
    if (problem instanceof CommandError) return error(problem.message)
    throw problem
  }
}

/** Undefined if there is no list; a key of another type is waited for like a missing one. */
function listOf(db: Database, key: string): ListValue | undefined {
  const value = db.get(key)
  return typeof value === 'object' && value.type === 'list' ? value : undefined
}
