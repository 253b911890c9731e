// The value of a set key: each member has a place, so that one can be picked at random.
import { put } from './map-limit.js'

/** The order of places means nothing. */
export class SetValue {
  readonly type = 'set'
  readonly #members: string[] = []
  readonly #places = new Map<string, number>()

  static of(members: Iterable<string>): SetValue {
    const set = new SetValue()
    for (const member of members) set.add(member)
    return set
  }

  get size(): number {
    return this.#members.length
  }

  has(member: string): boolean {
    return this.#places.has(member)
  }

  /** @returns whether the member is new */
  add(member: string): boolean {
    if (this.#places.has(member)) return false
    // This comes first, because it may fail.
    put(this.#places, member, this.#members.length)
    this.#members.push(member)
    return true
  }

  /** The last member takes the place of the removed one. @returns whether the member was there */
  delete(member: string): boolean {
    const place = this.#places.get(member)
    if (place === undefined) return false
    this.#places.delete(member)
    const last = this.#members.pop()
    if (last !== undefined && last !== member) {
      this.#members[place] = last
      this.#places.set(last, place)
    }
    return true
  }

  /** The member at a place, from 0. */
  at(place: number): string | undefined {
    return this.#members[place]
  }

  /** The set must not change meanwhile. */
  [Symbol.iterator](): IterableIterator<string> {
    return this.#members.values()
  }

  copy(): SetValue {
    return SetValue.of(this)
  }
}
