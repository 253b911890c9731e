// Strings that Redis compressed with LZF, in which a piece is either new bytes or a repetition of earlier
// ones.

/** @returns undefined if the result does not have exactly this length */
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
    // Byte by byte, because a repetition may overlap itself.
    for (let index = 0; index < count; index++) output[to + index] = output[start + index] ?? 0
    to += count
  }
  return to === length ? output : undefined
}

/** The most bytes that one byte can become: 3 bytes stand for up to 264. */
const MAX_RATIO = 88
