// What failures of networks, proxies and TLS mean: a sentence, the thing to do next, and whether to try
// again.
import { HttpError, type Retry, statusText } from './http-failures.js'
import type { HttpProxy } from './proxy.js'

/** Where it happened. */
export interface Where {
  readonly url: URL
  readonly proxy: HttpProxy | undefined
  readonly connectMs: number
  readonly stallMs: number
}

/** Explains a network error; undefined: it is not one. */
export function explainNetwork(error: unknown, where: Where): HttpError | undefined {
  if (!(error instanceof Error)) return undefined
  const refusal = REFUSED_BY_PROXY.exec(error.message)?.[1]
  if (refusal !== undefined && where.proxy) return explainProxy(Number(refusal), where.url, where.proxy)
  const cause = rootOf(error)
  if (cause === undefined) return undefined
  const family = TLS_CODE.test(cause.code) ? BAD_TLS : cause.code.startsWith('HPE_') ? NOT_HTTP : undefined
  const row = ROWS[cause.code] ?? family
  if (row === undefined) {
    return new HttpError(`the connection to ${where.url.host} failed: ${cause.message || cause.code}`, {
      hint: NETWORK,
      retry: 'always',
      cause: error,
    })
  }
  return new HttpError(row.says(peerOf(row, where), where), {
    // Resolving the host is left to the proxy, so what is not found, or refuses, is the proxy itself.
    hint: row.connecting && where.proxy ? proxyHint(where.proxy) : row.hint,
    retry: row.retry,
    cause: error,
  })
}

function peerOf({ connecting }: Row, { url, proxy }: Where): string {
  if (proxy === undefined) return url.host
  return connecting ? `the proxy ${proxy.name}` : `${url.host} (through the proxy ${proxy.name})`
}

/** Explains what a proxy answered instead of passing the request on. */
function explainProxy(status: number, url: URL, proxy: HttpProxy): HttpError {
  if (status !== 407) {
    const what = `the proxy ${proxy.name} refuses to connect to ${url.host} (${statusText(status)})`
    return new HttpError(what, { hint: proxyHint(proxy), retry: status >= 500 ? 'always' : 'never' })
  }
  return proxy.authorization === undefined
    ? new HttpError(`the proxy ${proxy.name} wants a user name and a password (407)`, {
        hint: `put them into ${proxy.from}, as in http://USER:PASSWORD@HOST:PORT`,
      })
    : new HttpError(
        `the proxy ${proxy.name} does not accept the user name and password of ${proxy.from} (407)`,
        { hint: `correct them in ${proxy.from}; special characters are written as %40` },
      )
}

/** undici shows this in its message only. */
const REFUSED_BY_PROXY = /^Proxy (?:response|Authentication Required) \((\d+)\)/
const TLS_CODE = /^(?:CERT_|ERR_SSL_|ERR_TLS_)|^EPROTO$/

const NETWORK =
  'check the network, HTTPS_PROXY and SKYFLY_MIRROR; or carry the file over: skyfly install --from FILE'
const AUTHORITY =
  'if a proxy of your company looks into TLS, set NODE_EXTRA_CA_CERTS=FILE with the certificate of its authority'

interface Row {
  readonly says: (peer: string, where: Where) => string
  readonly hint: string
  readonly retry: Retry
  /** There was never a connection. */
  readonly connecting?: true
}

const UNREACHABLE: Row = {
  says: peer => `${peer} cannot be reached: there is no way to it from this network`,
  hint: NETWORK,
  retry: 'connect',
  connecting: true,
}
const NO_CONNECTION: Row = {
  says: (peer, { connectMs }) => `${peer} does not take a connection within ${connectMs / 1000} s`,
  hint: NETWORK,
  retry: 'connect',
  connecting: true,
}
const CLOSED: Row = { says: peer => `${peer} closed the connection`, hint: NETWORK, retry: 'always' }
const NOT_HTTP: Row = {
  says: peer => `${peer} does not answer as a web server does`,
  hint: 'check the address, and SKYFLY_MIRROR or the proxy if one is set',
  retry: 'never',
}
const UNKNOWN_ISSUER: Row = {
  says: peer => `${peer} shows a certificate that no known authority has signed`,
  hint: AUTHORITY,
  retry: 'never',
}
const SELF_SIGNED: Row = {
  says: peer => `${peer} shows a certificate that is signed by an unknown authority or by itself`,
  hint: AUTHORITY,
  retry: 'never',
}
const BAD_TLS: Row = {
  says: peer => `${peer} cannot be spoken to securely: TLS fails`,
  hint: 'check that the address is one for https, and that no proxy stands between',
  retry: 'never',
}

const ROWS: Readonly<Record<string, Row>> = {
  ENOTFOUND: {
    says: peer => `${peer} cannot be found: no network, or no DNS`,
    hint: NETWORK,
    retry: 'never',
    connecting: true,
  },
  EAI_AGAIN: {
    says: peer => `${peer} cannot be found: no name server answers`,
    hint: NETWORK,
    retry: 'connect',
    connecting: true,
  },
  ECONNREFUSED: {
    says: peer => `${peer} refuses connections`,
    hint: NETWORK,
    retry: 'connect',
    connecting: true,
  },
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  EADDRNOTAVAIL: UNREACHABLE,
  ETIMEDOUT: NO_CONNECTION,
  UND_ERR_CONNECT_TIMEOUT: NO_CONNECTION,
  ECONNRESET: CLOSED,
  ECONNABORTED: CLOSED,
  EPIPE: CLOSED,
  UND_ERR_SOCKET: CLOSED,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: CLOSED,
  UND_ERR_RES_EXCEEDED_MAX_SIZE: NOT_HTTP,
  UND_ERR_HEADERS_OVERFLOW: NOT_HTTP,
  UND_ERR_HEADERS_TIMEOUT: {
    says: (peer, { stallMs }) => `${peer} does not answer within ${stallMs / 1000} s`,
    hint: NETWORK,
    retry: 'always',
  },
  UND_ERR_BODY_TIMEOUT: {
    says: (peer, { stallMs }) => `${peer} sent nothing more for ${stallMs / 1000} s`,
    hint: NETWORK,
    retry: 'always',
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_ISSUER,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_ISSUER,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_ISSUER,
  SELF_SIGNED_CERT_IN_CHAIN: SELF_SIGNED,
  DEPTH_ZERO_SELF_SIGNED_CERT: SELF_SIGNED,
  CERT_HAS_EXPIRED: {
    says: peer => `${peer} shows a certificate that has expired`,
    hint: 'check the clock of this machine; if it is right, the server is not to be trusted',
    retry: 'never',
  },
  CERT_NOT_YET_VALID: {
    says: peer => `${peer} shows a certificate that is not valid yet`,
    hint: 'check the clock of this machine',
    retry: 'never',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    says: peer => `${peer} shows a certificate for another name`,
    hint: AUTHORITY,
    retry: 'never',
  },
}

function proxyHint({ from }: HttpProxy): string {
  return `check ${from}, or name hosts that need no proxy in NO_PROXY`
}

/** undici and TLS wrap errors: the innermost one with a code says most. */
function rootOf(error: unknown): { code: string; message: string } | undefined {
  if (!(error instanceof Error)) return undefined
  const inner = rootOf(error.cause)
  if (inner !== undefined) return inner
  const { code, message } = error as NodeJS.ErrnoException
  return typeof code === 'string' && !code.startsWith('UND_ERR_INVALID') ? { code, message } : undefined
}
