// The exact arithmetic of C's 80-bit long double, in which INCRBYFLOAT and HINCRBYFLOAT count.

/** A finite number is sign * mantissa * 2^exponent. */
export type LongDouble =
  | { readonly mantissa: bigint; readonly exponent: number; readonly isNegative: boolean }
  | { readonly mantissa: 'infinity'; readonly isNegative: boolean }

const MANTISSA_BITS = 64
/** The exponent of the smallest number above 0. */
const MIN_EXPONENT = -16_445
const MAX_EXPONENT = 16_384 - MANTISSA_BITS
/** Redis refuses longer text. */
const MAX_TEXT = 5 * 1024 - 1
/** A decimal with a larger exponent is infinity or 0, so there is no need to compute its power of ten. */
const MAX_DECIMAL_EXPONENT = 5_000
/** Redis prints with `%.17Lf`. */
const DECIMALS = 17

/**
 * Reads a number as strtold does; undefined if it is none or out of range. `inf` is a number here, `nan` is
 * not.
 */
export function parseLongDouble(text: string): LongDouble | undefined {
  if (text.length > MAX_TEXT) return undefined
  const isNegative = text.startsWith('-')
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return { mantissa: 'infinity', isNegative }
  const ratio = decimalRatio(text) ?? hexRatio(text)
  if (ratio === undefined) return undefined
  const rounded = round(ratio.dividend, ratio.divisor)
  const isUnderflow = rounded?.mantissa === 0n && ratio.dividend !== 0n
  return rounded === undefined || isUnderflow ? undefined : { ...rounded, isNegative }
}

/**
 * Adds two numbers, and writes the sum as Redis does: no exponent, no zeros at the end. Undefined: NaN or
 * infinity.
 */
export function addLongDoubles(a: LongDouble, b: LongDouble): string | undefined {
  if (a.mantissa === 'infinity' || b.mantissa === 'infinity') return undefined
  const exponent = Math.min(a.exponent, b.exponent)
  const [one, other] = [a, b].map(
    ({ mantissa, exponent: own, isNegative }) =>
      (isNegative ? -mantissa : mantissa) << BigInt(own - exponent),
  )
  const sum = (one ?? 0n) + (other ?? 0n)
  const size = sum < 0n ? -sum : sum
  const rounded = exponent < 0 ? round(size, 1n << BigInt(-exponent)) : round(size << BigInt(exponent), 1n)
  return rounded === undefined ? undefined : format(rounded.mantissa, rounded.exponent, sum < 0n)
}

interface Ratio {
  readonly dividend: bigint
  readonly divisor: bigint
}

const DECIMAL = /^[+-]?(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i

/** Reads `12.5e-3`; undefined if it is written in another way, or far out of range. */
function decimalRatio(text: string): Ratio | undefined {
  const found = DECIMAL.exec(text)
  if (found === null) return undefined
  const [, whole = '', fraction = '', exponentText = '0'] = found
  const digits = (whole + fraction).replace(/^0+/, '')
  if (whole + fraction === '') return undefined
  if (digits === '') return { dividend: 0n, divisor: 1n }
  const exponent = Number(exponentText) - fraction.length
  if (Math.abs(exponent + digits.length) > MAX_DECIMAL_EXPONENT) return undefined
  return exponent < 0
    ? { dividend: BigInt(digits), divisor: 10n ** BigInt(-exponent) }
    : { dividend: BigInt(digits) * 10n ** BigInt(exponent), divisor: 1n }
}

const HEX = /^[+-]?0x([\da-f]*)(?:\.([\da-f]*))?(?:p([+-]?\d+))?$/i

/** Reads `0x1.8p3`, which strtold accepts as well. */
function hexRatio(text: string): Ratio | undefined {
  const found = HEX.exec(text)
  if (found === null) return undefined
  const [, whole = '', fraction = '', exponentText = '0'] = found
  if (whole + fraction === '') return undefined
  const dividend = BigInt(`0x${whole}${fraction}`)
  if (dividend === 0n) return { dividend, divisor: 1n }
  const exponent = Number(exponentText) - 4 * fraction.length
  if (Math.abs(exponent) > 10 * MAX_DECIMAL_EXPONENT) return undefined
  return exponent < 0
    ? { dividend, divisor: 1n << BigInt(-exponent) }
    : { dividend: dividend << BigInt(exponent), divisor: 1n }
}

/** Rounds to the nearest long double, halves to the even one. Undefined: infinity. */
function round(
  dividend: bigint,
  divisor: bigint,
): { readonly mantissa: bigint; readonly exponent: number } | undefined {
  if (dividend === 0n) return { mantissa: 0n, exponent: 0 }
  let exponent = Math.max(MIN_EXPONENT, bits(dividend) - bits(divisor) - MANTISSA_BITS)
  let mantissa = divided(dividend, divisor, exponent)
  // The estimate may be one bit short, and rounding up may add another one.
  while (bits(mantissa) > MANTISSA_BITS) mantissa = divided(dividend, divisor, ++exponent)
  return exponent > MAX_EXPONENT ? undefined : { mantissa, exponent }
}

/** dividend / divisor / 2^exponent, rounded to the nearest integer, halves to the even one. */
function divided(dividend: bigint, divisor: bigint, exponent: number): bigint {
  const above = exponent < 0 ? dividend << BigInt(-exponent) : dividend
  const below = exponent < 0 ? divisor : divisor << BigInt(exponent)
  const quotient = above / below
  const twiceRest = (above % below) * 2n
  return twiceRest > below || (twiceRest === below && quotient % 2n === 1n) ? quotient + 1n : quotient
}

function bits(value: bigint): number {
  const hex = value.toString(16)
  return hex.length * 4 - Math.clz32(Number.parseInt(hex[0] ?? '0', 16)) + 28
}

function format(mantissa: bigint, exponent: number, isNegative: boolean): string {
  const scaled = mantissa * 10n ** BigInt(DECIMALS)
  const units = exponent < 0 ? divided(scaled, 1n, -exponent) : scaled << BigInt(exponent)
  if (units === 0n) return '0'
  const digits = units.toString().padStart(DECIMALS + 1, '0')
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '')
  const whole = digits.slice(0, -DECIMALS)
  return `${isNegative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}
