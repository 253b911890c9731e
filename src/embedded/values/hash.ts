// The value of a hash key: a map of fields that can also pick a field by chance.
import { put } from './map-limit.js'
import { SetValue } from './set.js'

export class HashValue extends Map<string, string> {
  readonly type = 'hash'
  /** For random choice; made when first needed, for a Map has no places. */
  #fields: SetValue | undefined

  /** Whether the field is new. */
  put(field: string, value: string): boolean {
    const before = this.size
    put(this, field, value)
    if (this.size === before) return false
    this.#fields?.add(field)
    return true
  }

  /** Whether there was one. */
  remove(field: string): boolean {
    if (!this.delete(field)) return false
    this.#fields?.delete(field)
    return true
  }

  /** Each field has a place from 0 to below the size, in no order that counts. */
  fieldAt(place: number): string {
    this.#fields ??= SetValue.of(this.keys())
    return this.#fields.at(place) ?? ''
  }

  copy(): HashValue {
    return new HashValue(this)
  }
}
