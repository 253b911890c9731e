// How a sorted set is kept: by member, and in order; and what of it Redis would pack.
import { put } from './map-limit.js'
import { type Entry, inOrder, isBefore, RankedTree } from './ranked-tree.js'

export type { Entry }

/** Redis packs sorted sets up to this size; two of its habits depend on that. */
const MAX_PACKED_ENTRIES = 128
const MAX_PACKED_MEMBER_BYTES = 64

export class SortedSetValue {
  readonly type = 'zset'
  readonly #byMember = new Map<string, Entry>()
  #inOrder = new RankedTree()
  #isPacked = true

  /** @param entries of different members, their scores as they are */
  static of(entries: readonly Entry[]): SortedSetValue {
    const isPacked =
      entries.length <= MAX_PACKED_ENTRIES &&
      entries.every(({ member }) => member.length <= MAX_PACKED_MEMBER_BYTES)
    return SortedSetValue.#made(entries, isPacked)
  }

  static #made(given: readonly Entry[], isPacked: boolean): SortedSetValue {
    const made = new SortedSetValue()
    made.#isPacked = isPacked
    // -0 is an integer in what Redis packs, and so it is 0.
    const entries = given.map(({ member, score }) => ({
      member,
      score: isPacked && score === 0 ? 0 : score,
    }))
    for (const entry of entries) put(made.#byMember, entry.member, entry)
    made.#inOrder = RankedTree.of(inOrder(entries))
    return made
  }

  get size(): number {
    return this.#byMember.size
  }

  /** Whether Redis would keep it as a list, so that the order of members counts even where scores differ. */
  get isPacked(): boolean {
    return this.#isPacked
  }

  /** In no order that counts. */
  members(): IterableIterator<string> {
    return this.#byMember.keys()
  }

  score(member: string): number | undefined {
    return this.#byMember.get(member)?.score
  }

  /** Adds a member, or moves it. O(log n). */
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

  /** How many are before it. O(log n). */
  rank(member: string): number | undefined {
    const entry = this.#byMember.get(member)
    return entry === undefined ? undefined : this.search(other => !isBefore(other, entry))
  }

  /** How many are before the first that is reached; from there on all have to be. O(log n). */
  search(isReached: (entry: Entry) => boolean): number {
    return this.#inOrder.search(isReached)
  }

  /** By rank, from 0. */
  at(rank: number): Entry | undefined {
    return this.slice(rank, rank + 1)[0]
  }

  /** Those of the ranks from start to below end. O(log n) and their number. */
  slice(start: number, end: number): Entry[] {
    return this.#inOrder.slice(start, end)
  }

  /** In order. It must not change meanwhile. */
  [Symbol.iterator](): Generator<Entry> {
    return this.#inOrder.entries()
  }

  copy(): SortedSetValue {
    return SortedSetValue.#made([...this], this.#isPacked)
  }
}
