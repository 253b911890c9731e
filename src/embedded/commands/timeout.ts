// The timeout of commands that block.
import { CommandError } from '../protocol/errors.js'
import { parseLongDouble } from '../values/long-double.js'

/** Reads a timeout in seconds. @returns ms; 0 means for ever @throws CommandError */
export function parseTimeout(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const seconds = parseLongDouble(text)
  if (seconds === undefined) throw new CommandError('ERR timeout is not a float or out of range')
  const ms =
    seconds.mantissa === 'infinity' ? -1n : inMs(seconds.mantissa, seconds.exponent, seconds.isNegative)
  // Redis takes what does not fit into 64 bits for negative.
  if (ms < 0n || ms >= 2n ** 63n) throw new CommandError('ERR timeout is negative')
  return Number(ms)
}

/** Multiplies in long double and rounds up, which turns -0.001 into 0. */
function inMs(mantissa: bigint, exponent: number, isNegative: boolean): bigint {
  const product = mantissa * 1000n
  const excess = BigInt(Math.max(0, product.toString(2).length - 64))
  const half = excess === 0n ? 0n : 1n << (excess - 1n)
  const floor = product >> excess
  const rest = product - (floor << excess)
  const isUp = rest > half || (rest === half && rest > 0n && floor % 2n === 1n)
  const rounded = (isUp ? floor + 1n : floor) << excess
  if (exponent >= 0) return (isNegative ? -rounded : rounded) << BigInt(exponent)
  // A shift rounds down, so the negative is shifted to round up.
  return -((isNegative ? rounded : -rounded) >> BigInt(-exponent))
}
