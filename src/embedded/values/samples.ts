// Elements chosen by chance: how many a request wants, and which places of a collection they are.
import { CommandError, notInteger } from '../protocol/errors.js'
import { readBigInt } from '../protocol/integers.js'

/** The count of SRANDMEMBER and ZRANDMEMBER: negative where elements may come twice. @throws CommandError */
export function parseSampleSize(text: string): bigint {
  const count = readBigInt(text)
  if (count === undefined) throw notInteger()
  if (count < -MAX_COUNT)
    throw new CommandError(`ERR value is out of range, value must between -${MAX_COUNT} and ${MAX_COUNT}`)
  return count
}

/** Places from 0 to below size. @param count negative: they may come twice @throws CommandError */
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

/** What may come twice has no other end than this; Redis goes on until its memory is full. */
const MAX_REPEATED = 2 ** 22

/** Floyd's way: each step adds one of the places up to its own, or its own. */
function distinct(count: number, size: number): number[] {
  const chosen = new Set<number>()
  for (let last = size - count; last < size; last++) {
    const place = randomBelow(last + 1)
    chosen.add(chosen.has(place) ? last : place)
  }
  return [...chosen]
}
