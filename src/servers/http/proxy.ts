// Which proxy the environment names for an address, by the rules of curl. HTTP_PROXY counts as well, as it
// does for npm.
import { BlockList, isIP } from 'node:net'
import { SkyflyError } from '../../errors.js'

export interface HttpProxy {
  /** Without user name and password. */
  readonly origin: string
  /** For messages: `proxy.example.com:3128` */
  readonly name: string
  /** The variable that names it. */
  readonly from: string
  /** Value of the header `proxy-authorization`. */
  readonly authorization: string | undefined
}

/** @throws SkyflyError `download` where a variable does not name a proxy */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): HttpProxy | undefined {
  const upper = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const from = [upper.toLowerCase(), upper, 'all_proxy', 'ALL_PROXY'].find(
    name => (env[name] ?? '').trim() !== '',
  )
  const value = from === undefined ? '' : (env[from] ?? '').trim()
  if (from === undefined || value === '' || isExempt(url, env.no_proxy || env.NO_PROXY || ''))
    return undefined
  const proxy = parsed(value)
  if (proxy === undefined || !['http:', 'https:'].includes(proxy.protocol)) {
    // The value is not shown, since there may be a password in it.
    throw new SkyflyError('download', `${from} does not name a proxy that skyfly can use`, {
      hint: `set ${from} to http://HOST:PORT`,
    })
  }
  const { origin, host, username, password } = proxy
  return { origin, name: host, from, authorization: basicAuthorization({ username, password }) }
}

/** The user name and password of an address as a header value. */
export function basicAuthorization({
  username,
  password,
}: {
  username: string
  password: string
}): string | undefined {
  if (username === '' && password === '') return undefined
  const plain = `${decoded(username)}:${decoded(password)}`
  return `Basic ${Buffer.from(plain).toString('base64')}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A percent sign that stands for itself and escapes nothing.
    return text
  }
}

function parsed(value: string): URL | undefined {
  const address = value.includes('://') ? value : `http://${value}`
  return URL.canParse(address) ? new URL(address) : undefined
}

function isExempt(url: URL, noProxy: string): boolean {
  const host = bare(url.hostname)
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return noProxy
    .toLowerCase()
    .split(/[,\s]+/)
    .filter(entry => entry !== '')
    .some(entry => {
      const [, name = entry, onlyPort] = /^(.+?):(\d+)$/.exec(isIP(entry) === 6 ? '' : entry) ?? []
      if (onlyPort !== undefined && onlyPort !== port) return false
      return name === '*' || isWithin(host, bare(name))
    })
}

function isWithin(host: string, name: string): boolean {
  const [network = '', prefix] = name.split('/')
  if (prefix !== undefined) return isInSubnet(host, network, Number(prefix))
  const domain = name.replace(/^\*?\./, '')
  return host === domain || host.endsWith(`.${domain}`)
}

function isInSubnet(host: string, network: string, prefix: number): boolean {
  const family = isIP(network)
  if (family === 0 || isIP(host) !== family || !(prefix >= 0 && prefix <= (family === 4 ? 32 : 128)))
    return false
  const type = family === 4 ? 'ipv4' : 'ipv6'
  const subnet = new BlockList()
  subnet.addSubnet(network, prefix, type)
  return subnet.check(host, type)
}

/** IPv6 without its brackets. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}
