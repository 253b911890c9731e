// Choices that a seed decides, so that a campaign can be had again.

export interface Random {
  /** 0 to 1. */
  next(): number
  /** 0 to n - 1. */
  int(n: number): number
  pick<T>(list: readonly T[]): T
}

/** mulberry32, by Tommy Ettinger: short, and good enough to choose trials by. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (n: number) => Math.floor(next() * n)
  return {
    next,
    int,
    pick: list => {
      const picked = list[int(list.length)]
      if (picked === undefined) throw new Error('nothing to pick from')
      return picked
    },
  }
}
