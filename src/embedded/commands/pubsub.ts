// Channels: subscribing, and publishing messages.

import type { Client } from '../client.js'
import { wrongSubcommand } from '../protocol/errors.js'
import { array, bulk, bulks, integer } from '../protocol/reply.js'
import { matches } from '../values/glob.js'
import { type Call, container, type Row } from './command.js'
import { helpOf, PUBSUB_HELP } from './help.js'

const SUBSCRIBING = ['pubsub', 'noscript', 'loading', 'stale'] as const
const ASKING = ['pubsub', 'loading', 'stale'] as const
const NO_KEYS = [0, 0, 0] as const

export const PUBSUB: readonly Row[] = [
  {
    name: 'subscribe',
    arity: -2,
    flags: SUBSCRIBING,
    keys: NO_KEYS,
    run: call => subscribe(call, 'channels'),
  },
  {
    name: 'unsubscribe',
    arity: -1,
    flags: SUBSCRIBING,
    keys: NO_KEYS,
    run: call => unsubscribe(call, 'channels'),
  },
  {
    name: 'psubscribe',
    arity: -2,
    flags: SUBSCRIBING,
    keys: NO_KEYS,
    run: call => subscribe(call, 'patterns'),
  },
  {
    name: 'punsubscribe',
    arity: -1,
    flags: SUBSCRIBING,
    keys: NO_KEYS,
    run: call => unsubscribe(call, 'patterns'),
  },
  { name: 'publish', arity: 3, flags: [...ASKING, 'fast'], keys: NO_KEYS, run: publish },
  container('pubsub', [
    { name: 'pubsub|channels', arity: -2, flags: ASKING, keys: NO_KEYS, run: listChannels },
    {
      name: 'pubsub|numsub',
      arity: -2,
      flags: ASKING,
      keys: NO_KEYS,
      run: ({ args, engine }) =>
        array(args.slice(2).flatMap(name => [bulk(name), integer(engine.channels.of(name).size)])),
    },
    {
      name: 'pubsub|numpat',
      arity: 2,
      flags: ASKING,
      keys: NO_KEYS,
      run: ({ engine }) => integer(engine.patterns.size),
    },
    {
      name: 'pubsub|help',
      arity: 2,
      flags: ['loading', 'stale'],
      keys: NO_KEYS,
      run: () => helpOf(PUBSUB_HELP),
    },
  ]),
]

/** Ends all subscriptions without telling the client. */
export function unsubscribeAll({ client, engine }: Pick<Call, 'client' | 'engine'>): void {
  for (const kind of ['channels', 'patterns'] as const) {
    for (const name of client[kind]) engine[kind].remove(name, client)
    client[kind].clear()
  }
}

/** Both the client and the engine keep channels and patterns under these names. */
type Kind = 'channels' | 'patterns'
const PREFIX = { channels: '', patterns: 'p' } as const

/** Confirms each name, even to a client that wants no answers: in Redis a confirmation counts as a message. */
function subscribe({ args, client, engine, reply }: Call, kind: Kind): undefined {
  let confirmations = ''
  for (const name of args.slice(1)) {
    client[kind].add(name)
    engine[kind].add(name, client)
    confirmations += reply.push([bulk(`${PREFIX[kind]}subscribe`), bulk(name), countOf(client)])
  }
  client.send(confirmations)
}

/** Without names it ends all subscriptions. If there are none, a single confirmation says so. */
function unsubscribe({ args, client, engine, reply }: Call, kind: Kind): undefined {
  const names = args.length > 1 ? args.slice(1) : [...client[kind]]
  const event = bulk(`${PREFIX[kind]}unsubscribe`)
  let confirmations = names.length === 0 ? reply.push([event, reply.nil, countOf(client)]) : ''
  for (const name of names) {
    if (client[kind].delete(name)) engine[kind].remove(name, client)
    confirmations += reply.push([event, bulk(name), countOf(client)])
  }
  client.send(confirmations)
}

const countOf = (client: Client): string => integer(client.channels.size + client.patterns.size)

function publish({ args, engine }: Call): string {
  const [, channel = '', message = ''] = args
  const body = bulk(channel) + bulk(message)
  let receivers = 0
  for (const client of engine.channels.of(channel)) {
    client.push(`${MARKS[client.replies.version]}3\r\n$7\r\nmessage\r\n${body}`)
    receivers++
  }
  for (const [pattern, clients] of engine.patterns) {
    if (!matches(pattern, channel)) continue
    for (const client of clients) {
      client.push(`${MARKS[client.replies.version]}4\r\n$8\r\npmessage\r\n${bulk(pattern)}${body}`)
      receivers++
    }
  }
  return integer(receivers)
}

const MARKS = { 2: '*', 3: '>' } as const

function listChannels({ args, engine }: Call): string {
  if (args.length > 3) throw wrongSubcommand('PUBSUB', args[1] ?? '')
  const pattern = args[2]
  const names = engine.channels.names()
  return bulks(pattern === undefined ? names : names.filter(name => matches(pattern, name)))
}
