// The value of a hash key: a map of fields that can also pick a field at random.
import { put } from './map-limit.js'
import { SetValue } from './set.js'

export class HashValue extends Map<string, string> {
  readonly type = 'hash'
  /** The fields by place, for random choice, since a Map has no places. Made when it is first needed. */
  #fields: SetValue | undefined

  /** @returns whether the field is new */
  put(field: string, value: string): boolean {
    const before = this.size
    put(this, field, value)
    if (this.size === before) return false
    this.#fields?.add(field)
    return true
  }

  /** @returns whether there was such a field */
  remove(field: string): boolean {
    if (!this.delete(field)) return false
    this.#fields?.delete(field)
    return true
  }

  /** The field at a place from 0 to size - 1; the order of places means nothing. */
  fieldAt(place: number): string {
    this.#fields ??= SetValue.of(this.keys())
    return this.#fields.at(place) ?? ''
  }

  copy(): HashValue {
    return new HashValue(this)
  }
}
