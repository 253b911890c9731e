// Splits a line into words, quoted or not, as redis-cli and people write them.

/** @returns undefined if a quote is missing, or if something follows a closing quote */
export function splitWords(line: string): string[] | undefined {
  const words: string[] = []
  let at = skipBlanks(line, 0)
  while (at < line.length) {
    const found = wordAt(line, at)
    if (found === undefined) return undefined
    words.push(found.word)
    at = skipBlanks(line, found.end)
  }
  return words
}

interface Found {
  readonly word: string
  readonly end: number
}

function skipBlanks(line: string, start: number): number {
  let at = start
  while (at < line.length && BLANKS.includes(line.charAt(at))) at++
  return at
}

/** C's isspace. */
const BLANKS = ' \t\n\v\f\r'
/** What ends a word outside of quotes; a vertical tab and a form feed do not. */
const ENDS = ' \t\n\r'

/** A quote may begin within a word, but the word ends with the closing quote. */
function wordAt(line: string, start: number): Found | undefined {
  let word = ''
  for (let at = start; ; at++) {
    const char = line.charAt(at)
    if (char === '' || ENDS.includes(char)) return { word, end: at }
    if (char === '"' || char === "'") {
      const quoted = char === '"' ? doubleQuoted(line, at + 1) : singleQuoted(line, at + 1)
      if (quoted === undefined) return undefined
      const after = line.charAt(quoted.end)
      return after !== '' && !BLANKS.includes(after) ? undefined : { ...quoted, word: word + quoted.word }
    }
    word += char
  }
}

function doubleQuoted(line: string, start: number): Found | undefined {
  let word = ''
  for (let at = start; at < line.length; at++) {
    const char = line.charAt(at)
    if (char === '"') return { word, end: at + 1 }
    if (char !== '\\' || at + 1 === line.length) {
      word += char
      continue
    }
    const hex = /^x([\da-f]{2})/i.exec(line.slice(at + 1, at + 4))
    if (line.charAt(at + 1) === 'x' && hex !== null) {
      word += String.fromCharCode(Number.parseInt(hex[1] ?? '', 16))
      at += 3
    } else {
      const escaped = line.charAt(++at)
      word += ESCAPES[escaped] ?? escaped
    }
  }
  return undefined
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' }

function singleQuoted(line: string, start: number): Found | undefined {
  let word = ''
  for (let at = start; at < line.length; at++) {
    const char = line.charAt(at)
    if (char === "'") return { word, end: at + 1 }
    if (char === '\\' && line.charAt(at + 1) === "'") at++
    word += line.charAt(at)
  }
  return undefined
}
