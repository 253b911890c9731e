// What GitHub says about releases besides their files: which is the latest, and the checksum of a file.
import { VERSION_PATTERN } from '../../config/kinds.js'
import { DOWNLOAD_POLICY, type DownloadPolicy } from '../http/download.js'
import { type GetOptions, type HttpResponse, openHttp } from '../http/http.js'
import { refusalOf, textOf } from '../http/http-body.js'
import { HttpError, redacted } from '../http/http-failures.js'
import { retrying } from '../http/retry.js'

interface Asking {
  /** Environment with the proxies. */
  readonly env: NodeJS.ProcessEnv
  readonly signal?: AbortSignal | undefined
  readonly policy?: Partial<DownloadPolicy> | undefined
}

export interface LatestInput extends Asking {
  /** `https://github.com/{repo}/releases/latest`, or the same page of a mirror. */
  readonly url: string
  readonly insecureAllowed: boolean
}

/**
 * The version that an address like GitHub's releases/latest redirects to, which needs no API with its rate
 * limit.
 * @throws SkyflyError `download`
 */
export function latestVersion({ url, insecureAllowed, ...asking }: LatestInput): Promise<string> {
  const isRelease = (address: URL) => TAG.test(address.pathname)
  return ask(url, { ...asking, insecureAllowed, stopAt: isRelease }, async response => {
    if (response.status >= 400) throw await refusalOf(response)
    response.discard()
    const location = response.header('location') ?? ''
    const version = TAG.exec(location)?.[1] ?? ''
    if (VERSION_PATTERN.test(version)) return version
    throw new HttpError(`${redacted(url)} does not tell the latest version`, {
      hint: 'name a version: --engine-version X',
    })
  })
}

const TAG = /\/releases\/tag\/v?([^/]+)$/

export interface PublishedInput extends Asking {
  readonly repo: string
  readonly tag: string
  readonly asset: string
  /** @default https://api.github.com */
  readonly api?: string | undefined
  /** Sent to `api` and nowhere else. */
  readonly token?: string | undefined
}

/**
 * The sha256, in hex, that GitHub computed for a file of a release; undefined: it knows none.
 * @throws SkyflyError `download` when it does not answer that
 */
export function publishedSha256(input: PublishedInput): Promise<string | undefined> {
  const { repo, tag, asset, api = 'https://api.github.com', token, ...asking } = input
  const headers = {
    accept: 'application/vnd.github+json',
    ...(token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` }),
  }
  const url = `${api}/repos/${repo}/releases/tags/${tag}`
  return ask(url, { ...asking, insecureAllowed: false, headers }, async response => {
    if (response.status === 404) {
      response.discard()
      return undefined
    }
    if (response.status !== 200) throw withToken(await refusalOf(response), response.status)
    return digestOf(asset, await textOf(response, MAX_BYTES), response.url)
  })
}

const MAX_BYTES = 4 * 1024 * 1024

/** One request, retried as a download would be. */
async function ask<T>(
  url: string,
  {
    env,
    insecureAllowed,
    signal,
    policy: given,
    ...options
  }: Asking & GetOptions & { insecureAllowed: boolean },
  answer: (response: HttpResponse) => Promise<T>,
): Promise<T> {
  const policy = { ...DOWNLOAD_POLICY, ...given }
  const http = openHttp({ env, policy, insecureAllowed })
  try {
    return await retrying({
      policy,
      attempt: async () => answer(await http.get(url, { ...options, signal })),
      signal,
    })
  } finally {
    await http.destroy()
  }
}

/** The API answers 60 requests an hour for everyone behind one address. */
function withToken(refusal: HttpError, status: number): HttpError {
  const hint: string | undefined = {
    401: 'GITHUB_TOKEN is not accepted: correct it, or leave it out',
    403: 'set GITHUB_TOKEN to ask more often, or wait an hour',
    429: 'set GITHUB_TOKEN to ask more often, or wait an hour',
  }[status]
  const { message, retry, retryAfterMs } = refusal
  return hint === undefined ? refusal : new HttpError(message, { hint, retry, retryAfterMs, cause: refusal })
}

interface ReleaseAnswer {
  readonly assets?: readonly { readonly name?: unknown; readonly digest?: unknown }[]
}

function digestOf(asset: string, text: string, url: URL): string | undefined {
  let release: ReleaseAnswer | null
  try {
    release = JSON.parse(text) as ReleaseAnswer | null
  } catch (error) {
    throw new HttpError(`${redacted(url)} does not answer with JSON`, {
      hint: 'open the address in a browser: a proxy or a login page may stand between',
      cause: error,
    })
  }
  const digest = Array.isArray(release?.assets)
    ? release.assets.find(({ name }) => name === asset)?.digest
    : undefined
  return /^sha256:([0-9a-f]{64})$/i.exec(String(digest))?.[1]?.toLowerCase()
}
