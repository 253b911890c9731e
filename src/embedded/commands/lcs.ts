// LCS: the longest common subsequence of two strings, and where it is in them.

import { CommandError, syntaxError } from '../protocol/errors.js'
import { parseInteger } from '../protocol/integers.js'
import { array, bulk, integer } from '../protocol/reply.js'
import type { Call, Row } from './command.js'

export const LCS: readonly Row[] = [
  { name: 'lcs', arity: -3, flags: ['readonly'], keys: [1, 2, 1], run: lcs },
]

interface Options {
  readonly wantsMatches: boolean
  readonly wantsLength: boolean
  readonly withLengths: boolean
  readonly minLength: number
}

function lcs({ db, engine, args, reply }: Call): string {
  const [, keyA = '', keyB = ''] = args
  const [a, b] = [db.get(keyA) ?? '', db.get(keyB) ?? '']
  if (typeof a !== 'string' || typeof b !== 'string')
    throw new CommandError('ERR The specified keys must contain string values')
  const options = parseOptions(args)
  if (4 * (a.length + 1) * (b.length + 1) > engine.limits.maxBulkBytes)
    throw new CommandError('ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len')
  const lengths = lengthsOf(a, b)
  const length = lengths[lengths.length - 1] ?? 0
  if (options.wantsLength) return integer(length)
  const { text, ranges } = trace(a, b, lengths)
  if (!options.wantsMatches) return bulk(text)
  const shown = ranges.filter(({ aStart, aEnd }) => aEnd - aStart + 1 >= options.minLength)
  const matches = shown.map(range => encode(range, options.withLengths))
  return reply.map([bulk('matches'), array(matches), bulk('len'), integer(length)])
}

function parseOptions(args: readonly string[]): Options {
  let [wantsMatches, wantsLength, withLengths, minLength] = [false, false, false, 0]
  for (let at = 3; at < args.length; at++) {
    const option = args[at]?.toLowerCase()
    if (option === 'idx') wantsMatches = true
    else if (option === 'len') wantsLength = true
    else if (option === 'withmatchlen') withLengths = true
    else if (option === 'minmatchlen' && at + 1 < args.length) minLength = parseInteger(args[++at] ?? '')
    else throw syntaxError()
  }
  if (wantsMatches && wantsLength)
    throw new CommandError('ERR If you want both the length and indexes, please just use IDX.')
  return { wantsMatches, wantsLength, withLengths, minLength }
}

/** The length for the first i bytes of a and the first j bytes of b is at i * (b.length + 1) + j. */
function lengthsOf(a: string, b: string): Uint32Array {
  const width = b.length + 1
  const lengths = new Uint32Array((a.length + 1) * width)
  for (let i = 1; i <= a.length; i++) {
    const byte = a.charCodeAt(i - 1)
    for (let j = 1; j <= b.length; j++) {
      const at = i * width + j
      lengths[at] =
        byte === b.charCodeAt(j - 1)
          ? (lengths[at - width - 1] ?? 0) + 1
          : Math.max(lengths[at - width] ?? 0, lengths[at - 1] ?? 0)
    }
  }
  return lengths
}

interface Range {
  readonly aStart: number
  readonly aEnd: number
  readonly bStart: number
  readonly bEnd: number
}

/** Walks from the end to the beginning. Where there are several ways, it takes the one that Redis takes. */
function trace(a: string, b: string, lengths: Uint32Array): { text: string; ranges: readonly Range[] } {
  const width = b.length + 1
  const bytes: string[] = []
  const ranges: Range[] = []
  let open: Range | undefined
  let [i, j] = [a.length, b.length]
  while (i > 0 && j > 0) {
    if (a[i - 1] === b[j - 1]) {
      bytes.push(a[i - 1] ?? '')
      i--
      j--
      open =
        open === undefined ? { aStart: i, aEnd: i, bStart: j, bEnd: j } : { ...open, aStart: i, bStart: j }
      if (i > 0 && j > 0) continue
    } else if ((lengths[(i - 1) * width + j] ?? 0) > (lengths[i * width + j - 1] ?? 0)) i--
    else j--
    if (open !== undefined) ranges.push(open)
    open = undefined
  }
  return { text: bytes.reverse().join(''), ranges }
}

function encode({ aStart, aEnd, bStart, bEnd }: Range, withLength: boolean): string {
  const parts = [array([integer(aStart), integer(aEnd)]), array([integer(bStart), integer(bEnd)])]
  return array(withLength ? [...parts, integer(aEnd - aStart + 1)] : parts)
}
