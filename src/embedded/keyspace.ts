// The keys and their values: expiry, who watches a key, and how much was changed.

import { wrongType } from './protocol/errors.js'
import type { HashValue } from './values/hash.js'
import type { ListValue } from './values/list.js'
import { put } from './values/map-limit.js'
import type { SetValue } from './values/set.js'
import type { SortedSetValue } from './values/sorted-set.js'

/** A string is the value of a string key; a character is a byte. */
export type Value = string | ListValue | HashValue | SetValue | SortedSetValue
export type ValueType = 'string' | 'list' | 'hash' | 'set' | 'zset'

/** Whoever is told when a watched key changes. */
export interface Watcher {
  watchBroken: boolean
}

export class Database {
  readonly #values = new Map<string, Value>()
  /** Moments by the clock of the day, in ms. */
  readonly #expires = new Map<string, number>()
  readonly #watchers = new Map<string, Set<Watcher>>()
  /** Where the last sweep ended: a map's iterator stays valid. */
  #swept: MapIterator<[string, number]> | undefined

  /** @param onChange called after each change of a key */
  constructor(
    readonly index: number,
    private readonly onChange: (db: Database, key: string) => void,
  ) {}

  get size(): number {
    return this.#values.size
  }

  get expiring(): number {
    return this.#expires.size
  }

  /** The value, if the key has one that is not expired. */
  get(key: string): Value | undefined {
    const value = this.#values.get(key)
    if (value === undefined || this.#expires.size === 0) return value
    const at = this.#expires.get(key)
    if (at === undefined || at > Date.now()) return value
    this.delete(key)
    return undefined
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  /** A string value. @throws CommandError WRONGTYPE */
  getString(key: string): string | undefined {
    const value = this.get(key)
    if (value !== undefined && typeof value !== 'string') throw wrongType()
    return value
  }

  /** A value of one type, such as `db.getOf(key, 'list')`. @throws CommandError WRONGTYPE */
  getOf<T extends Exclude<ValueType, 'string'>>(
    key: string,
    type: T,
  ): Extract<Value, { readonly type: T }> | undefined {
    const value = this.get(key)
    if (value === undefined) return undefined
    if (typeof value === 'string' || value.type !== type) throw wrongType()
    return value as Extract<Value, { readonly type: T }>
  }

  /** Gives the key a new value; its expiry goes unless it is to stay. */
  set(key: string, value: Value, { keepExpiry = false } = {}): void {
    put(this.#values, key, value, 'keys')
    if (!keepExpiry && this.#expires.size > 0) this.#expires.delete(key)
    this.changed(key)
  }

  /** Whether there was one. */
  delete(key: string): boolean {
    if (!this.#values.delete(key)) return false
    this.#expires.delete(key)
    this.changed(key)
    return true
  }

  /** After a change inside of a value; a collection that is empty now goes. */
  changed(key: string): void {
    const value = this.#values.get(key)
    if (typeof value === 'object' && value.size === 0) {
      this.#values.delete(key)
      this.#expires.delete(key)
    }
    if (this.#watchers.size > 0)
      for (const watcher of this.#watchers.get(key) ?? []) watcher.watchBroken = true
    this.onChange(this, key)
  }

  /** Moment of its expiry, in ms; undefined: never. */
  expiryOf(key: string): number | undefined {
    return this.#expires.get(key)
  }

  /** @param at undefined: never */
  expire(key: string, at: number | undefined): void {
    if (at === undefined) this.#expires.delete(key)
    else put(this.#expires, key, at, 'keys')
    this.changed(key)
  }

  /** Those that are not expired, in the order of their making. */
  *keys(): Generator<string> {
    for (const key of this.#values.keys()) if (this.#expires.size === 0 || this.has(key)) yield key
  }

  /** Keys and values as they are: for the snapshot. */
  entries(): IterableIterator<[string, Value]> {
    return this.#values.entries()
  }

  clear(): void {
    const keys = [...this.#values.keys()]
    this.#values.clear()
    this.#expires.clear()
    for (const key of keys) this.changed(key)
  }

  /** Removes what is expired; goes on where the last sweep ended. @returns how many of at most so many looked at */
  sweep(limit: number): number {
    const now = Date.now()
    let removed = 0
    for (let looked = 0; looked < limit; looked++) {
      this.#swept ??= this.#expires.entries()
      const next = this.#swept.next()
      if (next.done === true) {
        this.#swept = undefined
        return removed
      }
      const [key, at] = next.value
      if (at <= now && this.delete(key)) removed++
    }
    return removed
  }

  watch(key: string, watcher: Watcher): void {
    const watchers = this.#watchers.get(key)
    if (watchers === undefined) this.#watchers.set(key, new Set([watcher]))
    else watchers.add(watcher)
  }

  unwatch(key: string, watcher: Watcher): void {
    const watchers = this.#watchers.get(key)
    watchers?.delete(watcher)
    if (watchers?.size === 0) this.#watchers.delete(key)
  }
}
