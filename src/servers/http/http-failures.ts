// What it means when a server does not send the file: a sentence, the thing to do next, and whether to try
// again.
import { STATUS_CODES } from 'node:http'
import { SkyflyError } from '../../errors.js'

/** Whether another attempt may help; `connect`: there was no connection, which may take long to retry. */
export type Retry = 'never' | 'connect' | 'always'

/** An error of a transfer. */
export class HttpError extends SkyflyError {
  readonly retry: Retry
  /** How long the server asks to wait. */
  readonly retryAfterMs: number | undefined

  constructor(
    message: string,
    options: { hint: string; retry?: Retry; retryAfterMs?: number | undefined; cause?: unknown },
  ) {
    super('download', message, { hint: options.hint, cause: options.cause })
    this.retry = options.retry ?? 'never'
    this.retryAfterMs = options.retryAfterMs
  }
}

/** An address without its user name, password and query, which may be secret. */
export function redacted(url: URL | string): string {
  const text = String(url)
  if (!URL.canParse(text)) return text.replace(/\/\/.*@/s, '//').replace(/[?#].*$/s, '')
  const shown = new URL(text)
  Object.assign(shown, { username: '', password: '', search: '', hash: '' })
  return shown.href
}

/** Explains a response that is not the file. `said`: the beginning of its body. */
export function explainStatus(
  status: number,
  url: URL,
  { said = '', retryAfterMs }: { said?: string; retryAfterMs?: number | undefined } = {},
): HttpError {
  const line = firstLine(said)
  const what = `${url.host} answers ${statusText(status)}${line === '' ? '' : `: ${line}`}`
  if (status === 404 || status === 410) {
    return new HttpError(`there is no such file at ${redacted(url)}`, {
      hint: 'check the version, and SKYFLY_MIRROR if it is set',
    })
  }
  if (status === 429 || RATE_LIMIT.test(line)) {
    const retry = status === 429 ? 'always' : 'never'
    return new HttpError(what, {
      hint: `wait ${duration(retryAfterMs)}, or name a mirror with SKYFLY_MIRROR`,
      retry,
      retryAfterMs,
    })
  }
  if (status === 401 || status === 403) {
    return new HttpError(what, {
      hint: 'check the address and the user name and password in it, or name a mirror with SKYFLY_MIRROR',
    })
  }
  const retry = status === 408 || status >= 500 ? 'always' : 'never'
  return new HttpError(what, {
    hint: `try again ${retryAfterMs === undefined ? 'later' : `in ${duration(retryAfterMs)}`}, or name a mirror with SKYFLY_MIRROR`,
    retry,
    retryAfterMs,
  })
}

const RATE_LIMIT = /rate limit|too many requests/i

function duration(ms: number | undefined): string {
  if (ms === undefined) return 'some minutes'
  return ms <= 120_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`
}

/** `404 Not Found` */
export function statusText(status: number): string {
  const name = STATUS_CODES[status]
  return name === undefined ? String(status) : `${status} ${name}`
}

/** What a body says to people: the `message` of JSON, or the first line of text; nothing of a web page. */
function firstLine(body: string): string {
  const text = /"message"\s*:\s*"([^"]*)"/.exec(body)?.[1] ?? body
  if (text.trimStart().startsWith('<')) return ''
  const line = text.trim().split(/[\r\n]/, 1)[0] ?? ''
  // No stranger sends control sequences to the user's terminal.
  return line.replace(/\p{C}/gu, '').slice(0, 200)
}
