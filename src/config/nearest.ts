// Finds the known word that a mistyped one was meant to be.

/**
 * The word that is the fewest typing mistakes away from `typed`, ignoring case; undefined if none is close.
 */
export function nearest(typed: string, words: Iterable<string>): string | undefined {
  let best: string | undefined
  let fewest = Math.max(2, Math.floor(plain(typed).length / 2)) + 1
  for (const word of words) {
    const mistakes = distance(plain(typed), plain(word))
    if (mistakes < fewest) [best, fewest] = [word, mistakes]
  }
  return best
}

/** log-level, LOG_LEVEL and logLevel are the same word. */
function plain(word: string): string {
  return word.toLowerCase().replace(/[-_]/g, '')
}

/** Levenshtein's distance, one row of his table at a time. */
function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (const [row, letter] of [...a].entries()) {
    const current = [row + 1]
    for (let column = 1; column <= b.length; column++) {
      const swapped = at(above, column - 1) + (letter === b[column - 1] ? 0 : 1)
      current.push(Math.min(swapped, at(above, column) + 1, at(current, column - 1) + 1))
    }
    above = current
  }
  return at(above, b.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
