// Patterns of keys, fields and channels as Redis reads them, oddities included.

const STAR = 42
const QUESTION = 63
const OPEN = 91
const CLOSE = 93
const BACKSLASH = 92
const CARET = 94
const DASH = 45

/**
 * Whether a text matches a pattern such as `h?llo*`, `[a-z]`, `[^a]` or `\*`. Each character is a byte.
 * A star matches nothing as well, but only the empty pattern matches the empty text, as in Redis.
 */
export function matches(pattern: string, text: string): boolean {
  if (text === '') return pattern === ''
  let at = 0
  let next = 0
  // Only the last star needs another try, since everything before it matched as early as it can.
  let afterStar = -1
  let starNext = 0
  while (next < text.length) {
    if (pattern.charCodeAt(at) === STAR) {
      afterStar = at = skipStars(pattern, at)
      if (at === pattern.length) return true
      starNext = next
      continue
    }
    const after = at < pattern.length ? afterOne(pattern, at, text.charCodeAt(next)) : -1
    if (after !== -1) {
      at = after
      next++
    } else {
      if (afterStar === -1) return false
      at = afterStar
      next = ++starNext
    }
  }
  return skipStars(pattern, at) === pattern.length
}

function skipStars(pattern: string, at: number): number {
  let end = at
  while (pattern.charCodeAt(end) === STAR) end++
  return end
}

/** Where the pattern goes on after its next element if that matches the byte, else -1. */
function afterOne(pattern: string, at: number, byte: number): number {
  const mark = pattern.charCodeAt(at)
  if (mark === QUESTION) return at + 1
  if (mark === OPEN) return afterClass(pattern, at + 1, byte)
  // A backslash at the end stands for itself.
  const own = mark === BACKSLASH && at + 1 < pattern.length ? at + 1 : at
  return pattern.charCodeAt(own) === byte ? own + 1 : -1
}

/** The same for `[...]`. If it is not closed, it ends with the pattern. */
function afterClass(pattern: string, start: number, byte: number): number {
  const isNot = pattern.charCodeAt(start) === CARET
  let at = isNot ? start + 1 : start
  let found = false
  while (at < pattern.length) {
    const char = pattern.charCodeAt(at)
    if (char === BACKSLASH && at + 1 < pattern.length) {
      if (pattern.charCodeAt(at + 1) === byte) found = true
      at += 2
    } else if (char === CLOSE) {
      break
    } else if (pattern.charCodeAt(at + 1) === DASH && at + 2 < pattern.length) {
      // Even `]` may be the end of a range.
      if (isBetween(byte, char, pattern.charCodeAt(at + 2))) found = true
      at += 3
    } else {
      if (char === byte) found = true
      at++
    }
  }
  return found === isNot ? -1 : Math.min(at + 1, pattern.length)
}

/** The two ends may come in either order. */
function isBetween(byte: number, one: number, other: number): boolean {
  const [value, a, b] = [signed(byte), signed(one), signed(other)]
  return value >= Math.min(a, b) && value <= Math.max(a, b)
}

/** As C's `char` on x86, where bytes from 128 on come before 0. */
function signed(byte: number): number {
  return byte < 128 ? byte : byte - 256
}
