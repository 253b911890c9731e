// The options of SET and GETEX: when the key expires, and whether it is set at all.

import { syntaxError } from '../protocol/errors.js'
import { MAX_INTEGER, parseBigInt } from '../protocol/integers.js'
import { invalidExpireTime } from './expiry.js'

export type Lifetime = 'ex' | 'px' | 'exat' | 'pxat' | 'keepttl' | 'persist'

export interface SetOptions {
  readonly condition: 'nx' | 'xx' | undefined
  readonly isGet: boolean
  readonly lifetime: Lifetime | undefined
  /** In the unit of the lifetime. */
  readonly amount: string | undefined
}

const UNITS: Readonly<Record<string, { readonly ms: bigint; readonly isMoment: boolean }>> = {
  ex: { ms: 1000n, isMoment: false },
  px: { ms: 1n, isMoment: false },
  exat: { ms: 1000n, isMoment: true },
  pxat: { ms: 1n, isMoment: true },
}
export const SET_OPTIONS: ReadonlySet<string> = new Set(['nx', 'xx', 'get', 'keepttl', ...Object.keys(UNITS)])
export const GETEX_OPTIONS: ReadonlySet<string> = new Set(['persist', ...Object.keys(UNITS)])

/** An option may be repeated, but not combined with another of its kind. @throws CommandError */
export function parseSetOptions(
  args: readonly string[],
  start: number,
  allowed: ReadonlySet<string>,
): SetOptions {
  let condition: 'nx' | 'xx' | undefined
  let isGet = false
  let lifetime: Lifetime | undefined
  let amount: string | undefined
  for (let at = start; at < args.length; at++) {
    const option = (args[at] ?? '').toLowerCase()
    if (!allowed.has(option)) throw syntaxError()
    if (option === 'get') isGet = true
    else if (option === 'nx' || option === 'xx') {
      if (condition !== undefined && condition !== option) throw syntaxError()
      condition = option
    } else {
      if (lifetime !== undefined && lifetime !== option) throw syntaxError()
      lifetime = option as Lifetime
      if (UNITS[option] !== undefined) amount = args[++at]
      if (UNITS[option] !== undefined && amount === undefined) throw syntaxError()
    }
  }
  return { condition, isGet, lifetime, amount }
}

/** @returns in ms since 1970; undefined if no expiry was asked for @throws CommandError */
export function expiryOf(
  { lifetime, amount }: Pick<SetOptions, 'lifetime' | 'amount'>,
  name: string,
  now: number,
): number | undefined {
  const unit = UNITS[lifetime ?? '']
  if (unit === undefined || amount === undefined) return undefined
  const value = parseBigInt(amount)
  const at = value * unit.ms + (unit.isMoment ? 0n : BigInt(now))
  if (value <= 0n || at > MAX_INTEGER) throw invalidExpireTime(name)
  return Number(at)
}
