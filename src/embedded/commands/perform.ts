// Runs a command that may be run, answers the client, and shows the request to MONITOR.
import type { Client } from '../client.js'
import type { Embedded } from '../embedded.js'
import type { Host } from '../host.js'
import { CommandError, errorLine } from '../protocol/errors.js'
import { error } from '../protocol/reply.js'
import type { Call, Row } from './command.js'
import { monitorLine } from './monitor.js'

export const TOO_LARGE = 'ERR the answer is too large for this server'

/** Runs one command. */
export function perform(
  engine: Embedded,
  client: Client,
  row: Row,
  args: readonly string[],
  { now, isQueued }: Pick<Call, 'now' | 'isQueued'>,
): void {
  const { db } = client
  engine.stats.commands++
  let answer: string | undefined
  try {
    answer = row.run({ args, client, engine, db, reply: client.replies, now, isQueued })
  } catch (problem) {
    answer = failure(engine.host, row.name, problem)
  }
  if (answer !== undefined) client.answer(answer)
  if (engine.monitors.size > 0) show(engine, client, row, args)
}

/** The answer to a command that failed. */
export function failure(host: Host, name: string, problem: unknown): string {
  return error(errorLine(problem instanceof CommandError ? problem.message : failed(host, name, problem)))
}

/**
 * After a bug of this program, or an answer longer than a string can be, one client gets an error and all
 * others go on.
 */
function failed(host: Host, name: string, problem: unknown): string {
  if (problem instanceof RangeError && problem.message === 'Invalid string length') return TOO_LARGE
  const details = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)
  host.log('error', `Command ${name} failed: ${details.replace(/\s*\n\s*/g, ' ')}`)
  return `ERR internal error of the server in '${name}', see its log`
}

function show(engine: Embedded, client: Client, row: Row, args: readonly string[]): void {
  if (row.flags.includes('admin')) return
  const line = monitorLine(client, row, args)
  for (const monitor of engine.monitors) monitor.push(line)
}
