// The line that MONITOR shows for a command: when it came, from whom, and its words in quotes.
import type { Client } from '../client.js'
import type { Row } from './command.js'

export function monitorLine({ db, address }: Client, row: Row, args: readonly string[]): string {
  // Redis shows microseconds; Date.now() knows only milliseconds.
  const now = Date.now()
  const seconds = Math.floor(now / 1000)
  const micros = String((now % 1000) * 1000).padStart(6, '0')
  let line = `+${seconds}.${micros} [${db.index} ${address}]`
  for (const [index, arg] of args.entries()) {
    if (line.length > MAX_LINE_BYTES) return `${line} ...\r\n`
    line += ` ${quoted(isSecret(row, args, index) ? '(redacted)' : arg)}`
  }
  return `${line}\r\n`
}

/** The most of one word that is shown: escaping is slow, and can make a word four times as long. */
const MAX_WORD_BYTES = 4096
const MAX_LINE_BYTES = 1024 * 1024

/** Passwords are not shown. */
function isSecret(row: Row, args: readonly string[], index: number): boolean {
  if (row.name === 'auth') return index > 0
  if (row.name !== 'hello') return false
  const auth = args.findIndex(arg => arg.toLowerCase() === 'auth')
  return auth !== -1 && (index === auth + 1 || index === auth + 2)
}

const NAMED: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\x07': '\\a',
  '\b': '\\b',
}

function quoted(word: string): string {
  const escaped = word.slice(0, MAX_WORD_BYTES).replace(/[\\"]|[^ -~]/g, char => {
    if (char === '\\' || char === '"') return `\\${char}`
    return NAMED[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
  return `"${escaped}"${word.length > MAX_WORD_BYTES ? '...' : ''}`
}
