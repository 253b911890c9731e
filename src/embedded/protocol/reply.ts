// How answers are written in RESP2 and in RESP3. Each character of a string is a byte.

import { getHeapStatistics } from 'node:v8'

/** How one version of the protocol encodes answers. */
export interface Replies {
  readonly version: 2 | 3
  /** The absence of a value. */
  readonly nil: string
  /** The absence of a list. */
  readonly nilArray: string
  /** @param items field, value, field, value, each encoded */
  map(items: readonly string[]): string
  /** @param items encoded members in any order */
  set(items: readonly string[]): string
  /** A number as Redis writes scores, with up to 17 digits. */
  double(value: number): string
  /** Text for people, such as INFO. */
  text(value: string): string
  /** A message that is no answer to a request, such as one of a channel. */
  push(items: readonly string[]): string
}

export const OK = '+OK\r\n'
export const QUEUED = '+QUEUED\r\n'
export const ZERO = ':0\r\n'
export const ONE = ':1\r\n'
export const EMPTY_ARRAY = '*0\r\n'

export const simple = (text: string): string => `+${text}\r\n`
/** @param message begins with its code: `ERR no such key` */
export const error = (message: string): string => `-${message}\r\n`
export const integer = (value: number | bigint): string => `:${value}\r\n`
export const bulk = (value: string): string => `$${value.length}\r\n${value}\r\n`
/** @param items encoded */
export const array = (items: readonly string[]): string => `*${items.length}\r\n${items.join('')}`

/**
 * How many elements are encoded at once: a million small strings take a hundred times the memory of their
 * text.
 */
const BLOCK = 1_000

/** @throws RangeError if the answer does not fit into the memory that is left */
export function bulks(values: readonly string[]): string {
  if (values.length <= BLOCK) return array(values.map(bulk))
  assertRoom(values.length)
  let text = `*${values.length}\r\n`
  for (let at = 0; at < values.length; at += BLOCK)
    text += values
      .slice(at, at + BLOCK)
      .map(bulk)
      .join('')
  return text
}

/** The memory that an element of an answer takes while it is encoded. Measured: 100 to 150 bytes. */
const ELEMENT_BYTES = 150

/**
 * Checked before many elements are encoded, because a heap that overflows ends the process, and nothing can
 * catch that.
 * @throws RangeError if they would not fit
 */
export function assertRoom(elements: number): void {
  if (elements <= BLOCK) return
  const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics()
  if (elements * ELEMENT_BYTES > limit - used) throw new RangeError('Invalid string length')
}

const RESP2: Replies = {
  version: 2,
  nil: '$-1\r\n',
  nilArray: '*-1\r\n',
  map: array,
  set: array,
  double: value => bulk(formatDouble(value)),
  text: bulk,
  push: array,
}

const RESP3: Replies = {
  version: 3,
  nil: '_\r\n',
  nilArray: '_\r\n',
  map: items => `%${items.length / 2}\r\n${items.join('')}`,
  set: items => `~${items.length}\r\n${items.join('')}`,
  double: value => `,${formatDouble(value)}\r\n`,
  text: value => `=${value.length + 4}\r\ntxt:${value}\r\n`,
  push: items => `>${items.length}\r\n${items.join('')}`,
}

export const REPLIES = { 2: RESP2, 3: RESP3 } as const

/** Formats like C's `%.17g`: `3`, `3.2999999999999998`, `1e+20`, `inf`. */
export function formatDouble(value: number): string {
  if (Number.isSafeInteger(value)) return Object.is(value, -0) ? '-0' : String(value)
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  const [mantissa = '', exponentText = ''] = rounded(Math.abs(value)).split('e')
  const exponent = Number(exponentText)
  const sign = value < 0 ? '-' : ''
  if (exponent < -4 || exponent >= 17)
    return `${sign}${trimmed(mantissa)}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  const digits = mantissa.replace('.', '')
  if (exponent < 0) return trimmed(`${sign}0.${'0'.repeat(-exponent - 1)}${digits}`)
  return trimmed(`${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`)
}

/**
 * Rounds to 17 digits. A number halfway between two is rounded to the even one by C, but up by JavaScript.
 */
function rounded(value: number): string {
  const text = value.toExponential(17)
  const [mantissa = '', exponent = ''] = text.split('e')
  const isBetween = mantissa.endsWith('5') && value.toExponential(60).startsWith(mantissa.padEnd(62, '0'))
  const lower = mantissa.slice(0, -1)
  return isBetween && Number(lower.at(-1)) % 2 === 0 ? `${lower}e${exponent}` : value.toExponential(16)
}

function trimmed(digits: string): string {
  return digits.replace(/\.?0*$/, '')
}
