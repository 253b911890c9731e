// What the values of each kind of setting look like, whether typed, exported or written in skyfly.json.
import { isIP } from 'node:net'
import { basename, join, resolve } from 'node:path'
import { parseBytes, parseDuration, writeBytes, writeDuration } from './units.js'

/** What paths are resolved against: where relative ones start, and what `~` stands for, if anything. */
export interface PathOrigin {
  readonly folder: string
  readonly home: string
}

/** One kind of value. */
export interface Kind<T> {
  /** What is allowed, in words that follow "give". */
  readonly allowed: string
  /** Reads text or a value from skyfly.json; undefined if it is not allowed. */
  readonly read: (value: unknown, place: PathOrigin) => T | undefined
  /** Text that is read as exactly this value. @default String */
  write?(value: T): string
  /**
   * Unit of the resolved number. A program gives its numbers in it, where a bare number in text is seconds.
   */
  readonly unit?: 'ms'
}

// A longer timer overflows in Node and fires at once.
const MAX_TIMER_MS = 24 * 86_400_000

export const instanceName: Kind<string> = {
  allowed: 'up to 64 letters, digits, - and _, not a device name of Windows',
  read: textOnly(text => (isInstanceName(text) ? text : undefined)),
}

/** Whether this may be the name of an instance, and so of its files on every system. */
export function isInstanceName(text: string): boolean {
  return /^[a-z\d][\w-]{0,63}$/i.test(text) && !/^(?:con|prn|aux|nul|(?:com|lpt)\d)$/i.test(text)
}

export const portNumber: Kind<number | 'auto'> = {
  allowed: 'a number from 1 to 65535, or auto',
  read: textOrNumber(text => {
    if (/^auto$/i.test(text) || text === '0') return 'auto'
    return integerIn(text, 1, 65_535)
  }),
}

export const hostName: Kind<string> = {
  allowed: 'an IPv4 or IPv6 address, or a host name',
  read: textOnly(text => {
    if (/^localhost$/i.test(text)) return '127.0.0.1'
    const address = text.replace(/^\[(.*)\]$/, '$1')
    if (isIP(address) !== 0) return address
    const labels = text.split('.')
    const plausible = text.length <= 253 && labels.every(label => /^(?!-)[\w-]{1,63}(?<!-)$/.test(label))
    // A last label of digits alone is a mistyped address, such as 127.0.0.256.
    return plausible && !/^\d+$/.test(labels.at(-1) ?? '') ? text : undefined
  }),
}

export const folder: Kind<string> = {
  allowed: 'the path of a folder',
  read: textOnly((text, place) => (isPath(text) ? absolute(text, place) : undefined)),
}

/** A bare name is left for a search on PATH; anything else is a path. */
export const program: Kind<string> = {
  allowed: 'the path of a program, or a name to look for on PATH',
  read: textOnly((text, place) => {
    if (!isPath(text)) return undefined
    return text === basename(text) && text !== '~' ? text : absolute(text, place)
  }),
}

/** A plain version number, with a suffix for a pre-release. It becomes part of a folder's name. */
export const VERSION_PATTERN = /^\d+(?:\.\d+)+(?:-[a-z\d]+(?:\.[a-z\d]+)*)?$/i

export const version: Kind<string> = {
  allowed: 'a version such as 1.40.1, or latest',
  read: textOrNumber(text => {
    if (/^latest$/i.test(text)) return 'latest'
    const plain = text.replace(/^v/i, '')
    return VERSION_PATTERN.test(plain) ? plain : undefined
  }),
}

/**
 * An http or https address with placeholders of these names, {asset} among them unless it ends as an archive
 * does.
 */
export function urlTemplate(names: readonly string[]): Kind<string> {
  const list = names.map(name => `{${name}}`)
  return {
    allowed: `an http or https URL with {asset} in it, and ${list.filter(name => name !== '{asset}').join(', ')} where needed`,
    read: textOnly(text => {
      const placeholders: readonly string[] = text.match(/\{[^}]*\}/g) ?? []
      const isKnown = placeholders.every(placeholder => list.includes(placeholder))
      const filled = text.replace(/[{}]/g, '')
      if (!isKnown || !/^https?:\/\/./i.test(filled) || !URL.canParse(filled)) return undefined
      return placeholders.includes('{asset}') || /\.(?:tar\.gz|tgz|zip)$/i.test(text) ? text : undefined
    }),
  }
}

/** How long a person is willing to wait. */
export const timeout: Kind<number> = {
  allowed: 'a time above 0 and up to 24d, such as 500ms, 30s or 2m',
  read: textOrNumber(text => within(parseDuration(text), 1, MAX_TIMER_MS)),
  write: writeDuration,
  unit: 'ms',
}

/** The words of a list, in any case. */
export function oneOf<const T extends string>(words: readonly T[]): Kind<T> {
  return {
    allowed: words.join(', ').replace(/, ([^,]*)$/, ' or $1'),
    read: textOnly(text => words.find(word => word === text.toLowerCase())),
  }
}

export function integer(min: number, max: number): Kind<number> {
  return { allowed: `a number from ${min} to ${max}`, read: textOrNumber(text => integerIn(text, min, max)) }
}

/** Memory of at least `minBytes`; `leastText` is how a person writes that. */
export function size(minBytes: number, leastText: string): Kind<number> {
  return {
    allowed: `a size of at least ${leastText}, such as 512mb or 2gb`,
    read: textOrNumber(text => within(parseBytes(text), minBytes, Number.MAX_SAFE_INTEGER)),
    write: writeBytes,
  }
}

export const yesOrNo: Kind<boolean> = {
  allowed: 'true or false',
  read: value => {
    if (typeof value === 'boolean') return value
    if (typeof value !== 'string') return undefined
    if (/^(?:true|yes|on|1)$/i.test(value)) return true
    return /^(?:false|no|off|0)$/i.test(value) ? false : undefined
  },
}

/**
 * Arguments for a program. A single text is never split, since that would need a shell's rules for quotes.
 */
export const argumentList: Kind<readonly string[]> = {
  allowed: 'a list of strings, such as ["--dbnum=4"]',
  read: value => {
    if (!Array.isArray(value)) return undefined
    const valid = value.every(item => typeof item === 'string' && !item.includes('\0'))
    return valid ? Object.freeze([...(value as string[])]) : undefined
  },
}

function textOnly<T>(parse: (text: string, place: PathOrigin) => T | undefined): Kind<T>['read'] {
  return (value, place) => (typeof value === 'string' ? parse(value, place) : undefined)
}

function textOrNumber<T>(parse: (text: string) => T | undefined): Kind<T>['read'] {
  return value => (typeof value === 'string' || typeof value === 'number' ? parse(String(value)) : undefined)
}

function integerIn(text: string, min: number, max: number): number | undefined {
  return /^\d{1,9}$/.test(text) ? within(Number(text), min, max) : undefined
}

function within(amount: number | undefined, min: number, max: number): number | undefined {
  return amount !== undefined && amount >= min && amount <= max ? amount : undefined
}

function isPath(text: string): boolean {
  return text.trim() !== '' && !text.includes('\0')
}

// A shell does not expand the ~ in --dir=~/data, and nobody expands one in a file.
function absolute(path: string, { folder, home }: PathOrigin): string | undefined {
  const isFromHome = /^~(?=$|[/\\])/.test(path)
  if (isFromHome && home === '') return undefined
  const fromHome = isFromHome ? join(home, path.slice(1)) : path
  return resolve(folder, fromHome)
}
