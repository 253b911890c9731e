// The value of a set key: its members, each at a place, so that one can be picked by chance.
import { put } from './map-limit.js'

/** Every member has a place, so that one can be chosen by chance. The order of places means nothing. */
export class SetValue {
  readonly type = 'set'
  readonly #members: string[] = []
  readonly #places = new Map<string, number>()

  static of(members: Iterable<string>): SetValue {
    const made = new SetValue()
    for (const member of members) made.add(member)
    return made
  }

  get size(): number {
    return this.#members.length
  }

  has(member: string): boolean {
    return this.#places.has(member)
  }

  /** Whether it is new. */
  add(member: string): boolean {
    if (this.#places.has(member)) return false
    // First, for it may be refused.
    put(this.#places, member, this.#members.length)
    this.#members.push(member)
    return true
  }

  /** Whether it was there. The last member takes its place. */
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

  /** By its place, from 0. */
  at(place: number): string | undefined {
    return this.#members[place]
  }

  /** It must not change meanwhile. */
  [Symbol.iterator](): IterableIterator<string> {
    return this.#members.values()
  }

  copy(): SetValue {
    return SetValue.of(this)
  }
}
