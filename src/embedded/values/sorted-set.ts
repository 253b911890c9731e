// The value of a sorted set key: its entries by member and in order, and whether Redis would pack them.
import { put } from './map-limit.js'
import { type Entry, inOrder, isBefore, RankedTree } from './ranked-tree.js'

export type { Entry }

/** Redis packs sorted sets up to this size, and behaves differently then in two ways. */
const MAX_PACKED_ENTRIES = 128
const MAX_PACKED_MEMBER_BYTES = 64

export class SortedSetValue {
  readonly type = 'zset'
  readonly #byMember = new Map<string, Entry>()
  #inOrder = new RankedTree()
  #isPacked = true

  /** @param entries with distinct members */
  static of(entries: readonly Entry[]): SortedSetValue {
    const isPacked =
      entries.length <= MAX_PACKED_ENTRIES &&
      entries.every(({ member }) => member.length <= MAX_PACKED_MEMBER_BYTES)
    return SortedSetValue.#from(entries, isPacked)
  }

  static #from(given: readonly Entry[], isPacked: boolean): SortedSetValue {
    const zset = new SortedSetValue()
    zset.#isPacked = isPacked
    // What Redis packs is stored as an integer, so -0 becomes 0.
    const entries = given.map(({ member, score }) => ({
      member,
      score: isPacked && score === 0 ? 0 : score,
    }))
    for (const entry of entries) put(zset.#byMember, entry.member, entry)
    zset.#inOrder = RankedTree.of(inOrder(entries))
    return zset
  }

  get size(): number {
    return this.#byMember.size
  }

  /** Whether Redis would keep it packed, where the order of members counts even if their scores differ. */
  get isPacked(): boolean {
    return this.#isPacked
  }

  /** In any order. */
  members(): IterableIterator<string> {
    return this.#byMember.keys()
  }

  score(member: string): number | undefined {
    return this.#byMember.get(member)?.score
  }

  /** Adds a member or changes its score, in O(log n). */
  set(member: string, score: number): void {
    const known = this.#byMember.get(member)
    if (known === undefined && (member.length > MAX_PACKED_MEMBER_BYTES || this.size >= MAX_PACKED_ENTRIES))
      this.#isPacked = false
    const entry = { member, score: this.#isPacked && score === 0 ? 0 : score }
    if (known !== undefined) this.#inOrder.remove(known)
    put(this.#byMember, member, entry)
    this.#inOrder.insert(entry)
  }

  delete(member: string): boolean {
    const known = this.#byMember.get(member)
    if (known === undefined) return false
    this.#byMember.delete(member)
    this.#inOrder.remove(known)
    return true
  }

  /** How many entries come before a member, in O(log n). */
  rank(member: string): number | undefined {
    const entry = this.#byMember.get(member)
    return entry === undefined ? undefined : this.search(other => !isBefore(other, entry))
  }

  /**
   * How many entries come before the first for which isReached holds; it must hold for all after it, too.
   * O(log n).
   */
  search(isReached: (entry: Entry) => boolean): number {
    return this.#inOrder.search(isReached)
  }

  /** The entry of a rank, from 0. */
  at(rank: number): Entry | undefined {
    return this.slice(rank, rank + 1)[0]
  }

  /** The entries with ranks from start to end - 1, in O(log n) plus their number. */
  slice(start: number, end: number): Entry[] {
    return this.#inOrder.slice(start, end)
  }

  /** All entries in order. The sorted set must not change meanwhile. */
  [Symbol.iterator](): Generator<Entry> {
    return this.#inOrder.entries()
  }

  copy(): SortedSetValue {
    return SortedSetValue.#from([...this], this.#isPacked)
  }
}
