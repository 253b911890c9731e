// Decides whether a client may run a command now, and runs it.

import type { Client } from './client.js'
import { hasRightArity, type Row } from './commands/command.js'
import { failure, perform } from './commands/perform.js'
import { COMMANDS, findCommand } from './commands/table.js'
import type { Embedded } from './embedded.js'
import { errorLine, shown, wrongArity } from './protocol/errors.js'
import { error, QUEUED } from './protocol/reply.js'

/** Answers the client. @returns false if clients are paused, and the request has to be tried again later */
export function execute(engine: Embedded, client: Client, args: string[]): boolean {
  const row = findCommand(args)
  if (row === undefined && FROM_BROWSERS.test(args[0] ?? '')) {
    engine.host.log(
      'warn',
      `Possible SECURITY ATTACK detected from ${client.address}: a web page sends requests`,
    )
    client.kill()
    return true
  }
  client.lastCommand = row?.name ?? ''
  const refusal = row === undefined ? unknown(args) : refuse(engine, client, row, args)
  if (row === undefined || refusal !== undefined) {
    client.answer(error(rejected(client, row, refusal ?? '')))
    return true
  }
  if (engine.pauses.isOn && isHeld(engine, client, row)) return false
  if (client.queue !== undefined && !ENDS_QUEUE.has(row.name)) {
    client.queue.push(args)
    client.answer(QUEUED)
    return true
  }
  perform(engine, client, row, args, { now: Date.now(), isQueued: false })
  engine.blocking.serve((waiting, problem) => failure(engine.host, waiting.lastCommand, problem))
  return true
}

const FROM_BROWSERS = /^(?:post|host:)$/i
const ENDS_QUEUE: ReadonlySet<string> = new Set(['exec', 'discard', 'multi', 'watch', 'quit', 'reset'])
const WHILE_FULL: ReadonlySet<string> = new Set(['exec', 'discard', 'quit', 'reset'])
const WHILE_SUBSCRIBED: ReadonlySet<string> = new Set([
  ...['ping', 'subscribe', 'unsubscribe', 'psubscribe', 'punsubscribe', 'quit', 'reset'],
])

/** Why a command is refused, checked in the order of Redis; undefined if it may run. */
function refuse(engine: Embedded, client: Client, row: Row, args: readonly string[]): string | undefined {
  const { flags, name } = row
  if (!hasRightArity(row, args)) return wrongArity(name).message
  if (client.needsAuth && !flags.includes('noauth')) return 'NOAUTH Authentication required.'
  if (client.queue !== undefined && flags.includes('nomulti'))
    return 'ERR Command not allowed inside a transaction'
  if (needsMemory(client, row) && engine.memory.isFull())
    return "OOM command not allowed when used memory > 'maxmemory'."
  if (client.isSubscribed && client.replies.version === 2 && !WHILE_SUBSCRIBED.has(name))
    return `ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`
  if (client.isMonitor && (flags.includes('write') || flags.includes('readonly') || name === 'publish'))
    return "ERR Replica can't interact with the keyspace"
  return undefined
}

/** The queue of a transaction takes memory, too. */
function needsMemory({ queue }: Client, row: Row): boolean {
  if (row.flags.includes('denyoom')) return true
  if (queue === undefined) return false
  if (row.name === 'exec') return queue.some(args => findCommand(args)?.flags.includes('denyoom'))
  return !WHILE_FULL.has(row.name)
}

/** Whether a command waits for the end of CLIENT PAUSE. */
function isHeld({ pauses }: Embedded, client: Client, row: Row): boolean {
  // Redis holds SHUTDOWN back, too; but a server that does not end is killed, and its data is lost.
  if (client.isMonitor || row.name === 'shutdown') return false
  if (!pauses.isForWritesOnly || isWrite(row)) return true
  return row.name === 'exec' && client.queue?.some(args => isWrite(findCommand(args))) === true
}

/** Published messages go to replicas, too, so Redis counts them. */
function isWrite(row: Row | undefined): boolean {
  return row?.flags.includes('write') === true || row?.name === 'publish'
}

/** A transaction fails if one of its commands was refused. */
function rejected(client: Client, row: Row | undefined, refusal: string): string {
  if (row?.name === 'exec') {
    client.discard()
    return `EXECABORT Transaction discarded because of: ${refusal.replace(/^ERR /, '')}`
  }
  if (client.queue !== undefined) client.queueBroken = true
  return refusal
}

function unknown(args: readonly string[]): string {
  const [name = '', second = ''] = args
  if (COMMANDS.get(name.toLowerCase())?.subcommands !== undefined)
    return errorLine(
      `ERR unknown subcommand '${shown(second).slice(0, 128)}'. Try ${shown(name).toUpperCase()} HELP.`,
    )
  // Redis stops after 128 bytes, and does not let a name break the line.
  let list = ''
  for (const arg of args.slice(1)) {
    if (list.length >= 128) break
    list += `'${shown(arg.slice(0, 128 - list.length))}' `
  }
  return errorLine(`ERR unknown command '${shown(name).slice(0, 128)}', with args beginning with: ${list}`)
}
