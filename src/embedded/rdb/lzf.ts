// Strings that Redis compressed: LZF, where a piece is either new bytes or a repetition of earlier ones.

/** @returns undefined: it does not become exactly so many bytes */
export function decompressLzf(input: Uint8Array, length: number): Buffer | undefined {
  if (length > input.length * MAX_RATIO) return undefined
  const output = Buffer.allocUnsafe(length)
  let from = 0
  let to = 0
  while (from < input.length) {
    const control = input[from++] ?? 0
    if (control < 32) {
      const count = control + 1
      if (from + count > input.length || to + count > length) return undefined
      output.set(input.subarray(from, from + count), to)
      from += count
      to += count
      continue
    }
    let count = (control >>> 5) + 2
    if (count === 9) count += input[from++] ?? 0
    const start = to - (((control & 0x1f) << 8) | (input[from] ?? 0)) - 1
    if (from++ >= input.length || start < 0 || to + count > length) return undefined
    // Byte by byte: a repetition may reach into itself.
    for (let index = 0; index < count; index++) output[to + index] = output[start + index] ?? 0
    to += count
  }
  return to === length ? output : undefined
}

/** What one byte can become at most: 3 bytes stand for 264. */
const MAX_RATIO = 88
