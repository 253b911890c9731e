// The lines of the log, in the format of Redis: `5820:M 20 Nov 2026 08:31:31.190 * text`.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** From the most talkative to the most silent. */
const LEVELS = { debug: '.', info: '*', warn: '#', error: '#' } as const satisfies Record<LogLevel, string>
const ORDER = Object.keys(LEVELS)

export function isLogLevel(text: string): text is LogLevel {
  return ORDER.includes(text)
}

/** Whether a line of this level is written. */
export function isLogged(level: LogLevel, lowest: LogLevel): boolean {
  return ORDER.indexOf(level) >= ORDER.indexOf(lowest)
}

/** One line, including the line break. */
export function logLine(level: LogLevel, text: string, now = new Date()): string {
  const day = `${pad(now.getDate())} ${MONTHS[now.getMonth()]} ${now.getFullYear()}`
  const time = `${pad(now.getHours())}:${pad(now.getMinutes())}:${pad(now.getSeconds())}`
  const ms = String(now.getMilliseconds()).padStart(3, '0')
  return `${process.pid}:M ${day} ${time}.${ms} ${LEVELS[level]} ${text.replace(/[\r\n]+/g, ' ')}\n`
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const pad = (value: number): string => String(value).padStart(2, '0')
