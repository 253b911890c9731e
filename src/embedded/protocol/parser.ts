// Finds requests in the bytes that a client sends: arrays of bulk strings, or words on a line.
import { splitWords } from './inline.js'

/** The bytes make no sense; the connection ends after this error. */
export class ProtocolError extends Error {}

export interface Limits {
  /** For one word. */
  readonly maxBulkBytes: number
  /** For one request. */
  readonly maxRequestBytes: number
}

/** For a request on one line, as in Redis. */
const MAX_INLINE_BYTES = 64 * 1024
const MAX_WORDS = 2 ** 31 - 1
/** For a client that has not said its password yet, as in Redis. */
const MAX_WORDS_BEFORE_AUTH = 10
const MAX_BULK_BYTES_BEFORE_AUTH = 16_384
/** Counted for each word on top of its bytes, so that a request of empty words has a limit, too. */
const BYTES_OF_A_WORD = 32
/** What Redis accepts as a number: no plus, no leading zero. */
const NUMBER = /^(?:0|-?[1-9]\d{0,17})$/

/** A buffer of at least this size is not kept for a small rest. */
const LARGE_BUFFER_BYTES = 64 * 1024
const EMPTY: Buffer = Buffer.alloc(0)

const NUL = 0
const LF = 10
const CR = 13
const BULK = 36
const ARRAY = 42
const DIGIT_0 = 48
const DIGIT_1 = 49
const DIGIT_9 = 57

export class Parser {
  #buffer = EMPTY
  #at = 0
  /** Chunks that came since, joined when there are enough of them. */
  #chunks: Buffer[] = []
  #chunkBytes = 0
  /** How many bytes must be there before it is worth looking at them. */
  #needed = 1
  /** The request that is being read: its words so far, and how many are missing. */
  #words: string[] = []
  #missing = 0
  #bulkBytes = -1
  #requestBytes = 0

  constructor(private readonly limits: Limits) {}

  /** How many bytes have come that are not part of a request yet. */
  get bytes(): number {
    return this.#buffer.length - this.#at + this.#chunkBytes
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#chunkBytes += chunk.length
  }

  /**
   * @returns the next request; an empty one for a line without words; undefined if it is not complete yet
   * @throws ProtocolError
   */
  next(isAuthenticated = true): string[] | undefined {
    if (this.bytes < this.#needed) return undefined
    if (this.#chunkBytes > 0) this.#join()
    this.#needed = 1
    const words = this.#request(isAuthenticated)
    this.#drop()
    return words
  }

  #request(isAuthenticated: boolean): string[] | undefined {
    if (this.#missing === 0) {
      if (this.#at >= this.#buffer.length) return undefined
      if (this.#buffer[this.#at] !== ARRAY) return this.#inline()
      const count = this.#count(isAuthenticated)
      if (count === undefined) return undefined
      if (count <= 0) return []
      this.#missing = count
    }
    for (; this.#missing > 0; this.#missing--) {
      const word = this.#word(isAuthenticated)
      if (word === undefined) return undefined
      this.#words.push(word)
    }
    const words = this.#words
    this.#words = []
    this.#requestBytes = 0
    return words
  }

  #join(): void {
    const rest = this.#buffer.subarray(this.#at)
    const [only] = this.#chunks
    const isOne = rest.length === 0 && only !== undefined && this.#chunks.length === 1
    this.#buffer = isOne ? only : Buffer.concat([rest, ...this.#chunks])
    this.#at = 0
    this.#chunks = []
    this.#chunkBytes = 0
  }

  /**
   * Drops bytes that were read once they outweigh the rest: an idle client would keep the buffer of its last
   * request.
   */
  #drop(): void {
    const rest = this.#buffer.length - this.#at
    if (rest > 0 && (this.#at < LARGE_BUFFER_BYTES || rest > this.#at)) return
    this.#buffer = rest === 0 ? EMPTY : Buffer.from(this.#buffer.subarray(this.#at))
    this.#at = 0
  }

  /** Reads `*3`. @returns undefined if it is not complete yet */
  #count(isAuthenticated: boolean): number | undefined {
    const count = this.#number('too big mbulk count string')
    if (count === undefined) return undefined
    if (Number.isNaN(count) || count > MAX_WORDS) throw new ProtocolError('invalid multibulk length')
    if (!isAuthenticated && count > MAX_WORDS_BEFORE_AUTH)
      throw new ProtocolError('unauthenticated multibulk length')
    return count
  }

  /** Reads `$3` and three bytes. @returns undefined if they are not complete yet */
  #word(isAuthenticated: boolean): string | undefined {
    if (this.#bulkBytes === -1) {
      const mark = this.#buffer[this.#at]
      const bytes = this.#number('too big bulk count string')
      if (bytes === undefined) return undefined
      if (mark !== BULK) throw new ProtocolError(`expected '$', got '${charOf(mark ?? NUL)}'`)
      // This refuses NaN, too.
      if (!(bytes >= 0 && bytes <= this.limits.maxBulkBytes)) throw new ProtocolError('invalid bulk length')
      if (!isAuthenticated && bytes > MAX_BULK_BYTES_BEFORE_AUTH)
        throw new ProtocolError('unauthenticated bulk length')
      this.#requestBytes += bytes + BYTES_OF_A_WORD
      if (this.#requestBytes > this.limits.maxRequestBytes) throw new ProtocolError('too big request')
      this.#bulkBytes = bytes
    }
    const end = this.#at + this.#bulkBytes
    if (this.#buffer.length < end + 2) {
      this.#needed = this.#bulkBytes + 2
      return undefined
    }
    const word = this.#buffer.toString('latin1', this.#at, end)
    this.#at = end + 2
    this.#bulkBytes = -1
    return word
  }

  /**
   * Reads the number on a line after its mark.
   * @returns NaN if there is none, undefined if the line is not complete yet
   */
  #number(tooLong: string): number | undefined {
    const buffer = this.#buffer
    // Most numbers are short and plain, and most of the time is spent here.
    let at = this.#at + 1
    let value = 0
    if ((buffer[at] ?? 0) >= DIGIT_1)
      for (
        let digit = buffer[at] ?? 0;
        digit >= DIGIT_0 && digit <= DIGIT_9 && value < 1e8;
        digit = buffer[++at] ?? 0
      )
        value = value * 10 + digit - DIGIT_0
    if (value > 0 && buffer[at] === CR && at + 1 < buffer.length) {
      this.#at = at + 2
      return value
    }
    const end = this.#lineEnd(CR, tooLong)
    // Nobody looks at the byte that follows, but it has to be there.
    if (end === undefined || end + 1 >= buffer.length) return this.#waitForLine()
    const text = buffer.toString('latin1', this.#at + 1, end)
    if (end > this.#at) this.#at = end + 2
    return NUMBER.test(text) ? Number(text) : Number.NaN
  }

  #inline(): string[] | undefined {
    const end = this.#lineEnd(LF, 'too big inline request')
    if (end === undefined) return this.#waitForLine()
    const stop = end > this.#at && this.#buffer[end - 1] === CR ? end - 1 : end
    const words = splitWords(this.#buffer.toString('latin1', this.#at, stop))
    this.#at = end + 1
    if (words === undefined) throw new ProtocolError('unbalanced quotes in request')
    return words
  }

  /** Redis looks for the end with C's strchr: a zero byte hides it for ever. */
  #lineEnd(mark: number, tooLong: string): number | undefined {
    const end = this.#buffer.indexOf(mark, this.#at)
    const isHidden = end !== -1 && this.#buffer.subarray(this.#at, end).includes(NUL)
    if (end !== -1 && !isHidden) return end
    if (this.#buffer.length - this.#at > MAX_INLINE_BYTES) throw new ProtocolError(tooLong)
    return undefined
  }

  #waitForLine(): undefined {
    this.#needed = this.#buffer.length - this.#at + 1
    return undefined
  }
}

/** An error is one line. */
function charOf(byte: number): string {
  return byte === CR || byte === LF ? ' ' : String.fromCharCode(byte)
}
