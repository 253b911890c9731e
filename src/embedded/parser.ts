// Requests out of the bytes that a client sends: arrays of bulk strings, or words on a line.

/** What cannot be understood; the connection ends after it. */
export class ProtocolError extends Error {}

export interface Limits {
  /** Of one word. */
  readonly maxBulkBytes: number
  /** Of one request. */
  readonly maxRequestBytes: number
}

/** Of a request on one line, as in Redis. */
const MAX_INLINE_BYTES = 64 * 1024
const MAX_WORDS = 1024 * 1024
/** Of a client that has yet to say its password: in Redis, too. */
const MAX_WORDS_BEFORE_AUTH = 10
const MAX_BULK_BYTES_BEFORE_AUTH = 16_384

const CR = 13
const LF = 10
const ARRAY = 42
const BULK = 36

export class Parser {
  #chunks: Buffer[] = []
  #bytes = 0
  /** More must be there before it is worth a look. */
  #needed = 1
  #at = 0
  /** Of the request that is being read. */
  #words: string[] = []
  #missing = 0
  #bulkBytes = -1
  #requestBytes = 0

  constructor(private readonly limits: Limits) {}

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
  }

  /**
   * The next request; empty: a line without words; undefined: it is not there yet.
   * @throws ProtocolError
   */
  next(isAuthenticated = true): string[] | undefined {
    if (this.#bytes - this.#at < this.#needed) return undefined
    const buffer = this.#joined()
    for (;;) {
      if (this.#missing === 0) {
        if (this.#at >= buffer.length) return this.#wait(1)
        if (buffer[this.#at] !== ARRAY) return this.#inline(buffer)
        if (!this.#header(buffer, isAuthenticated)) return undefined
        if (this.#missing === 0) continue
      }
      while (this.#missing > 0) if (!this.#word(buffer, isAuthenticated)) return undefined
      const words = this.#words
      this.#words = []
      this.#requestBytes = 0
      this.#needed = 1
      return words
    }
  }

  #joined(): Buffer {
    const [only] = this.#chunks
    const buffer = only !== undefined && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks)
    const rest = this.#at === 0 ? buffer : buffer.subarray(this.#at)
    this.#chunks = rest.length === 0 ? [] : [rest]
    this.#bytes = rest.length
    this.#at = 0
    return rest
  }

  /** Undefined, and what was read is not read again. */
  #wait(needed: number): undefined {
    this.#needed = needed
    return undefined
  }

  /** `*3`; false: not there yet. */
  #header(buffer: Buffer, isAuthenticated: boolean): boolean {
    const count = this.#number(buffer, 'invalid multibulk length')
    if (count === undefined) return false
    if (count > MAX_WORDS) throw new ProtocolError('invalid multibulk length')
    if (!isAuthenticated && count > MAX_WORDS_BEFORE_AUTH)
      throw new ProtocolError('unauthenticated multibulk length')
    this.#missing = Math.max(0, count)
    return true
  }

  /** `$3` and three bytes; false: not there yet. */
  #word(buffer: Buffer, isAuthenticated: boolean): boolean {
    if (this.#bulkBytes === -1) {
      const mark = buffer[this.#at]
      if (mark === undefined) return this.#later(1)
      if (mark !== BULK) throw new ProtocolError(`expected '$', got '${String.fromCharCode(mark)}'`)
      const bytes = this.#number(buffer, 'invalid bulk length')
      if (bytes === undefined) return false
      if (bytes < 0 || bytes > this.limits.maxBulkBytes) throw new ProtocolError('invalid bulk length')
      if (!isAuthenticated && bytes > MAX_BULK_BYTES_BEFORE_AUTH)
        throw new ProtocolError('unauthenticated bulk length')
      this.#requestBytes += bytes
      if (this.#requestBytes > this.limits.maxRequestBytes) throw new ProtocolError('too big request')
      this.#bulkBytes = bytes
    }
    const end = this.#at + this.#bulkBytes
    if (buffer.length < end + 2) return this.#later(this.#bulkBytes + 2)
    this.#words.push(buffer.toString('latin1', this.#at, end))
    this.#at = end + 2
    this.#bulkBytes = -1
    this.#missing--
    return true
  }

  #later(needed: number): false {
    this.#needed = needed
    return false
  }

  /** The number of a line that begins with a mark; undefined: not there yet. */
  #number(buffer: Buffer, problem: string): number | undefined {
    const end = buffer.indexOf(CR, this.#at)
    if (end === -1 || end + 1 >= buffer.length) {
      if (buffer.length - this.#at > MAX_INLINE_BYTES)
        throw new ProtocolError(
          problem === 'invalid bulk length' ? 'too big bulk count string' : 'too big mbulk count string',
        )
      this.#needed = buffer.length - this.#at + 1
      return undefined
    }
    const text = buffer.toString('latin1', this.#at + 1, end)
    if (!/^-?\d{1,18}$/.test(text)) throw new ProtocolError(problem)
    this.#at = end + 2
    return Number(text)
  }

  #inline(buffer: Buffer): string[] | undefined {
    const end = buffer.indexOf(LF, this.#at)
    if (end === -1) {
      if (buffer.length - this.#at > MAX_INLINE_BYTES) throw new ProtocolError('too big inline request')
      return this.#wait(buffer.length - this.#at + 1)
    }
    const stop = end > this.#at && buffer[end - 1] === CR ? end - 1 : end
    const line = buffer.toString('latin1', this.#at, stop)
    this.#at = end + 1
    this.#needed = 1
    const words = splitWords(line)
    if (words === undefined) throw new ProtocolError('unbalanced quotes in request')
    return words
  }
}

/** Words of a line, quoted or not, as redis-cli and people write them; undefined: a quote is missing. */
export function splitWords(line: string): string[] | undefined {
  const words: string[] = []
  let rest = line.trimStart()
  while (rest !== '') {
    const quoted = /^"((?:[^"\\]|\\[\s\S])*)"(?=\s|$)|^'((?:[^'\\]|\\[\s\S])*)'(?=\s|$)/.exec(rest)
    const plain = quoted === null ? /^[^\s"']+(?=\s|$)/.exec(rest) : null
    const found = quoted ?? plain
    if (found === null) return undefined
    const [all, double, single] = found
    words.push(
      double !== undefined ? unescaped(double) : single !== undefined ? single.replaceAll("\\'", "'") : all,
    )
    rest = rest.slice(all.length).trimStart()
  }
  return words
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' }

function unescaped(text: string): string {
  return text.replace(
    /\\(?:x([\da-f]{2})|([\s\S]))/gi,
    (_, hex: string | undefined, char: string | undefined) =>
      hex === undefined ? (ESCAPES[char ?? ''] ?? char ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
