// Blocking pops: they take from the first key that has an element, or wait until one has.

import type { Value } from '../keyspace.js'
import type { Call } from './command.js'

type Filled<T> = Extract<Value, { readonly type: T }>

export interface Pop<T> {
  readonly type: T
  /** In the order in which the client prefers them. */
  readonly keys: readonly string[]
  /** 0 means for ever. */
  readonly timeoutMs: number
  /** Takes from a value, which is never empty, and returns the answer. */
  readonly take: (key: string, value: Filled<T>) => string
}

/** @returns undefined if the answer comes later, when there is an element or the time is up */
export function popFirst<T extends 'list' | 'zset'>(
  { db, client, engine, reply, isQueued }: Call,
  { type, keys, timeoutMs, take }: Pop<T>,
): string | undefined {
  for (const key of keys) {
    const value = db.getOf(key, type)
    if (value !== undefined) return take(key, value)
  }
  if (isQueued) return reply.nilArray
  const serve = (key: string) => {
    const value = db.get(key)
    // A key of another type is waited for like a missing one.
    return typeof value === 'object' && value.type === type ? take(key, value as Filled<T>) : undefined
  }
  engine.blocking.wait(client, { db, keys, timeoutMs, serve, onTimeout: reply.nilArray })
  return undefined
}
