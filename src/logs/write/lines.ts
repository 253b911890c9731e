// Turns a stream of bytes into lines: wherever a chunk ends, no character is split or lost.

const NEWLINE = 0x0a
/** A longer line of the server is cut, so that output without newlines does not fill the memory. */
const DEFAULT_MAX_LINE_BYTES = 64 * 1024
/** What one character of a JavaScript string takes in UTF-8, at most. */
const MAX_CHARACTER_BYTES = 3

/** Turns the chunks of one stream into lines of text, without their line ends. */
export class Lines {
  #rest: Buffer = Buffer.alloc(0)

  /** @param maxBytes A longer line is cut into several. @default 64 KiB */
  constructor(readonly maxBytes: number = DEFAULT_MAX_LINE_BYTES) {}

  /** @returns The lines that this chunk completes. */
  push(chunk: Buffer): string[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const lastNewline = bytes.lastIndexOf(NEWLINE)
    const lines = lastNewline === -1 ? [] : completeLines(bytes.subarray(0, lastNewline), this.maxBytes)
    const pieces = cut(bytes.subarray(lastNewline + 1), this.maxBytes)
    const rest = pieces.pop() ?? bytes.subarray(bytes.length)
    // A copy: the rest of a chunk must not keep the whole chunk in memory.
    this.#rest = Buffer.from(rest)
    return pieces.length === 0 ? lines : [...lines, ...pieces.map(String)]
  }

  /** @returns The last line, if the stream ended without a newline. */
  end(): string[] {
    const rest = this.#rest
    this.#rest = Buffer.alloc(0)
    return rest.length === 0 ? [] : [withoutReturn(String(rest))]
  }
}

export function countNewlines(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count++
  return count
}

/** Decodes all lines at once, which is several times faster than one by one. */
function completeLines(bytes: Buffer, maxBytes: number): string[] {
  const lines = bytes.toString().split('\n')
  if (bytes.length > maxBytes && lines.some(line => line.length > maxBytes / MAX_CHARACTER_BYTES))
    return [...split(bytes)].flatMap(line => cut(line, maxBytes).map(String).map(withoutReturnAtEnd))
  return bytes.includes('\r') ? lines.map(withoutReturn) : lines
}

function* split(bytes: Buffer): Generator<Buffer> {
  let start = 0
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
    yield bytes.subarray(start, end)
    start = end + 1
  }
  yield bytes.subarray(start)
}

/** Pieces of at most `maxBytes`, each of whole characters. */
function cut(line: Buffer, maxBytes: number): Buffer[] {
  const pieces: Buffer[] = []
  let start = 0
  while (line.length - start > maxBytes) {
    const end = characterStart(line, start + maxBytes)
    pieces.push(line.subarray(start, end))
    start = end
  }
  pieces.push(line.subarray(start))
  return pieces
}

/** The start of the character that `index` is part of; `index` itself where the bytes are not UTF-8. */
function characterStart(bytes: Buffer, index: number): number {
  for (let start = index; start > index - 4; start--) if (!isContinuation(bytes[start])) return start
  return index
}

const isContinuation = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80

const withoutReturnAtEnd = (piece: string, index: number, all: readonly string[]) =>
  index === all.length - 1 ? withoutReturn(piece) : piece

const withoutReturn = (line: string) => (line.endsWith('\r') ? line.slice(0, -1) : line)
