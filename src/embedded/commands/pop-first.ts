// The pops that wait: they take from the first key that has anything, or wait for whoever fills one.

import type { Value } from '../keyspace.js'
import type { Call } from './command.js'

type Filled<T> = Extract<Value, { readonly type: T }>

export interface Pop<T> {
  readonly type: T
  /** In the order in which they are wanted. */
  readonly keys: readonly string[]
  /** 0: for ever. */
  readonly timeoutMs: number
  /** Takes from a value that is not empty, and answers. */
  readonly take: (key: string, value: Filled<T>) => string
}

/** Undefined: the answer comes when there is something, or the time is over. */
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
    // Another type is waited for as well as nothing.
    return typeof value === 'object' && value.type === type ? take(key, value as Filled<T>) : undefined
  }
  engine.blocking.wait(client, { db, keys, timeoutMs, serve, onTimeout: reply.nilArray })
  return undefined
}
