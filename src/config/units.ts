// How people write and read lengths of time and amounts of memory.

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  min: 60_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/**
 * Reads a length of time: `500ms`, `1.5s`, `2m`, `1h30m`, `7d`; a bare number is seconds.
 *
 * @returns Whole milliseconds, or undefined for anything else.
 */
export function parseDuration(text: string): number | undefined {
  const written = text.trim().toLowerCase()
  if (/^\d+(?:\.\d+)?$/.test(written)) return whole(Number(written) * 1_000)
  if (!/^(?:\d+(?:\.\d+)?\s*(?:ms|s|min|m|h|d)\s*)+$/.test(written)) return undefined
  const parts = written.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)/g)
  return whole(
    [...parts].reduce((ms, [, count, unit = '']) => ms + Number(count) * (MS_PER_UNIT[unit] ?? 0), 0),
  )
}

/**
 * Reads an amount of memory: `100`, `512k`, `64KiB`, `10mb`, `1.5gb`. As with Redis, case does not matter;
 * every unit is a power of 1024.
 *
 * @returns Whole bytes, or undefined for anything else.
 */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(?:([kmgt])(?:i?b)?|b)?$/.exec(text.trim().toLowerCase())
  if (!match) return undefined
  const [, count, prefix = ''] = match
  return whole(Number(count) * 1024 ** ' kmgt'.indexOf(prefix || ' '))
}

/** The shortest text that is read as exactly this time: `90s`, `2m`. */
export function writeDuration(ms: number): string {
  const [unit = 'ms', size = 1] =
    [...Object.entries(MS_PER_UNIT)].reverse().find(([, size]) => ms % size === 0) ?? []
  return `${ms / size}${unit}`
}

/** The shortest text that is read as exactly so many bytes: `1gb`, `1536kb`. */
export function writeBytes(bytes: number): string {
  const power = [3, 2, 1].find(power => bytes % 1024 ** power === 0) ?? 0
  return `${bytes / 1024 ** power}${['', 'kb', 'mb', 'gb'][power]}`
}

/**
 * A length of time for people, in at most two units: `212 ms`, `1.4 s`, `2 min 5 s`, `3 h 2 min`, `4 d 1 h`.
 */
export function formatDuration(ms: number): string {
  if (Math.round(ms) < 1_000) return `${Math.round(ms)} ms`
  if (Math.round(ms / 100) < 600) return `${oneDecimal(ms / 1_000)} s`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 3_600) return inTwo(seconds, 60, 'min', 's')
  const minutes = Math.round(ms / 60_000)
  if (minutes < 1_440) return inTwo(minutes, 60, 'h', 'min')
  return inTwo(Math.round(ms / 3_600_000), 24, 'd', 'h')
}

/** An amount of memory for people: `88 bytes`, `1.2 MB`; every unit is 1024 of the one before. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_024) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`
  const units = ['KB', 'MB', 'GB', 'TB']
  let amount = bytes / 1_024
  // Rounded first: 1023.99 KB reads "1 MB", not "1024 KB".
  while (units.length > 1 && Math.round(amount * 10) >= 10_240) {
    amount /= 1_024
    units.shift()
  }
  return `${oneDecimal(amount)} ${units[0]}`
}

/** Undefined for numbers too large to be exact. */
function whole(amount: number): number | undefined {
  const rounded = Math.round(amount)
  return Number.isSafeInteger(rounded) ? rounded : undefined
}

function oneDecimal(amount: number): string {
  return amount.toFixed(1).replace(/\.0$/, '')
}

function inTwo(small: number, perLarge: number, large: string, rest: string): string {
  const left = small % perLarge
  return `${Math.floor(small / perLarge)} ${large}${left === 0 ? '' : ` ${left} ${rest}`}`
}
