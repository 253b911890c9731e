// From the words of a request to its answer: may this client do that now, and if so, what comes of it.
import type { Client } from './client.js'
import { type Call, CommandError, type Row, wrongArity } from './command.js'
import { error, QUEUED } from './reply.js'
import { COMMANDS } from './table.js'

/** The answer, encoded; undefined: it comes later, or never. */
export function execute(client: Client, args: string[]): string | undefined {
  const { engine } = client
  const row = COMMANDS.get((args[0] ?? '').toLowerCase())
  const refusal = refuse(client, row, args)
  if (refusal !== undefined || row === undefined) {
    if (client.queue !== undefined) client.queueBroken = true
    return error(refusal ?? '')
  }
  client.lastCommand = row.name
  engine.monitor(client, row, args)
  if (client.queue !== undefined && !ENDS_QUEUE.has(row.name)) {
    client.queue.push(args)
    return QUEUED
  }
  const answer = run(client, row, args, { now: Date.now(), isQueued: false })
  engine.blocking.serve()
  return answer
}

/** One command that may be run. */
export function run(
  client: Client,
  row: Row,
  args: readonly string[],
  { now, isQueued }: Pick<Call, 'now' | 'isQueued'>,
): string | undefined {
  const { engine, db } = client
  engine.stats.commands++
  try {
    return row.run({ args, client, engine, db, reply: client.replies, now, isQueued })
  } catch (problem) {
    if (problem instanceof CommandError) return error(problem.message)
    throw problem
  }
}

const ENDS_QUEUE: ReadonlySet<string> = new Set(['exec', 'discard', 'multi', 'watch', 'quit', 'reset'])

/** Why not, in the order in which Redis asks. */
function refuse(client: Client, row: Row | undefined, args: readonly string[]): string | undefined {
  const [name = ''] = args
  if (row === undefined) return unknown(name, args)
  if (row.arity > 0 ? args.length !== row.arity : args.length < -row.arity)
    return wrongArity(row.name).message
  if (!client.isAuthenticated && !row.flags.includes('noauth')) return 'NOAUTH Authentication required.'
  if (client.queue !== undefined && row.flags.includes('nomulti'))
    return 'ERR Command not allowed inside a transaction'
  if (row.flags.includes('denyoom') && client.engine.isFull())
    return "OOM command not allowed when used memory > 'maxmemory'."
  if (client.isSubscribed && client.replies.version === 2 && !row.flags.includes('pubsub'))
    return `ERR Can't execute '${row.name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`
  return undefined
}

function unknown(name: string, args: readonly string[]): string {
  // Redis cuts off after 128 bytes, and does not let a name break its line.
  let shown = ''
  for (const arg of args.slice(1)) {
    if (shown.length >= 128) break
    shown += `'${arg.slice(0, 128 - shown.length)}' `
  }
  const text = `ERR unknown command '${name.slice(0, 128)}', with args beginning with: ${shown}`
  return text.replace(/[\r\n]/g, ' ')
}
