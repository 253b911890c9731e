// CLIENT: lists, names, mutes, pauses, unblocks and ends connections.

import { CommandError, syntaxError, wrongSubcommand } from '../protocol/errors.js'
import { parseBigInt } from '../protocol/integers.js'
import { bulk, error, integer, OK, ONE, ZERO } from '../protocol/reply.js'
import { kill } from './client-kill.js'
import { describeClient, listClients } from './client-list.js'
import { type Call, container, type Row } from './command.js'
import { CLIENT_HELP, helpOf } from './help.js'

const PLAIN = ['noscript', 'loading', 'stale'] as const
const ADMIN = ['admin', ...PLAIN] as const
const NO_KEYS = [0, 0, 0] as const

export const CLIENT: Row = container('client', [
  { name: 'client|id', arity: 2, flags: PLAIN, keys: NO_KEYS, run: ({ client }) => integer(client.id) },
  {
    name: 'client|getname',
    arity: 2,
    flags: PLAIN,
    keys: NO_KEYS,
    run: ({ client, reply }) => (client.name === '' ? reply.nil : bulk(client.name)),
  },
  {
    name: 'client|setname',
    arity: 3,
    flags: PLAIN,
    keys: NO_KEYS,
    run: ({ args, client }) => {
      client.name = checkedName(args[2] ?? '')
      return OK
    },
  },
  {
    name: 'client|info',
    arity: 2,
    flags: PLAIN,
    keys: NO_KEYS,
    run: ({ client, reply, now }) => reply.text(`${describeClient(client, now)}\n`),
  },
  { name: 'client|list', arity: -2, flags: ADMIN, keys: NO_KEYS, run: listClients },
  { name: 'client|kill', arity: -3, flags: ADMIN, keys: NO_KEYS, run: kill },
  { name: 'client|pause', arity: -3, flags: ADMIN, keys: NO_KEYS, run: pause },
  {
    name: 'client|unpause',
    arity: 2,
    flags: ADMIN,
    keys: NO_KEYS,
    run: ({ engine }) => {
      engine.pauses.end()
      return OK
    },
  },
  { name: 'client|reply', arity: 3, flags: PLAIN, keys: NO_KEYS, run: mute },
  { name: 'client|unblock', arity: -3, flags: ADMIN, keys: NO_KEYS, run: unblock },
  {
    name: 'client|no-evict',
    arity: 3,
    flags: ADMIN,
    keys: NO_KEYS,
    run: ({ args, client }) => {
      const word = (args[2] ?? '').toLowerCase()
      if (word !== 'on' && word !== 'off') throw syntaxError()
      client.isNoEvict = word === 'on'
      return OK
    },
  },
  {
    name: 'client|help',
    arity: 2,
    flags: ['loading', 'stale'],
    keys: NO_KEYS,
    run: () => helpOf(CLIENT_HELP),
  },
])

/** @throws CommandError */
export function checkedName(name: string): string {
  if (/[^!-~]/.test(name))
    throw new CommandError('ERR Client names cannot contain spaces, newlines or special characters.')
  return name
}

function mute({ args, client }: Call): string | undefined {
  const word = (args[2] ?? '').toLowerCase()
  if (word === 'on') {
    client.mute = undefined
    return OK
  }
  if (word === 'off') client.mute = 'off'
  else if (word !== 'skip') throw syntaxError()
  else if (client.mute !== 'off') client.mute = 'skip next'
  return undefined
}

function pause({ args, engine, now }: Call): string {
  const mode = (args[3] ?? 'all').toLowerCase()
  if (args.length > 4) throw wrongSubcommand('CLIENT', args[1] ?? '')
  if (mode !== 'write' && mode !== 'all') throw new CommandError('ERR CLIENT PAUSE mode must be WRITE or ALL')
  const ms = timeoutOf(args[2] ?? '')
  if (ms < 0n) throw new CommandError('ERR timeout is negative')
  const until = BigInt(now) + ms
  // Redis adds with 64 bits. If the sum overflows, the pause ended long ago.
  if (until < 2n ** 63n) engine.pauses.pause(Number(until), mode === 'write')
  return OK
}

function timeoutOf(word: string): bigint {
  try {
    return parseBigInt(word)
  } catch {
    throw new CommandError('ERR timeout is not an integer or out of range')
  }
}

function unblock({ args, engine }: Call): string {
  const reason = (args[3] ?? 'timeout').toLowerCase()
  if (args.length > 4) throw wrongSubcommand('CLIENT', args[1] ?? '')
  if (reason !== 'timeout' && reason !== 'error')
    throw new CommandError('ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR')
  const target = engine.clients.get(Number(parseBigInt(args[2] ?? '')))
  if (target === undefined) return ZERO
  const isUnblocked =
    reason === 'timeout'
      ? engine.blocking.timeOut(target)
      : engine.blocking.end(target, error('UNBLOCKED client unblocked via CLIENT UNBLOCK'))
  return isUnblocked ? ONE : ZERO
}
