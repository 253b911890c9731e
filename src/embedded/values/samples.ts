// Random choice from a collection: how many elements a request wants, and at which places they are.
import { CommandError, notInteger } from '../protocol/errors.js'
import { readBigInt } from '../protocol/integers.js'

/** Reads the count of SRANDMEMBER and its kin; negative if elements may repeat. @throws CommandError */
export function parseSampleSize(text: string): bigint {
  const count = readBigInt(text)
  if (count === undefined) throw notInteger()
  if (count < -MAX_COUNT)
    throw new CommandError(`ERR value is out of range, value must between -${MAX_COUNT} and ${MAX_COUNT}`)
  return count
}

/** Picks places from 0 to size - 1. @param count negative if they may repeat @throws CommandError */
export function samplePlaces(count: number, size: number): number[] {
  if (count < -MAX_REPEATED) throw new CommandError('ERR value is out of range')
  if (count < 0) return Array.from({ length: -count }, () => randomBelow(size))
  if (count >= size) return Array.from({ length: size }, (_, place) => place)
  return distinct(count, size)
}

export function randomBelow(size: number): number {
  return Math.floor(Math.random() * size)
}

const MAX_COUNT = 2n ** 63n - 1n

/** The most elements that may repeat. Redis has no such limit, and goes on until its memory is full. */
const MAX_REPEATED = 2 ** 22

/**
 * Floyd's algorithm: each step adds a random place up to the current one, or the current one if that is
 * taken.
 */
function distinct(count: number, size: number): number[] {
  const chosen = new Set<number>()
  for (let last = size - count; last < size; last++) {
    const place = randomBelow(last + 1)
    chosen.add(chosen.has(place) ? last : place)
  }
  return [...chosen]
}
