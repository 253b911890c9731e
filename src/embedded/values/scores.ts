// Scores of sorted sets: how they are read, the ranges they form, and how entries are answered with them.
import { CommandError } from '../protocol/errors.js'
import { array, assertRoom, bulk, bulks, type Replies } from '../protocol/reply.js'
import type { Entry } from './ranked-tree.js'

/** One end of a range. */
export interface ScoreBound {
  readonly score: number
  /** The score itself is excluded: `(1.5`. */
  readonly isOpen: boolean
}

/** Reads a score as C's strtod does; undefined if it is no number or out of range. */
export function parseScore(text: string): number | undefined {
  if (SHORT_INTEGER.test(text)) return Number(text)
  if (text.length > MAX_TEXT) return undefined
  if (INFINITE.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  const value = DECIMAL.test(text) ? Number(text) : parseHex(text)
  if (value === undefined || !Number.isFinite(value)) return undefined
  // A number that is too small for a double is refused like one that is too large, unless it is written as
  // zero.
  return value === 0 && ANY_DIGIT.test(text) ? undefined : value
}

/** @throws CommandError */
export function parseScoreBound(text: string): ScoreBound {
  const isOpen = text.startsWith('(')
  // Redis calls strtod loosely here: leading spaces, anything after a NUL, and numbers out of range are
  // accepted.
  const [written = ''] = text.slice(isOpen ? 1 : 0).split('\0', 1)
  const score = written === '' ? 0 : parseLoosely(written)
  if (score === undefined) throw new CommandError('ERR min or max is not a float')
  return { score, isOpen }
}

/** Encodes members, or members with their scores, which RESP3 groups in pairs. */
export function entriesReply(reply: Replies, entries: readonly Entry[], withScores: boolean): string {
  if (!withScores) return bulks(entries.map(({ member }) => member))
  if (reply.version === 3) return pairsReply(reply, entries)
  assertRoom(2 * entries.length)
  return array(entries.flatMap(({ member, score }) => [bulk(member), reply.double(score)]))
}

/** Encodes members with their scores in pairs. */
export function pairsReply(reply: Replies, entries: readonly Entry[]): string {
  assertRoom(2 * entries.length)
  return array(entries.map(({ member, score }) => array([bulk(member), reply.double(score)])))
}

/** Nobody writes more digits than that, and long hexadecimal numbers take long to read. */
const MAX_TEXT = 64 * 1024
const SHORT_INTEGER = /^-?[1-9]\d{0,14}$/
const INFINITE = /^[+-]?inf(?:inity)?$/i
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i
const HEX = /^([+-]?)0x([0-9a-f]*)(?:\.([0-9a-f]*))?(?:p([+-]?\d+))?$/i
/** Matches a digit other than 0 in front of the exponent. */
const ANY_DIGIT = /^[+-]?(?:0x[0.]*[1-9a-f]|(?!0x)[0.]*[1-9])/i

function parseLoosely(written: string): number | undefined {
  if (written.length > MAX_TEXT) return undefined
  const text = written.replace(/^[ \t\n\v\f\r]+/, '')
  if (INFINITE.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  return DECIMAL.test(text) ? Number(text) : parseHex(text)
}

function parseHex(text: string): number | undefined {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = HEX.exec(text) ?? []
  const digits = whole + fraction
  if (digits === '') return undefined
  const mantissa = Number(BigInt(`0x${digits}`))
  const value = scaled(mantissa, Number(exponent) - 4 * fraction.length)
  return sign === '-' ? -value : value
}

/** Multiplies by a power of two that may itself be out of range. */
function scaled(mantissa: number, exponent: number): number {
  const half = Math.trunc(exponent / 2)
  return mantissa === 0 ? 0 : mantissa * 2 ** half * 2 ** (exponent - half)
}
