// Commands about the client's own connection: password, protocol, database.

import { CommandError, shown, syntaxError, wrongArity } from '../protocol/errors.js'
import { parseBigInt } from '../protocol/integers.js'
import { bulk, bulks, EMPTY_ARRAY, integer, OK, REPLIES, simple } from '../protocol/reply.js'
import { checkedName } from './client-commands.js'
import type { Call, Row } from './command.js'
import { VERSION_OF_REDIS } from './info.js'
import { unsubscribeAll } from './pubsub.js'

const BEFORE_AUTH = ['noscript', 'loading', 'stale', 'fast', 'noauth', 'allow_busy'] as const

export const CONNECTION: readonly Row[] = [
  { name: 'ping', arity: -1, flags: ['fast'], keys: [0, 0, 0], run: ping },
  {
    name: 'echo',
    arity: 2,
    flags: ['loading', 'stale', 'fast'],
    keys: [0, 0, 0],
    run: ({ args }) => bulk(args[1] ?? ''),
  },
  { name: 'auth', arity: -2, flags: BEFORE_AUTH, keys: [0, 0, 0], run: auth },
  { name: 'hello', arity: -1, flags: BEFORE_AUTH, keys: [0, 0, 0], run: hello },
  { name: 'select', arity: 2, flags: ['loading', 'stale', 'fast'], keys: [0, 0, 0], run: select },
  {
    name: 'quit',
    arity: -1,
    flags: BEFORE_AUTH,
    keys: [0, 0, 0],
    run: ({ client }) => {
      client.end()
      return OK
    },
  },
  { name: 'reset', arity: 1, flags: BEFORE_AUTH, keys: [0, 0, 0], run: reset },
]

function ping({ args, client, reply }: Call): string {
  if (args.length > 2) throw wrongArity('ping')
  if (client.isSubscribed && reply.version === 2) return bulks(['pong', args[1] ?? ''])
  return args[1] === undefined ? simple('PONG') : bulk(args[1])
}

function auth({ args, client, engine }: Call): string {
  if (args.length > 3) throw syntaxError()
  const [, first = '', second] = args
  if (second === undefined && engine.config.requirepass === '')
    throw new CommandError(
      'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
    )
  logIn({ client, engine }, second === undefined ? 'default' : first, second ?? first)
  return OK
}

/** There is one user, as in a Redis without ACL. If no password is set, any is accepted. */
function logIn({ client, engine }: Pick<Call, 'client' | 'engine'>, user: string, password: string): void {
  const { requirepass } = engine.config
  if (user !== 'default' || (requirepass !== '' && password !== requirepass))
    throw new CommandError('WRONGPASS invalid username-password pair or user is disabled.')
  client.isAuthenticated = true
}

function hello({ args, client, engine }: Call): string {
  const version = protocolOf(args[1])
  let login: readonly [user: string, password: string] | undefined
  for (let at = 2; at < args.length; at++) {
    const option = (args[at] ?? '').toLowerCase()
    const more = args.length - 1 - at
    if (option === 'auth' && more >= 2) login = [args[++at] ?? '', args[++at] ?? '']
    // Redis sets the name at once, even if a later option fails.
    else if (option === 'setname' && more >= 1) client.name = checkedName(args[++at] ?? '')
    else throw new CommandError(`ERR Syntax error in HELLO option '${shown(args[at] ?? '')}'`)
  }
  if (login !== undefined) logIn({ client, engine }, ...login)
  if (client.needsAuth)
    throw new CommandError(
      'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
    )
  if (version !== undefined) client.replies = REPLIES[version]
  return client.replies.map([
    ...[bulk('server'), bulk('redis'), bulk('version'), bulk(VERSION_OF_REDIS)],
    ...[bulk('proto'), integer(client.replies.version), bulk('id'), integer(client.id)],
    ...[bulk('mode'), bulk('standalone'), bulk('role'), bulk('master'), bulk('modules'), EMPTY_ARRAY],
  ])
}

function protocolOf(word: string | undefined): 2 | 3 | undefined {
  if (word === undefined) return undefined
  if (!isInteger(word)) throw new CommandError('ERR Protocol version is not an integer or out of range')
  if (word !== '2' && word !== '3') throw new CommandError('NOPROTO unsupported protocol version')
  return word === '2' ? 2 : 3
}

function isInteger(word: string): boolean {
  try {
    parseBigInt(word)
    return true
  } catch {
    // The caller has its own error for it.
    return false
  }
}

function select({ args, client, engine }: Call): string {
  const index = parseBigInt(args[1] ?? '')
  if (index < -(2n ** 31n) || index >= 2n ** 31n)
    throw new CommandError('ERR value is out of range, value must between -2147483648 and 2147483647')
  const db = engine.databases[Number(index)]
  if (db === undefined) throw new CommandError('ERR DB index is out of range')
  client.db = db
  return OK
}

function reset({ client, engine }: Call): string {
  client.isMonitor = false
  engine.monitors.delete(client)
  client.db = engine.firstDatabase
  client.isAuthenticated = engine.config.requirepass === ''
  client.discard()
  unsubscribeAll({ client, engine })
  client.name = ''
  client.replies = REPLIES[2]
  client.mute = undefined
  return simple('RESET')
}
