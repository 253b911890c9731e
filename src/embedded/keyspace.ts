// The keys of a database and their values, when they expire, and who watches them.

import { wrongType } from './protocol/errors.js'
import type { HashValue } from './values/hash.js'
import type { ListValue } from './values/list.js'
import { put } from './values/map-limit.js'
import type { SetValue } from './values/set.js'
import type { SortedSetValue } from './values/sorted-set.js'

/** The value of a string key is a string in which each character is a byte. */
export type Value = string | ListValue | HashValue | SetValue | SortedSetValue
export type ValueType = 'string' | 'list' | 'hash' | 'set' | 'zset'

/** Whoever is told when a watched key changes. */
export interface Watcher {
  watchBroken: boolean
}

export class Database {
  readonly #values = new Map<string, Value>()
  /** Times of expiry in ms since 1970. */
  readonly #expires = new Map<string, number>()
  readonly #watchers = new Map<string, Set<Watcher>>()
  /** Where the last sweep ended; the iterator of a map stays valid when the map changes. */
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

  /** The value of a key; undefined if there is none or it has expired. */
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

  /** The value of a string key. @throws CommandError WRONGTYPE */
  getString(key: string): string | undefined {
    const value = this.get(key)
    if (value !== undefined && typeof value !== 'string') throw wrongType()
    return value
  }

  /** The value of a key of one type, such as `db.getOf(key, 'list')`. @throws CommandError WRONGTYPE */
  getOf<T extends Exclude<ValueType, 'string'>>(
    key: string,
    type: T,
  ): Extract<Value, { readonly type: T }> | undefined {
    const value = this.get(key)
    if (value === undefined) return undefined
    if (typeof value === 'string' || value.type !== type) throw wrongType()
    return value as Extract<Value, { readonly type: T }>
  }

  /** Gives a key a new value. The key no longer expires, unless keepExpiry is set. */
  set(key: string, value: Value, { keepExpiry = false } = {}): void {
    put(this.#values, key, value, 'keys')
    if (!keepExpiry && this.#expires.size > 0) this.#expires.delete(key)
    this.changed(key)
  }

  /** Removes a key. @returns whether there was one */
  delete(key: string): boolean {
    if (!this.#values.delete(key)) return false
    this.#expires.delete(key)
    this.changed(key)
    return true
  }

  /** Must be called after a change inside a value; a collection that is empty now is removed. */
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

  /** When the key expires, in ms since 1970; undefined if never. */
  expiryOf(key: string): number | undefined {
    return this.#expires.get(key)
  }

  /** @param at in ms since 1970; undefined for never */
  expire(key: string, at: number | undefined): void {
    if (at === undefined) this.#expires.delete(key)
    else put(this.#expires, key, at, 'keys')
    this.changed(key)
  }

  /** Keys that have not expired, in the order in which they were added. */
  *keys(): Generator<string> {
    for (const key of this.#values.keys()) if (this.#expires.size === 0 || this.has(key)) yield key
  }

  /** All keys and values, expired ones included, for the snapshot. */
  entries(): IterableIterator<[string, Value]> {
    return this.#values.entries()
  }

  clear(): void {
    const keys = [...this.#values.keys()]
    this.#values.clear()
    this.#expires.clear()
    for (const key of keys) this.changed(key)
  }

  /**
   * Removes expired keys, starting where the last sweep ended.
   * @param limit how many to look at
   * @returns how many went
   */
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
