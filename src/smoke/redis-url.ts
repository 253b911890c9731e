// What a redis:// URL says, and how it is shown without its password.
import { SkyflyError } from '../errors.js'

/** What a redis:// or rediss:// URL says. */
export interface RedisUrl {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly username: string | undefined
  readonly password: string | undefined
  readonly db: number
  /** `HOST:PORT`, an IPv6 address in brackets. */
  readonly address: string
  /** The URL with the password masked and its options left out: the only form that is ever shown. */
  readonly shownUrl: string
}

/** Reads a URL; its `?options` belong to client libraries and are ignored. Throws SkyflyError `usage`. */
export function parseRedisUrl(url: string): RedisUrl {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const scheme = parsed?.protocol
  if (
    parsed === undefined ||
    (scheme !== 'redis:' && scheme !== 'rediss:') ||
    parsed.hostname === '' ||
    // An @ after the host means that a / ? or # in the password has cut it in two, and half of it was taken
    // for the host.
    `${parsed.pathname}${parsed.search}${parsed.hash}`.includes('@')
  )
    throw badUrl(
      url,
      'is not of the form redis://HOST:PORT or rediss://HOST:PORT',
      url.includes('@') ? 'in a password, write % / ? # @ as %25 %2F %3F %23 %40' : undefined,
    )
  if (!/^\/?\d{0,5}$/.test(parsed.pathname)) throw badUrl(url, 'has a database that is not a number')
  if (parsed.port === '0') throw badUrl(url, 'has port 0')
  const [username, password] = [decoded(url, parsed.username), decoded(url, parsed.password)]
  const port = Number(parsed.port || 6379)
  const db = Number(parsed.pathname.slice(1))
  const address = `${parsed.hostname}:${port}`
  const login = `${parsed.username}${password === undefined ? '' : ':***'}`
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port,
    tls: scheme === 'rediss:',
    username,
    password,
    db,
    address,
    shownUrl: `${scheme}//${login === '' ? '' : `${login}@`}${address}${db === 0 ? '' : `/${db}`}`,
  }
}

function badUrl(
  url: string,
  problem: string,
  hint = 'for example --url redis://127.0.0.1:6379',
): SkyflyError {
  return new SkyflyError('usage', `the URL ${masked(url)} ${problem}`, { hint })
}

// For a URL that cannot be parsed: hides everything before the last @, and everything after a ?.
function masked(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1***@').replace(/[?#].*$/s, '')
}

function decoded(url: string, part: string): string | undefined {
  if (part === '') return undefined
  try {
    return decodeURIComponent(part)
  } catch {
    throw badUrl(url, 'has a % that is no percent-encoding', 'write % as %25 in the password')
  }
}
