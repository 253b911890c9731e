// Downloading one file over HTTP: hashed while it comes, retried, and resumed where the connection broke.
import { rm } from 'node:fs/promises'
import { DownloadFile, HEAD_BYTES } from './download-file.js'
import { type Http, type HttpPolicy, type HttpResponse, openHttp } from './http.js'
import { refusalOf } from './http-body.js'
import { HttpError, redacted } from './http-failures.js'
import { RETRY_POLICY, type RetryPolicy, retrying } from './retry.js'

export interface DownloadPolicy extends HttpPolicy, RetryPolicy {
  /** Limit for the file. @default 1 GiB */
  readonly maxBytes: number
}

export interface DownloadInput {
  readonly url: string
  /** Made by the download, and removed when that fails. Its folder has to exist. */
  readonly file: string
  /** Environment with the proxies. */
  readonly env: NodeJS.ProcessEnv
  /** Allows plain http to any host: the user named this address. */
  readonly insecureAllowed: boolean
  readonly signal?: AbortSignal | undefined
  readonly policy?: Partial<DownloadPolicy> | undefined
  /** Called for every chunk; `host` is that of `url`. */
  readonly onProgress?:
    | ((receivedBytes: number, totalBytes: number | undefined, host: string) => void)
    | undefined
  readonly onRetry?: ((reason: string, inMs: number) => void) | undefined
}

export interface Downloaded {
  /** Hex. */
  readonly sha256: string
  readonly bytes: number
  /** The address that the file came from in the end, redacted. */
  readonly url: string
  /** The first bytes of the file, at most 512. */
  readonly head: Buffer
}

export const DOWNLOAD_POLICY: DownloadPolicy = {
  ...RETRY_POLICY,
  connectMs: 10_000,
  stallMs: 30_000,
  maxBytes: 1024 ** 3,
}

/** @throws SkyflyError `download`; the signal's reason when it is aborted */
export async function download(input: DownloadInput): Promise<Downloaded> {
  const { file, env, insecureAllowed, signal, onRetry } = input
  const policy = { ...DOWNLOAD_POLICY, ...input.policy }
  const received = await DownloadFile.create(file)
  const http = openHttp({ env, policy, insecureAllowed })
  const transfer = new Transfer(http, received, input, policy.maxBytes)
  let done = false
  try {
    const url = await retrying({
      policy,
      attempt: () => transfer.attempt(),
      progress: () => received.furthest,
      signal,
      onRetry,
    })
    done = true
    return { sha256: received.sha256(), bytes: received.bytes, url, head: received.head }
  } finally {
    await http.destroy()
    await received.close()
    if (!done) await rm(file, { force: true })
  }
}

/** One file, in as many attempts as it takes. */
class Transfer {
  /**
   * Tells whether the file is still the same as at the beginning; undefined: the server sends no such thing,
   * and it cannot be resumed.
   */
  #validator: string | undefined
  #totalBytes: number | undefined
  readonly #host: string

  constructor(
    private readonly http: Http,
    private readonly received: DownloadFile,
    private readonly input: DownloadInput,
    private readonly maxBytes: number,
  ) {
    this.#host = hostOf(input.url)
  }

  /** The address that answered. */
  async attempt(): Promise<string> {
    const { http, received, input } = this
    const resumes = received.bytes > 0 && this.#validator !== undefined
    const headers = resumes ? { range: `bytes=${received.bytes}-`, 'if-range': this.#validator ?? '' } : {}
    // Each attempt asks the first address again: what it redirects to may expire.
    const response = await http.get(input.url, { headers, signal: input.signal })
    if (response.status === 200) await this.#begin(response)
    else if (!resumes || !this.#continues(response)) await this.#refuse(response)
    await this.#read(response)
    return redacted(response.url)
  }

  async #begin(response: HttpResponse): Promise<void> {
    await this.received.startOver()
    if (/^(?:text\/html|application\/xhtml)/i.test(response.header('content-type') ?? '')) {
      response.discard()
      throw webPage(response.url)
    }
    this.#validator = validatorOf(response)
    const length = response.header('content-length')
    this.#totalBytes = length === undefined ? undefined : Number(length)
    if ((this.#totalBytes ?? 0) > this.maxBytes) {
      response.discard()
      throw tooLarge(response.url, this.maxBytes)
    }
  }

  /** Whether this is the rest of the bytes that are there. */
  #continues(response: HttpResponse): boolean {
    if (response.status !== 206) return false
    const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.header('content-range') ?? '') ?? []
    if (Number(from) !== this.received.bytes) return false
    // Some servers ignore If-Range.
    if ((validatorOf(response) ?? this.#validator) !== this.#validator) return false
    if (total === undefined || total === '*') return true
    this.#totalBytes ??= Number(total)
    return this.#totalBytes === Number(total)
  }

  async #refuse(response: HttpResponse): Promise<never> {
    const { status, url } = response
    if (status === 206 || status === 416) {
      response.discard()
      await this.received.startOver()
      throw new HttpError(`${url.host} cannot go on where the transfer broke off`, {
        hint: 'try again later, or name a mirror with SKYFLY_MIRROR',
        retry: 'always',
      })
    }
    throw await refusalOf(response)
  }

  async #read(response: HttpResponse): Promise<void> {
    const { received, maxBytes, input } = this
    const { url } = response
    for await (const chunk of response.body) {
      if (received.bytes + chunk.length > maxBytes) throw tooLarge(url, maxBytes)
      const isHead = received.bytes < HEAD_BYTES
      await received.append(chunk)
      if (isHead && WEB_PAGE.test(received.head.toString('latin1'))) throw webPage(url)
      input.onProgress?.(received.bytes, this.#totalBytes, this.#host)
    }
    if (this.#totalBytes === undefined || received.bytes === this.#totalBytes) return
    throw new HttpError(
      `the transfer from ${url.host} broke off after ${received.bytes} of ${this.#totalBytes} bytes`,
      { hint: 'try again later, or name a mirror with SKYFLY_MIRROR', retry: 'always' },
    )
  }
}

const WEB_PAGE = /^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)/i

/** A weak ETag does not promise the same bytes. */
function validatorOf(response: HttpResponse): string | undefined {
  const etag = response.header('etag')
  return etag?.startsWith('"') ? etag : response.header('last-modified')
}

function webPage(url: URL): HttpError {
  return new HttpError(`${redacted(url)} answered with a web page instead of the file`, {
    hint: 'open the address in a browser: a proxy or a login page may stand between; or name a mirror with SKYFLY_MIRROR',
  })
}

function tooLarge(url: URL, maxBytes: number): HttpError {
  return new HttpError(`the file at ${redacted(url)} is larger than ${maxBytes} bytes`, {
    hint: 'check that the address is the one of a release, and SKYFLY_MIRROR if it is set',
  })
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : redacted(url)
}
