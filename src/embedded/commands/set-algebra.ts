// Intersections, unions and differences of sets.

import type { Database } from '../keyspace.js'
import { CommandError, syntaxError } from '../protocol/errors.js'
import { parseAtLeast } from '../protocol/integers.js'
import { bulk, integer } from '../protocol/reply.js'
import { SetValue } from '../values/set.js'
import type { Call, Row } from './command.js'

type Combine = (sets: readonly (SetValue | undefined)[]) => SetValue

export const SET_ALGEBRA: readonly Row[] = [
  reads('sinter', intersection),
  reads('sunion', union),
  reads('sdiff', difference),
  stores('sinterstore', intersection),
  stores('sunionstore', union),
  stores('sdiffstore', difference),
  { name: 'sintercard', arity: -3, flags: ['readonly'], keys: [0, 0, 0], run: sintercard },
]

function reads(name: string, combine: Combine): Row {
  const run = ({ db, args, reply }: Call) => reply.set(Array.from(combine(setsOf(db, args.slice(1))), bulk))
  return { name, arity: -2, flags: ['readonly'], keys: [1, -1, 1], run }
}

function stores(name: string, combine: Combine): Row {
  const run = ({ db, args }: Call) => {
    const [, target = '', ...keys] = args
    const result = combine(setsOf(db, keys))
    if (result.size === 0) db.delete(target)
    else db.set(target, result)
    return integer(result.size)
  }
  return { name, arity: -3, flags: ['write', 'denyoom'], keys: [1, -1, 1], run }
}

function sintercard({ db, args }: Call): string {
  const keyCount = parseAtLeast(1, args[1] ?? '', 'ERR numkeys should be greater than 0')
  if (keyCount > args.length - 2)
    throw new CommandError("ERR Number of keys can't be greater than number of args")
  let limit = 0
  for (let at = 2 + keyCount; at < args.length; at += 2) {
    const value = args[at + 1]
    if (args[at]?.toLowerCase() !== 'limit' || value === undefined) throw syntaxError()
    limit = parseAtLeast(0, value, "ERR LIMIT can't be negative")
  }
  let count = 0
  for (const _ of common(setsOf(db, args.slice(2, 2 + keyCount)))) if (++count === limit) break
  return integer(count)
}

/** Looks at all keys first: one of another type is an error even if another key is missing. */
function setsOf(db: Database, keys: readonly string[]): (SetValue | undefined)[] {
  return keys.map(key => db.getOf(key, 'set'))
}

function* common(sets: readonly (SetValue | undefined)[]): Generator<string> {
  const known = sets.filter(set => set !== undefined).sort((a, b) => a.size - b.size)
  const [smallest, ...others] = known
  if (smallest === undefined || known.length < sets.length) return
  for (const member of smallest) if (others.every(set => set.has(member))) yield member
}

function intersection(sets: readonly (SetValue | undefined)[]): SetValue {
  return SetValue.of(common(sets))
}

function union(sets: readonly (SetValue | undefined)[]): SetValue {
  const all = new SetValue()
  for (const set of sets) for (const member of set ?? []) all.add(member)
  return all
}

function difference([first, ...others]: readonly (SetValue | undefined)[]): SetValue {
  const rest = others.filter(set => set !== undefined)
  return SetValue.of([...(first ?? [])].filter(member => !rest.some(set => set.has(member))))
}
