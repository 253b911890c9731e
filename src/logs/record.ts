// One line of the log: as a record, as JSON, as text for people, and how to read both back.
import type { LogLevel } from '../config/config.js'
import { printable } from '../system/terminal-text.js'

/** One line of the log. `source` is `server` for what the server printed, `skyfly` for what skyfly did. */
export interface LogRecord {
  /** ISO 8601 with milliseconds, UTC: when skyfly received the line. */
  readonly time: string
  readonly level: LogLevel
  readonly source: 'server' | 'skyfly'
  readonly msg: string
  /** Source position in the server's code, where the line tells one. */
  readonly at?: string
}

/** The record as one line of JSON, without the newline. */
export function jsonLine({ time, level, source, msg, at }: LogRecord): string {
  const start = `{"time":"${time}","level":"${level}","source":"${source}","msg":${quoted(msg)}`
  return at === undefined ? `${start}}` : `${start},"at":${quoted(at)}}`
}

/**
 * The record as `[2026-01-21 10:30:00] msg` in local time, without the newline and without what a terminal
 * would obey.
 */
export function textLine({ time, level, msg }: LogRecord, colour = false): string {
  const text = `[${localTime(time)}] ${printable(msg)}`
  const paint = colour ? PAINT[level] : undefined
  return paint === undefined ? text : `${paint}${text}\x1b[0m`
}

/**
 * `2026-01-21 10:30:00` in local time. Remembers its last answer, since all lines of a chunk have the same
 * time and making a Date costs more than all the rest of the line.
 */
export function localTime(iso: string): string {
  if (iso === last.iso) return last.local
  const date = new Date(iso)
  const two = (part: number) => String(part).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  last.iso = iso
  last.local = `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return last.local
}

/** Reads a line of either form; undefined: not a record, such as the first half of one. */
export function parseRecord(line: string): LogRecord | undefined {
  return line.charCodeAt(0) === OPENING_BRACE ? parseJson(line) : parseText(line)
}

const last = { iso: '', local: '' }

const OPENING_BRACE = 0x7b
const PAINT: Readonly<Partial<Record<LogLevel, string>>> = { warn: '\x1b[33m', error: '\x1b[31m' }

const NEEDS_ESCAPE = /[^\x20\x21\x23-\x5b\x5d-\ud7ff\ue000-\uffff]/

const TEXT_LAYOUT = /^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\] (.*)$/s

/** JSON.stringify takes three times as long as this test, which nearly every line passes. */
function quoted(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`
}

/** The text between the time and the message, most frequent first. */
const MIDDLES = (['info', 'warn', 'error', 'debug'] as const).flatMap(level =>
  (['server', 'skyfly'] as const).map(source => {
    return { level, source, text: `","level":"${level}","source":"${source}","msg":"` }
  }),
)
const START = '{"time":"'
const TIME_END = START.length + '2026-01-21T10:30:00.123Z'.length
const AT = '","at":"'
const END = '"}'

/**
 * Reads what jsonLine writes when nothing is escaped: searching a gigabyte is twice as fast as with
 * JSON.parse.
 */
function parseJson(line: string): LogRecord | undefined {
  const middle = MIDDLES.find(({ text }) => line.startsWith(text, TIME_END))
  if (middle === undefined || !line.startsWith(START) || line.includes('\\')) return parseAnyJson(line)
  const { level, source } = middle
  const time = line.slice(START.length, TIME_END)
  const msgStart = TIME_END + middle.text.length
  const msgEnd = line.indexOf('"', msgStart)
  const msg = line.slice(msgStart, msgEnd)
  if (msgEnd === line.length - END.length && line.endsWith(END)) return { time, level, source, msg }
  const atStart = msgEnd + AT.length
  const atEnd = line.indexOf('"', atStart)
  if (!line.startsWith(AT, msgEnd) || atEnd !== line.length - END.length) return parseAnyJson(line)
  return { time, level, source, msg, at: line.slice(atStart, atEnd) }
}

function parseAnyJson(line: string): LogRecord | undefined {
  try {
    return checked(JSON.parse(line) as Fields)
  } catch {
    return undefined // half a line, or a line that is not ours
  }
}

type Fields = { readonly [Name in keyof LogRecord]?: unknown }

function checked({ time, level, source, msg, at }: Fields): LogRecord | undefined {
  const known = MIDDLES.find(middle => middle.level === level && middle.source === source)
  if (typeof time !== 'string' || typeof msg !== 'string' || known === undefined) return undefined
  const record = { time, level: known.level, source: known.source, msg }
  return typeof at === 'string' ? { ...record, at } : record
}

function parseText(line: string): LogRecord | undefined {
  const [, local, msg] = TEXT_LAYOUT.exec(line) ?? []
  if (local === undefined || msg === undefined) return undefined
  const date = new Date(local.replace(' ', 'T'))
  if (Number.isNaN(date.getTime())) return undefined
  return { time: date.toISOString(), level: 'info', source: 'server', msg }
}
