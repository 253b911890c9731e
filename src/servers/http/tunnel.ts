// A tunnel through a proxy. undici's own retries a proxy that hangs up without end and without a pause.
import { type ClientRequest, request as overPlain, type RequestOptions } from 'node:http'
import { request as overTls } from 'node:https'
import type { Socket } from 'node:net'
import type { HttpProxy } from './proxy.js'

export interface TunnelInput {
  readonly proxy: HttpProxy
  /** `github.com:443` */
  readonly to: string
  /** For a proxy that is itself reached by TLS. */
  readonly tls: { readonly rejectUnauthorized: true; readonly ca?: string }
  /** Limit for the connection to the proxy. */
  readonly connectMs: number
  /** Limit for its answer. */
  readonly stallMs: number
}

/** @throws Error with a code of the system or of undici; `Proxy response (407)` where the proxy refuses */
export function openTunnel({ proxy, to, tls, connectMs, stallMs }: TunnelInput): Promise<Socket> {
  const { authorization, origin } = proxy
  const isTls = origin.startsWith('https:')
  const options: RequestOptions = {
    ...(isTls ? tls : {}),
    method: 'CONNECT',
    path: to,
    headers: { host: to, ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }) },
    agent: false,
  }
  const request = (isTls ? overTls : overPlain)(origin, options)
  return new Promise((resolve, reject) => {
    const clock = limit(request, isTls ? 'secureConnect' : 'connect', { connectMs, stallMs })
    request.once('connect', ({ statusCode }, socket: Socket) => {
      clearTimeout(clock.timer)
      if (statusCode === 200) return resolve(socket)
      socket.destroy()
      reject(new Error(`Proxy response (${statusCode})`))
    })
    request.once('error', error => {
      clearTimeout(clock.timer)
      reject(error)
    })
    request.end()
  })
}

/** Ends a request that takes too long to connect, or to be answered. */
function limit(
  request: ClientRequest,
  connected: 'connect' | 'secureConnect',
  { connectMs, stallMs }: Pick<TunnelInput, 'connectMs' | 'stallMs'>,
): { timer: NodeJS.Timeout } {
  const endAfter = (ms: number, code: string) =>
    setTimeout(() => request.destroy(Object.assign(new Error(code), { code })), ms)
  const clock = { timer: endAfter(connectMs, 'UND_ERR_CONNECT_TIMEOUT') }
  request.once('socket', socket =>
    socket.once(connected, () => {
      clearTimeout(clock.timer)
      clock.timer = endAfter(stallMs, 'UND_ERR_HEADERS_TIMEOUT')
    }),
  )
  return clock
}
