// Collects text as bytes in a buffer that is reused, so that a flood of lines leaves almost no garbage.

/** What one character of a JavaScript string takes in UTF-8, at most. */
const MAX_BYTES_PER_CHARACTER = 3

export class TextBytes {
  #buffer = Buffer.alloc(0)
  #length = 0

  append(text: string): void {
    const needed = this.#length + text.length * MAX_BYTES_PER_CHARACTER
    if (needed > this.#buffer.length) this.#grow(needed)
    this.#length += this.#buffer.write(text, this.#length)
  }

  /** Everything appended since the last take; valid until the next append. */
  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#length)
    this.#length = 0
    return taken
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(needed * 2)
    this.#buffer.copy(larger, 0, 0, this.#length)
    this.#buffer = larger
  }
}
