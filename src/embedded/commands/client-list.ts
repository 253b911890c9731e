// The line that CLIENT LIST and CLIENT INFO show for a client, and the types of clients.
import type { Client } from '../client.js'
import { CommandError, shown, syntaxError } from '../protocol/errors.js'
import { parseBigInt } from '../protocol/integers.js'
import type { Call } from './command.js'

export type ClientType = 'normal' | 'master' | 'replica' | 'pubsub'

export function typeOf(client: Client): ClientType {
  return client.isSubscribed ? 'pubsub' : 'normal'
}

/** @throws CommandError */
export function parseClientType(word: string): ClientType {
  const type = TYPES.get(word.toLowerCase())
  if (type === undefined) throw new CommandError(`ERR Unknown client type '${shown(word)}'`)
  return type
}

export function listClients({ args, engine, reply, now }: Call): string {
  const kind = (args[2] ?? '').toLowerCase()
  let clients = [...engine.clients.values()]
  if (args.length === 4 && kind === 'type') {
    const type = parseClientType(args[3] ?? '')
    clients = clients.filter(client => typeOf(client) === type)
  } else if (args.length > 3 && kind === 'id') {
    const ids = args.slice(3).map(idOf)
    clients = ids.flatMap(id => engine.clients.get(id) ?? [])
  } else if (args.length !== 2) throw syntaxError()
  return reply.text(clients.map(client => `${describeClient(client, now)}\n`).join(''))
}

/** Fields that this server does not measure are 0. */
export function describeClient(client: Client, now: number): string {
  const { requests, answers } = client.waitingBytes
  const fields: Readonly<Record<string, string | number>> = {
    id: client.id,
    addr: client.address,
    laddr: client.localAddress,
    fd: 0,
    name: client.name,
    age: seconds(now - client.since),
    idle: seconds(now - client.lastHeardAt),
    flags: flagsOf(client),
    db: client.db.index,
    sub: client.channels.size,
    psub: client.patterns.size,
    ssub: 0,
    multi: client.queue?.length ?? -1,
    qbuf: requests,
    'qbuf-free': 0,
    'argv-mem': 0,
    'multi-mem': 0,
    rbs: 0,
    rbp: 0,
    obl: 0,
    oll: 0,
    omem: answers,
    'tot-mem': requests + answers,
    events: 'r',
    cmd: client.lastCommand === '' ? 'NULL' : client.lastCommand,
    user: 'default',
    redir: -1,
    resp: client.replies.version,
  }
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}

const TYPES: ReadonlyMap<string, ClientType> = new Map(
  Object.entries<ClientType>({
    normal: 'normal',
    master: 'master',
    replica: 'replica',
    slave: 'replica',
    pubsub: 'pubsub',
  }),
)

const seconds = (ms: number) => Math.max(0, Math.floor(ms / 1000))

function flagsOf(client: Client): string {
  const flags = [
    client.isMonitor && 'O',
    client.isSubscribed && 'P',
    client.queue !== undefined && 'x',
    client.isBlocked && 'b',
    client.watchBroken && 'd',
    client.isEnding && 'c',
    client.isNoEvict && 'e',
  ].filter(flag => flag !== false)
  return flags.length === 0 ? 'N' : flags.join('')
}

function idOf(word: string): number {
  try {
    return Number(parseBigInt(word))
  } catch {
    throw new CommandError('ERR Invalid client ID')
  }
}
