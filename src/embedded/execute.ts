// From the words of a request to its answer: may this client do that now, and if so, what comes of it.

import type { Call, Row } from './commands/command.js'
import { COMMANDS } from './commands/table.js'
import type { Client } from './protocol/client.js'
import { CommandError, errorLine, shown, wrongArity } from './protocol/errors.js'
import { error, QUEUED } from './protocol/reply.js'

export const TOO_LARGE = 'ERR the answer is too large for this server'

/** Answers the client. @returns false: clients are paused, it is to be asked again later */
export function execute(client: Client, args: string[]): boolean {
  const { engine } = client
  const row = findRow(args)
  if (row === undefined && FROM_BROWSERS.test(args[0] ?? '')) {
    engine.host.log(
      'warn',
      `Possible SECURITY ATTACK detected from ${client.address}: a web page sends requests`,
    )
    client.kill()
    return true
  }
  client.lastCommand = row?.name ?? ''
  const refusal = row === undefined ? unknown(args) : refuse(client, row, args)
  if (row === undefined || refusal !== undefined) {
    client.answer(error(rejected(client, row, refusal ?? '')))
    return true
  }
  if (engine.pauses.holds(client, row)) return false
  if (client.queue !== undefined && !ENDS_QUEUE.has(row.name)) {
    client.queue.push(args)
    client.answer(QUEUED)
    return true
  }
  perform(client, row, args, { now: Date.now(), isQueued: false })
  engine.blocking.serve((waiting, problem) => failure(waiting, waiting.lastCommand, problem))
  return true
}

/** One command that may be run: its answer goes to the client, and its words to those who watch. */
export function perform(
  client: Client,
  row: Row,
  args: readonly string[],
  { now, isQueued }: Pick<Call, 'now' | 'isQueued'>,
): void {
  const { engine, db } = client
  engine.stats.commands++
  let answer: string | undefined
  try {
    answer = row.run({ args, client, engine, db, reply: client.replies, now, isQueued })
  } catch (problem) {
    answer = failure(client, row.name, problem)
  }
  if (answer !== undefined) client.answer(answer)
  if (engine.monitors.size > 0) engine.monitor(client, row, args)
}

/** The row of a command, or of its subcommand. */
export function findRow(args: readonly string[]): Row | undefined {
  const [name = '', second] = args
  const row = COMMANDS.get(name) ?? COMMANDS.get(name.toLowerCase())
  if (row?.subcommands === undefined || second === undefined) return row
  return row.subcommands.get(second.toLowerCase())
}

export function hasRightArity({ arity }: Row, args: readonly string[]): boolean {
  return arity > 0 ? args.length === arity : args.length >= -arity
}

const FROM_BROWSERS = /^(?:post|host:)$/i
const ENDS_QUEUE: ReadonlySet<string> = new Set(['exec', 'discard', 'multi', 'watch', 'quit', 'reset'])
const WHILE_FULL: ReadonlySet<string> = new Set(['exec', 'discard', 'quit', 'reset'])
const WHILE_SUBSCRIBED: ReadonlySet<string> = new Set([
  ...['ping', 'subscribe', 'unsubscribe', 'psubscribe', 'punsubscribe', 'quit', 'reset'],
])

/** Why not, in the order in which Redis asks. */
function refuse(client: Client, row: Row, args: readonly string[]): string | undefined {
  const { flags, name } = row
  if (!hasRightArity(row, args)) return wrongArity(name).message
  if (client.needsAuth && !flags.includes('noauth')) return 'NOAUTH Authentication required.'
  if (client.queue !== undefined && flags.includes('nomulti'))
    return 'ERR Command not allowed inside a transaction'
  if (needsMemory(client, row) && client.engine.memory.isFull())
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
  if (row.name === 'exec') return queue.some(args => findRow(args)?.flags.includes('denyoom'))
  return !WHILE_FULL.has(row.name)
}

/** A transaction does not outlive what was refused in it. */
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
  // Redis cuts off after 128 bytes, and does not let a name break its line.
  let list = ''
  for (const arg of args.slice(1)) {
    if (list.length >= 128) break
    list += `'${shown(arg.slice(0, 128 - list.length))}' `
  }
  return errorLine(`ERR unknown command '${shown(name).slice(0, 128)}', with args beginning with: ${list}`)
}

/** The answer of a command that did not come to its end. */
function failure(client: Client, name: string, problem: unknown): string {
  return error(errorLine(problem instanceof CommandError ? problem.message : failed(client, name, problem)))
}

/** A mistake of this program, or an answer longer than a string can be: one client is told, all others go on. */
function failed(client: Client, name: string, problem: unknown): string {
  if (problem instanceof RangeError && problem.message === 'Invalid string length') return TOO_LARGE
  const told = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)
  client.engine.host.log('error', `Command ${name} failed: ${told.replace(/\s*\n\s*/g, ' ')}`)
  return `ERR internal error of the server in '${name}', see its log`
}
