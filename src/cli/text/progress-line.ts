// How far a download is, as one line: pure.
import { formatBytes, formatDuration } from '../../config/units.js'

export interface Progress {
  /** `dragonfly 1.40.1` */
  readonly what: string
  readonly receivedBytes: number
  /** Undefined if the server does not say. */
  readonly totalBytes: number | undefined
  /** Over the last seconds; undefined: too early to tell. */
  readonly bytesPerSecond: number | undefined
}

/**
 * For a terminal: with a bar, without one, or cut short. Never as wide as the terminal, since some wrap a
 * line that just fits.
 */
export function renderProgressLine(progress: Progress, columns: number): string {
  const room = Math.max(0, columns - 1)
  const { what } = progress
  const { percent, amount, rate, left } = parts(progress, '/')
  const withBar = join([what, join([bar(progress, room), percent], ' '), amount, rate, left], '  ')
  const withoutBar = join([what, percent, amount, rate, left], '  ')
  const short = join([percent ?? amount, what], '  ')
  return [withBar, withoutBar].find(line => line.length <= room) ?? short.slice(0, room)
}

/** For a file: `dragonfly 1.40.1: 45 %, 12.3 of 27.1 MB, 5.2 MB/s, 3 s left` */
export function renderProgressText(progress: Progress): string {
  const { percent, amount, rate, left } = parts(progress, ' of ')
  return `${progress.what}: ${join([percent, amount, rate, left], ', ')}`
}

type Part = string | undefined

function parts({ receivedBytes, totalBytes, bytesPerSecond }: Progress, of: string): Record<string, Part> {
  const rate = bytesPerSecond === undefined ? undefined : `${formatBytes(Math.round(bytesPerSecond))}/s`
  if (totalBytes === undefined || totalBytes === 0) return { amount: `${megabytes(receivedBytes)} MB`, rate }
  const seconds = Math.ceil(Math.max(0, totalBytes - receivedBytes) / (bytesPerSecond ?? 0))
  return {
    percent: `${Math.floor(fraction(receivedBytes, totalBytes) * 100)} %`,
    amount: `${megabytes(receivedBytes)}${of}${megabytes(totalBytes)} MB`,
    rate,
    // There is no telling for a transfer that has all but stopped.
    left: seconds < MAX_SECONDS ? `${inWholeSeconds(seconds)} left` : undefined,
  }
}

const MAX_SECONDS = 86_400
const MIN_BAR = 8
const MAX_BAR = 30
/** The most that everything beside the bar can take, so that the bar keeps its width while it fills. */
const BESIDE_BAR = '  [] 100 %    1023.9 KB/s  59 min 59 s left'.length

/** Undefined if there is no room for it, or if the total is unknown. */
function bar({ what, receivedBytes, totalBytes }: Progress, room: number): Part {
  if (totalBytes === undefined || totalBytes === 0) return undefined
  const total = megabytes(totalBytes)
  const width = Math.min(MAX_BAR, room - what.length - BESIDE_BAR - `${total}/${total} MB`.length)
  if (width < MIN_BAR) return undefined
  const done = Math.floor(fraction(receivedBytes, totalBytes) * width)
  const filled = done === width ? '='.repeat(width) : `${'='.repeat(done)}>`
  return `[${filled.padEnd(width)}]`
}

function fraction(receivedBytes: number, totalBytes: number): number {
  return Math.min(1, receivedBytes / totalBytes)
}

function megabytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(1)
}

function inWholeSeconds(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1_000)
}

function join(words: readonly Part[], between: string): string {
  return words.filter(word => word !== undefined && word !== '').join(between)
}
