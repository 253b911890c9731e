// Integers of 64 bits, as Redis reads them in the words of a request.
import { CommandError, notInteger } from './errors.js'

const INTEGER = /^(?:0|-?[1-9]\d{0,18})$/
export const MIN_INTEGER = -(2n ** 63n)
export const MAX_INTEGER = 2n ** 63n - 1n

/** Reads a 64-bit integer, written strictly: no spaces, no plus, no leading zero. Undefined if it is none. */
export function readBigInt(text: string): bigint | undefined {
  if (!INTEGER.test(text)) return undefined
  const value = BigInt(text)
  return value < MIN_INTEGER || value > MAX_INTEGER ? undefined : value
}

/** Reads a 64-bit integer. @throws CommandError */
export function parseBigInt(text: string): bigint {
  const value = readBigInt(text)
  if (value === undefined) throw notInteger()
  return value
}

/** Reads a 64-bit integer that need not be exact beyond 2^53. @throws CommandError */
export function parseInteger(text: string): number {
  if (text.length < 16 && INTEGER.test(text)) return Number(text)
  return Number(parseBigInt(text))
}

/**
 * Reads an integer with a minimum.
 * @param message the error, with its code, whatever is wrong
 * @throws CommandError
 */
export function parseAtLeast(minimum: number, text: string, message: string): number {
  const value = readBigInt(text)
  if (value === undefined || value < minimum) throw new CommandError(message)
  return Number(value)
}
