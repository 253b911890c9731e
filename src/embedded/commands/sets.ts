// Commands for sets.

import { syntaxError } from '../protocol/errors.js'
import { parseAtLeast } from '../protocol/integers.js'
import { array, assertRoom, bulk, EMPTY_ARRAY, integer, ONE, ZERO } from '../protocol/reply.js'
import { parseSampleSize, randomBelow, samplePlaces } from '../values/samples.js'
import { SetValue } from '../values/set.js'
import type { Call, Row } from './command.js'
import { scanCollection } from './scan.js'

const READS = ['readonly', 'fast'] as const
const KEY = [1, 1, 1] as const

export const SETS: readonly Row[] = [
  {
    name: 'sadd',
    arity: -3,
    flags: ['write', 'denyoom', 'fast'],
    keys: KEY,
    run: ({ db, args }) => {
      const [, key = ''] = args
      const known = db.getOf(key, 'set')
      const set = known ?? new SetValue()
      const sizeBefore = set.size
      try {
        for (let at = 2; at < args.length; at++) set.add(args[at] ?? '')
      } finally {
        // The members that came before one that failed stay.
        if (known !== undefined && set.size > sizeBefore) db.changed(key)
      }
      if (known === undefined) db.set(key, set)
      return integer(set.size - sizeBefore)
    },
  },
  {
    name: 'srem',
    arity: -3,
    flags: ['write', 'fast'],
    keys: KEY,
    run: ({ db, args }) => {
      const [, key = '', ...members] = args
      const set = db.getOf(key, 'set')
      if (set === undefined) return ZERO
      const { length } = members.filter(member => set.delete(member))
      if (length > 0) db.changed(key)
      return integer(length)
    },
  },
  {
    name: 'scard',
    arity: 2,
    flags: READS,
    keys: KEY,
    run: ({ db, args }) => integer(db.getOf(args[1] ?? '', 'set')?.size ?? 0),
  },
  {
    name: 'sismember',
    arity: 3,
    flags: READS,
    keys: KEY,
    run: ({ db, args }) => (db.getOf(args[1] ?? '', 'set')?.has(args[2] ?? '') ? ONE : ZERO),
  },
  {
    name: 'smismember',
    arity: -3,
    flags: READS,
    keys: KEY,
    run: ({ db, args }) => {
      const [, key = '', ...members] = args
      const set = db.getOf(key, 'set')
      return array(members.map(member => (set?.has(member) ? ONE : ZERO)))
    },
  },
  {
    name: 'smembers',
    arity: 2,
    flags: ['readonly'],
    keys: KEY,
    run: ({ db, args, reply }) => {
      const set = db.getOf(args[1] ?? '', 'set')
      assertRoom(set?.size ?? 0)
      return reply.set(Array.from(set ?? [], bulk))
    },
  },
  { name: 'smove', arity: 4, flags: ['write', 'fast'], keys: [1, 2, 1], run: smove },
  { name: 'spop', arity: -2, flags: ['write', 'fast'], keys: KEY, run: spop },
  { name: 'srandmember', arity: -2, flags: ['readonly'], keys: KEY, run: srandmember },
  {
    name: 'sscan',
    arity: -3,
    flags: ['readonly'],
    keys: KEY,
    run: call =>
      scanCollection(
        call,
        key => call.db.getOf(key, 'set'),
        set => set,
        (set, member) => (set.has(member) ? [bulk(member)] : []),
      ),
  },
]

function smove({ db, args }: Call): string {
  const [, from = '', to = '', member = ''] = args
  const source = db.getOf(from, 'set')
  if (source === undefined) return ZERO
  const target = db.getOf(to, 'set')
  if (source === target) return source.has(member) ? ONE : ZERO
  if (!source.has(member)) return ZERO
  // Added before it is removed: if adding fails, the member stays where it is.
  if (target === undefined) {
    db.set(to, SetValue.of([member]))
  } else if (target.add(member)) db.changed(to)
  source.delete(member)
  db.changed(from)
  return ONE
}

function spop({ db, args, reply }: Call): string {
  const [, key = '', countText] = args
  if (args.length > 3) throw syntaxError()
  const count =
    countText === undefined ? 1 : parseAtLeast(0, countText, 'ERR value is out of range, must be positive')
  const set = db.getOf(key, 'set')
  if (set === undefined) return countText === undefined ? reply.nil : reply.set([])
  assertRoom(Math.min(count, set.size))
  const popped = samplePlaces(count, set.size).map(place => set.at(place) ?? '')
  // The answer is made first: if it is too large, nothing is removed.
  const answer = countText === undefined ? bulk(popped[0] ?? '') : reply.set(popped.map(bulk))
  for (const member of popped) set.delete(member)
  if (popped.length > 0) db.changed(key)
  return answer
}

function srandmember({ db, args, reply }: Call): string {
  const [, key = '', countText] = args
  if (args.length > 3) throw syntaxError()
  const count = countText === undefined ? undefined : parseSampleSize(countText)
  const set = db.getOf(key, 'set')
  if (set === undefined) return count === undefined ? reply.nil : EMPTY_ARRAY
  if (count === undefined) return bulk(set.at(randomBelow(set.size)) ?? '')
  return array(samplePlaces(Number(count), set.size).map(place => bulk(set.at(place) ?? '')))
}
