// Choices that a seed decides, so that a sequence of commands can be had again.
import type { Words } from '../wire.js'

export interface Random {
  /** 0 to n - 1. */
  int(n: number): number
  pick<T>(list: readonly T[]): T
  /** One of a few keys that all types share. */
  key(): string
  member(): string
  /** Written as a number, or nearly. */
  number(): string
}

/** One request. */
export interface Step {
  readonly words: Words
  /** The elements of the answer have no order. */
  readonly unordered?: boolean
  /** Time or chance decides about the answer. It must not decide about the data. */
  readonly ignore?: boolean
}

export type Generator = (random: Random) => Step

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'long key with spaces', 'bin\xff\x00\r\n'] as const
const MEMBERS = [
  '',
  '1',
  '2',
  '3',
  '10',
  '-1',
  'x',
  'y',
  'z',
  'aa',
  'ab',
  'B',
  '\xff',
  'a\nb',
  'x'.repeat(70),
] as const
const NUMBERS = [
  ...['0', '1', '-1', '2', '5', '10', '-2', '100', '3', '7', '1.5', '-0', '0.1', '1e3', '1e300', '-1e-5'],
  ...['inf', '-inf', '+inf', 'nan', '9223372036854775807', '-9223372036854775808', '9223372036854775808'],
  ...['3.0', ' 1', '1 ', '+1', '01', '', 'x', '(1', '(inf', '[a', '4294967296', '0x10'],
] as const

/** mulberry32: small, and good enough to choose commands. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (n: number) => Math.floor(next() * n)
  const pick = <T>(list: readonly T[]): T => {
    const chosen = list[int(list.length)]
    if (chosen === undefined) throw new Error('there is nothing to pick from')
    return chosen
  }
  return {
    int,
    pick,
    key: () => pick(KEYS),
    member: () => (int(3) > 0 ? pick(MEMBERS) : `m${int(40)}`),
    // Small ones most of the time, or little would ever happen.
    number: () => (int(3) > 0 ? String(int(12) - 3) : pick(NUMBERS)),
  }
}
