// Small collections that Redis writes as one string: listpack, ziplist and intset.

/** Makes the error for a damaged file. */
export type Damaged = (what: string) => Error

/** Reads a listpack, in which Redis 7 writes small hashes, sets, sorted sets and pieces of lists. */
export function listpack(bytes: Buffer, damaged: Damaged): string[] {
  const end = bytes.length - 1
  if (bytes.length < 7 || bytes.readUInt32LE(0) !== bytes.length || bytes[end] !== 0xff)
    throw damaged('a listpack that is not as long as it says')
  const items: string[] = []
  let at = 6
  while (at < end) {
    const entry = listpackEntry(bytes, at, end)
    if (entry === undefined || entry.next > end) throw damaged('a listpack with a broken element')
    items.push(entry.item)
    at = entry.next
  }
  checkCount(items.length, bytes.readUInt16LE(4), () => damaged('a listpack that miscounts its elements'))
  return items
}

/** Reads a ziplist, in which Redis before 7 wrote what is a listpack now. */
export function ziplist(bytes: Buffer, damaged: Damaged): string[] {
  const end = bytes.length - 1
  if (bytes.length < 11 || bytes.readUInt32LE(0) !== bytes.length || bytes[end] !== 0xff)
    throw damaged('a ziplist that is not as long as it says')
  const items: string[] = []
  let at = 10
  while (at < end) {
    // Each element begins with the length of the one before it, in 1 byte or in 5.
    const entry = ziplistEntry(bytes, at + (bytes[at] === 0xfe ? 5 : 1), end)
    if (entry === undefined || entry.next > end) throw damaged('a ziplist with a broken element')
    items.push(entry.item)
    at = entry.next
  }
  checkCount(items.length, bytes.readUInt16LE(8), () => damaged('a ziplist that miscounts its elements'))
  return items
}

/** Reads a set of integers. */
export function intset(bytes: Buffer, damaged: Damaged): string[] {
  const width = bytes.length < 8 ? 0 : bytes.readUInt32LE(0)
  if (width !== 2 && width !== 4 && width !== 8) throw damaged('a set of integers of an unknown width')
  const count = bytes.readUInt32LE(4)
  if (bytes.length !== 8 + count * width) throw damaged('a set of integers that is not as long as it says')
  return Array.from({ length: count }, (_, index) => integer(bytes, 8 + index * width, width))
}

interface Entry {
  readonly item: string
  /** Where the next element begins. */
  readonly next: number
}

/** The count has 16 bits; 0xffff stands for any larger number. */
function checkCount(found: number, written: number, damaged: () => Error): void {
  if (written !== 0xffff && written !== found) throw damaged()
}

function listpackEntry(bytes: Buffer, at: number, end: number): Entry | undefined {
  const first = bytes[at] ?? 0
  if (first < 0x80) return { item: String(first), next: at + 2 }
  if (first < 0xc0) return listpackText(bytes, at, 1, first & 0x3f, end)
  if (first < 0xe0) {
    const value = ((first & 0x1f) << 8) | (bytes[at + 1] ?? 0)
    return { item: String(value < 0x1000 ? value : value - 0x2000), next: at + 3 }
  }
  if (first < 0xf0) return listpackText(bytes, at, 2, ((first & 0x0f) << 8) | (bytes[at + 1] ?? 0), end)
  if (first === 0xf0)
    return at + 5 > end ? undefined : listpackText(bytes, at, 5, bytes.readUInt32LE(at + 1), end)
  const width = LISTPACK_WIDTHS[first]
  if (width === undefined || at + 1 + width > end) return undefined
  return { item: integer(bytes, at + 1, width), next: at + 2 + width }
}

const LISTPACK_WIDTHS: Readonly<Record<number, number>> = { 241: 2, 242: 3, 243: 4, 244: 8 }

function listpackText(
  bytes: Buffer,
  at: number,
  head: number,
  length: number,
  end: number,
): Entry | undefined {
  const stop = at + head + length
  if (stop > end) return undefined
  return { item: bytes.toString('latin1', at + head, stop), next: stop + backLength(head + length) }
}

/**
 * How many bytes the length behind an element takes. It is there so that a listpack can be read backwards.
 */
export function backLength(length: number): number {
  if (length <= 127) return 1
  if (length < 16_383) return 2
  if (length < 2_097_151) return 3
  return length < 268_435_455 ? 4 : 5
}

/** @param at the position after the length of the element before it */
function ziplistEntry(bytes: Buffer, at: number, end: number): Entry | undefined {
  const first = bytes[at] ?? 0
  if (first < 0x40) return text(bytes, at + 1, first, end)
  if (first < 0x80) return text(bytes, at + 2, ((first & 0x3f) << 8) | (bytes[at + 1] ?? 0), end)
  if (first === 0x80) return at + 5 > end ? undefined : text(bytes, at + 5, bytes.readUInt32BE(at + 1), end)
  // A number from 0 to 12 that is part of the mark itself.
  if (first > 0xf0 && first < 0xfe) return { item: String((first & 0x0f) - 1), next: at + 1 }
  const width = ZIPLIST_WIDTHS[first]
  if (width === undefined || at + 1 + width > end) return undefined
  return { item: integer(bytes, at + 1, width), next: at + 1 + width }
}

const ZIPLIST_WIDTHS: Readonly<Record<number, number>> = { 192: 2, 208: 4, 224: 8, 240: 3, 254: 1 }

function text(bytes: Buffer, at: number, length: number, end: number): Entry | undefined {
  return at + length > end
    ? undefined
    : { item: bytes.toString('latin1', at, at + length), next: at + length }
}

function integer(bytes: Buffer, at: number, width: number): string {
  return String(width === 8 ? bytes.readBigInt64LE(at) : bytes.readIntLE(at, width))
}
