// HTTP as skyfly speaks it: proxies, redirects, certificates and timeouts. The only importer of undici, which
// takes 50 ms to load.
import { Agent, buildConnector, type Dispatcher } from 'undici'
import { trace } from '../../system/trace.js'
import { HttpError, redacted } from './http-failures.js'
import { explainNetwork, type Where } from './network-failures.js'
import { basicAuthorization, type HttpProxy, proxyFor } from './proxy.js'
import { openTunnel } from './tunnel.js'

export interface HttpPolicy {
  /** Limit for the connection, TLS included. */
  readonly connectMs: number
  /** Limit for the time without a byte of an answer. */
  readonly stallMs: number
  /** Certificates in PEM of the authorities to trust instead of Node's. */
  readonly ca?: string | undefined
}

export interface HttpInput {
  /** Environment with the proxies. */
  readonly env: NodeJS.ProcessEnv
  readonly policy: HttpPolicy
  /**
   * Allows plain http to any host and not only to this machine: somebody named such an address on purpose.
   */
  readonly insecureAllowed: boolean
}

export interface GetOptions {
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly signal?: AbortSignal | undefined
  /** A redirect to such an address is returned, not followed. */
  readonly stopAt?: ((url: URL) => boolean) | undefined
}

export interface HttpResponse {
  readonly status: number
  /** The address of this response, after redirects. There may be a secret in it: show it `redacted`. */
  readonly url: URL
  header(name: string): string | undefined
  /** Must be read or discarded. Its errors are explained. */
  readonly body: AsyncIterable<Buffer>
  discard(): void
}

export interface Http {
  /** @throws HttpError where there is no answer, or none that may be followed */
  get(url: string, options?: GetOptions): Promise<HttpResponse>
  /** Closes every connection at once. */
  destroy(): Promise<void>
}

export function openHttp({ env, policy, insecureAllowed }: HttpInput): Http {
  /** Agents for tunnels, by the variable that names the proxy. */
  const dispatchers = new Map<string | undefined, Dispatcher>()

  async function ask(url: URL, { headers, signal }: GetOptions): Promise<HttpResponse> {
    const proxy = proxyFor(url, env)
    const where = { url, proxy, ...policy }
    // Many proxies refuse tunnels to ports other than 443, so plain http is requested from the proxy itself.
    const asked = proxy !== undefined && url.protocol === 'http:' ? proxy : undefined
    const tunnel = asked === undefined ? proxy : undefined
    const dispatcher = dispatchers.get(tunnel?.from) ?? openDispatcher(tunnel, policy)
    dispatchers.set(tunnel?.from, dispatcher)
    try {
      const answer = await dispatcher.request({
        ...(asked === undefined ? direct(url) : byProxy(url, asked)),
        method: 'GET',
        headers: {
          'user-agent': 'skyfly',
          'accept-encoding': 'identity',
          ...headers,
          ...(asked === undefined ? {} : proxyHeaders(url, asked)),
        },
        signal: signal ?? null,
        headersTimeout: policy.stallMs,
        bodyTimeout: policy.stallMs,
        highWaterMark: NO_PAUSE_BYTES,
      })
      trace(
        'download',
        () =>
          `GET ${redacted(url)}${asked === undefined ? '' : ` by the proxy ${redacted(asked.origin)}`}: ${answer.statusCode}`,
      )
      // For plain http this comes from the proxy, as it would for a tunnel.
      if (asked !== undefined && answer.statusCode === 407) throw new Error('Proxy response (407)')
      return responseOf(answer, where)
    } catch (error) {
      trace('download', () => `GET ${redacted(url)} failed: ${error}`)
      throw explained(error, where, signal)
    }
  }

  return {
    async get(start, { headers = {}, signal, stopAt = () => false } = {}) {
      let url = parsed(start)
      if (!isAllowed(url, insecureAllowed)) throw notSecure(url)
      let { authorization = basicAuthorization(url), ...others } = headers
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
        const response = await ask(url, {
          headers: authorization === undefined ? others : { ...others, authorization },
          signal,
        })
        const next = redirectOf(response)
        if (next === undefined || stopAt(next)) return response
        response.discard()
        if (!isAllowed(next, insecureAllowed && url.protocol === 'http:')) throw notSecure(next, url)
        authorization = basicAuthorization(next) ?? (next.origin === url.origin ? authorization : undefined)
        url = next
      }
      throw new HttpError(`${redacted(start)} is redirected without end`, {
        hint: 'open the address in a browser to see where it leads, or name a mirror with SKYFLY_MIRROR',
      })
    },
    async destroy() {
      await Promise.all([...dispatchers.values()].map(dispatcher => dispatcher.destroy()))
    },
  }
}

/**
 * More than any answer may have, so that undici never pauses its parser: one that is paused when a server without keep-alive
 * (python3 -m http.server, HTTP/1.0) closes the connection dies of an assertion that nobody can catch. What is waiting for the
 * disk is in memory meanwhile.
 */
const NO_PAUSE_BYTES = 1024 ** 3

const MAX_REDIRECTS = 10
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308]

function direct({ origin, pathname, search }: URL) {
  return { origin, path: pathname + search }
}

function byProxy({ origin, pathname, search }: URL, proxy: HttpProxy) {
  return { origin: proxy.origin, path: origin + pathname + search }
}

function proxyHeaders({ host }: URL, { authorization }: HttpProxy): Record<string, string> {
  return { host, ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }) }
}

function openDispatcher(tunnel: HttpProxy | undefined, { connectMs, stallMs, ca }: HttpPolicy): Dispatcher {
  // Explicit, since NODE_TLS_REJECT_UNAUTHORIZED=0 would switch it off.
  const tls = { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) } as const
  // keepAlive: a probe of an idle connection, which Wine cannot set up before it is there; a download is
  // never idle.
  const connect = buildConnector({ ...tls, timeout: connectMs, keepAlive: false })
  if (tunnel === undefined) return new Agent({ connect })
  return new Agent({
    connect: (options, callback) => {
      const to = `${options.hostname}:${options.port || 443}`
      openTunnel({ proxy: tunnel, to, tls, connectMs, stallMs }).then(
        httpSocket => connect({ ...options, httpSocket }, callback),
        error => callback(error, null),
      )
    },
  })
}

function responseOf({ statusCode, headers, body }: Dispatcher.ResponseData, where: Where): HttpResponse {
  async function* read(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of body) yield chunk
    } catch (error) {
      throw explained(error, where)
    }
  }
  return {
    status: statusCode,
    url: where.url,
    header: name => [headers[name]].flat()[0],
    body: { [Symbol.asyncIterator]: read },
    discard: () => {
      // A body that is cut off ends in an error that nobody needs.
      body.on('error', () => {}).destroy()
    },
  }
}

function explained(error: unknown, where: Where, signal?: AbortSignal): unknown {
  return (signal?.aborted ? undefined : explainNetwork(error, where)) ?? error
}

function redirectOf({ status, url, header }: HttpResponse): URL | undefined {
  const location = header('location')
  if (location === undefined || !REDIRECTS.includes(status)) return undefined
  return parsed(location, url)
}

function parsed(address: string, base?: URL): URL {
  if (URL.canParse(address, base?.href)) return new URL(address, base)
  const by = base === undefined ? '' : ` to which ${base.host} redirects`
  throw new HttpError(`${redacted(address)}${by} is no address of a file`, {
    hint: 'correct SKYFLY_MIRROR if it is set; an address begins with https://',
  })
}

function isAllowed({ protocol, hostname }: URL, insecureAllowed: boolean): boolean {
  return protocol === 'https:' || (protocol === 'http:' && (insecureAllowed || LOOPBACK.test(hostname)))
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

function notSecure(url: URL, from?: URL): HttpError {
  const by = from === undefined ? '' : `, to which ${from.host} redirects,`
  const why =
    url.protocol === 'http:' ? 'is plain http, which anybody on the way can change' : 'is not for https'
  return new HttpError(`${redacted(url)}${by} ${why}`, { hint: 'use an address that begins with https://' })
}
