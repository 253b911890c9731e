// MULTI, EXEC, DISCARD and WATCH.

import type { Client } from '../client.js'
import type { Database } from '../keyspace.js'
import { CommandError } from '../protocol/errors.js'
import { error, OK } from '../protocol/reply.js'
import type { Call, Row } from './command.js'
import { perform, TOO_LARGE } from './perform.js'

const FLAGS = ['noscript', 'loading', 'stale', 'fast', 'allow_busy'] as const

type Find = (args: readonly string[]) => Row | undefined

/** @param find the row of a request, which EXEC needs */
export const transactions = (find: Find): readonly Row[] => [
  { name: 'multi', arity: 1, flags: FLAGS, keys: [0, 0, 0], run: multi },
  {
    name: 'exec',
    arity: 1,
    flags: ['noscript', 'loading', 'stale', 'skip_slowlog'],
    keys: [0, 0, 0],
    run: call => exec(call, find),
  },
  {
    name: 'discard',
    arity: 1,
    flags: FLAGS,
    keys: [0, 0, 0],
    run: ({ client }) => {
      if (client.queue === undefined) throw new CommandError('ERR DISCARD without MULTI')
      client.discard()
      return OK
    },
  },
  { name: 'watch', arity: -2, flags: FLAGS, keys: [1, -1, 1], run: watch },
  {
    name: 'unwatch',
    arity: 1,
    flags: FLAGS,
    keys: [0, 0, 0],
    run: ({ client }) => {
      client.unwatchAll()
      return OK
    },
  },
]

function multi({ client }: Call): string {
  if (client.queue !== undefined) throw new CommandError('ERR MULTI calls can not be nested')
  client.queue = []
  client.queueBroken = false
  return OK
}

/**
 * Answers command by command, so that messages of a queued PUBLISH to this very client come in between, as in
 * Redis.
 */
function exec({ client, engine, reply, now }: Call, find: Find): string | undefined {
  const { queue, queueBroken } = client
  if (queue === undefined) throw new CommandError('ERR EXEC without MULTI')
  const isBroken = client.watchBroken || isWatchedExpired(client)
  client.discard()
  if (queueBroken) throw new CommandError('EXECABORT Transaction discarded because of previous errors.')
  if (isBroken) return reply.nilArray
  client.answer(`*${queue.length}\r\n`)
  for (const args of queue) {
    const row = find(args)
    if (row === undefined) throw new Error(`${args[0]} was queued, but is no command`)
    // The command is not run at all: elements that it pops and cannot answer would be lost.
    if (client.waitingBytes.answers > engine.limits.maxAnswerBytes) client.answer(error(TOO_LARGE))
    else perform(engine, client, row, args, { now, isQueued: true })
  }
  return undefined
}

function watch({ client, args, db }: Call): string {
  if (client.queue !== undefined) throw new CommandError('ERR WATCH inside MULTI is not allowed')
  if (client.watchBroken) return OK
  for (const key of args.slice(1)) {
    // An expired key is removed now, or its removal would later count as a change.
    db.has(key)
    keysOf(client, db).add(key)
    db.watch(key, client)
  }
  return OK
}

/** Looking at an expired key removes it, which tells its watchers. */
function isWatchedExpired(client: Client): boolean {
  for (const [db, keys] of client.watched) for (const key of keys) db.has(key)
  return client.watchBroken
}

function keysOf(client: Client, db: Database): Set<string> {
  const keys = client.watched.get(db) ?? new Set()
  client.watched.set(db, keys)
  return keys
}
