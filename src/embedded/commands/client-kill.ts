// CLIENT KILL in its old form (an address) and its new one (any number of conditions).
import type { Client } from '../client.js'
import { CommandError, shown, syntaxError } from '../protocol/errors.js'
import { parseBigInt } from '../protocol/integers.js'
import { integer, OK } from '../protocol/reply.js'
import { parseClientType, typeOf } from './client-list.js'
import type { Call } from './command.js'

export function kill(call: Call): string {
  const { args } = call
  if (args.length > 3) {
    const { conditions, skipsMe } = conditionsOf(args)
    return integer(killAll(call, conditions, skipsMe))
  }
  if (killAll(call, [({ address }) => address === args[2]], false) === 0)
    throw new CommandError('ERR No such client')
  return OK
}

type Condition = (client: Client) => boolean

function conditionsOf(args: readonly string[]): {
  readonly conditions: readonly Condition[]
  readonly skipsMe: boolean
} {
  // If a condition is given twice, the last one counts.
  const conditions: Partial<Record<string, Condition>> = {}
  let skipsMe = true
  for (let at = 2; at < args.length; at += 2) {
    const option = (args[at] ?? '').toLowerCase()
    const value = args[at + 1]
    if (value === undefined) throw syntaxError()
    if (option === 'skipme') skipsMe = yesOrNo(value)
    else conditions[option] = conditionOf(option, value)
  }
  return { conditions: Object.values(conditions).filter(one => one !== undefined), skipsMe }
}

function conditionOf(option: string, value: string): Condition {
  switch (option) {
    case 'id': {
      const id = idOf(value)
      return client => client.id === id
    }
    case 'type': {
      const type = parseClientType(value)
      return client => typeOf(client) === type
    }
    case 'addr':
      return client => client.address === value
    case 'laddr':
      return client => client.localAddress === value
    case 'user':
      if (value !== 'default') throw new CommandError(`ERR No such user '${shown(value)}'`)
      return () => true
    default:
      throw syntaxError()
  }
}

function killAll({ client, engine }: Call, conditions: readonly Condition[], skipsMe: boolean): number {
  let killed = 0
  for (const one of engine.clients.values()) {
    if ((one === client && skipsMe) || one.socket.destroyed) continue
    if (!conditions.every(holds => holds(one))) continue
    // The client that asks still has to be answered.
    if (one === client) client.end()
    else one.kill()
    killed++
  }
  return killed
}

function yesOrNo(word: string): boolean {
  if (/^yes$/i.test(word)) return true
  if (/^no$/i.test(word)) return false
  throw syntaxError()
}

function idOf(word: string): number {
  const wrong = new CommandError('ERR client-id should be greater than 0')
  try {
    const id = parseBigInt(word)
    if (id < 1n) throw wrong
    return Number(id)
  } catch {
    throw wrong
  }
}
