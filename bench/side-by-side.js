// How a fair comparison is made: the contestants take turns, because a machine is not equally fast all the time.

/**
 * Runs every contestant once unmeasured, then `rounds` times in turn: A B C, A B C.
 * @template {string} Name
 * @param {Record<Name, (() => Promise<number>) | undefined>} contestants each gives what it measured; undefined: not there
 * @param {number} rounds
 * @returns {Promise<Record<Name, number | undefined>>} the medians
 */
export async function sideBySide(contestants, rounds) {
  const present = Object.entries(contestants).filter(([, run]) => run !== undefined)
  const results = new Map(present.map(([name]) => [name, []]))
  for (const [, run] of present) await run()
  for (let round = 0; round < rounds; round++)
    for (const [name, run] of present) results.get(name).push(await run())
  return Object.fromEntries(Array.from(results, ([name, values]) => [name, median(values)]))
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
