import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SkyflyError } from '../../../src/errors.js'
import { latestVersion, publishedSha256 } from '../../../src/servers/install/github.js'
import { type Answer, PlainSite } from '../../fixtures/plain-site.js'
import { ProxyServer } from '../../fixtures/proxy.js'
import { CA_FILE, GITHUB_HOSTS, ReleaseSite } from '../../fixtures/release-site.js'

const ASSET = 'dragonfly-x86_64.tar.gz'
const BODY = randomBytes(1000)
const SHA256 = createHash('sha256').update(BODY).digest('hex')
const repo = 'dragonflydb/dragonfly'
const policy = { backoffMs: 1, maxBackoffMs: 1 }
const ca = readFileSync(CA_FILE, 'utf8')

let site: ReleaseSite
beforeEach(async () => {
  site = await ReleaseSite.open()
})
afterEach(() => site[Symbol.asyncDispose]())

const failure = async (ended: Promise<unknown>): Promise<SkyflyError> => {
  const error = await ended.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof SkyflyError)) throw new Error('no SkyflyError', { cause: error })
  expect(error.code).toBe('download')
  return error
}

/** github.com by its real name, through a proxy. */
async function withGithub(
  run: (github: ReleaseSite, env: NodeJS.ProcessEnv) => Promise<void>,
): Promise<void> {
  await using github = await ReleaseSite.open({ tls: true })
  const hosts = Object.fromEntries(GITHUB_HOSTS.map(host => [host, github.port]))
  await using proxy = await ProxyServer.open({ hosts })
  await run(github, { HTTPS_PROXY: proxy.url })
}

describe('the latest version', () => {
  const latest = (url = `${site.url}/${repo}/releases/latest`) =>
    latestVersion({ url, env: {}, insecureAllowed: false, policy })

  it('is where releases/latest redirects to, which is not asked for', async () => {
    site.latest = '1.41.0'
    expect(await latest()).toBe('1.41.0')
    expect(site.requests.map(({ path }) => path)).toEqual([`/${repo}/releases/latest`])
  })

  it('is found at the real address, without the API', async () => {
    await withGithub(async (github, env) => {
      github.latest = '1.41.0'
      const url = `https://github.com/${repo}/releases/latest`
      expect(await latestVersion({ url, env, insecureAllowed: false, policy: { ca } })).toBe('1.41.0')
      expect(github.requests.map(({ host }) => host)).toEqual(['github.com'])
    })
  })

  it('is found when the repository has moved', async () => {
    site.latest = '1.41.0'
    await using moved = await PlainSite.open(() => ({
      status: 301,
      headers: { location: `${site.url}/new/name/releases/latest` },
    }))
    expect(await latest(`${moved.url}/x`)).toBe('1.41.0')
  })

  it('is asked for again when the site fails', async () => {
    await using failing = await PlainSite.open(nth =>
      nth < 4 ? { status: 502 } : { status: 302, headers: { location: '/releases/tag/v1.2.3-rc.1' } },
    )
    expect(await latest(failing.url)).toBe('1.2.3-rc.1')
  })

  it.each([
    ['there is no release', { status: 302, headers: { location: '/x/y/releases' } }],
    ['its tag is no version', { status: 302, headers: { location: '/releases/tag/nightly' } }],
    ['it answers with a web page', { status: 200, body: '<html>' }],
  ])('is not known when %s', async (_, answer) => {
    await using other = await PlainSite.open(nth => (nth === 1 ? answer : { status: 200, body: '<html>' }))
    const error = await failure(latest(`${other.url}/latest?token=secret`))
    expect(error.message).toBe(`${other.url}/latest does not tell the latest version`)
    expect(error.hint).toBe('name a version: --engine-version X')
  })

  it('is not known where there is no such page', async () => {
    const error = await failure(latest())
    expect(error.message).toBe(`there is no such file at ${site.url}/${repo}/releases/latest`)
  })
})

describe('the published checksum', () => {
  const ask = (more: Partial<Parameters<typeof publishedSha256>[0]> = {}) =>
    publishedSha256({ repo, tag: 'v1.41.0', asset: ASSET, api: site.apiUrl, env: {}, policy, ...more })

  it('is the digest of that file in that release', async () => {
    site.publish('1.41.0', 'other.tar.gz', randomBytes(10))
    site.publish('1.40.0', ASSET, randomBytes(10))
    site.publish('1.41.0', ASSET, BODY)
    expect(await ask()).toBe(SHA256)
    expect(site.requests[0]?.path).toBe(`/api/repos/${repo}/releases/tags/v1.41.0`)
    expect(site.requests[0]?.headers['user-agent']).toBe('skyfly')
  })

  it('is found at the real address, with the token', async () => {
    await withGithub(async (github, env) => {
      github.publish('1.41.0', ASSET, BODY)
      const input = { repo, tag: 'v1.41.0', asset: ASSET, token: 'secret', env, policy: { ca } }
      expect(await publishedSha256(input)).toBe(SHA256)
      expect(github.requests.map(({ host, headers }) => [host, headers.authorization])).toEqual([
        ['api.github.com', 'Bearer secret'],
      ])
    })
  })

  it('is asked for without any token where there is none', async () => {
    await ask({ token: '' })
    await ask()
    expect(site.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined])
  })

  it('takes the token to nobody else', async () => {
    site.publish('1.41.0', ASSET, BODY)
    const location = `${site.apiUrl}/repos/${repo}/releases/tags/v1.41.0`
    await using moved = await PlainSite.open(() => ({ status: 307, headers: { location } }))
    expect(await ask({ api: moved.url, token: 'secret' })).toBe(SHA256)
    expect(moved.requests[0]?.headers.authorization).toBe('Bearer secret')
    expect(site.requests[0]?.headers.authorization).toBeUndefined()
  })

  it('is unknown for a version or a file that is not there', async () => {
    site.publish('1.41.0', ASSET, BODY)
    expect(await ask({ tag: 'v9.9.9' })).toBeUndefined()
    expect(await ask({ asset: 'other' })).toBeUndefined()
  })

  it.each([
    ['has none', { assets: [{ name: ASSET }] }],
    ['has null', { assets: [{ name: ASSET, digest: null }] }],
    ['has another kind', { assets: [{ name: ASSET, digest: `md5:${'0'.repeat(64)}` }] }],
    ['has nonsense', { assets: [{ name: ASSET, digest: 'sha256:xyz' }] }],
    ['is not listed', {}],
    ['is in no release', null],
  ])('is unknown when the file %s', async (_, answer) => {
    await using other = await PlainSite.open(() => ({ status: 200, body: JSON.stringify(answer) }))
    expect(await ask({ api: other.url })).toBeUndefined()
  })

  it('says that the limit of the API is reached, and what helps', async () => {
    site.api = 'limited'
    const error = await failure(ask())
    expect(error.message).toBe(
      `127.0.0.1:${site.port} answers 403 Forbidden: API rate limit exceeded for 127.0.0.1.`,
    )
    expect(error.hint).toBe('set GITHUB_TOKEN to ask more often, or wait an hour')
    expect(site.requests.length).toBe(1)
  })

  const refused: readonly [string, Answer, RegExp, RegExp][] = [
    [
      'the token is wrong',
      { status: 401, body: '{"message":"Bad credentials"}' },
      /Bad credentials$/,
      /GITHUB_TOKEN is not accepted/,
    ],
    [
      'it is asked too often',
      { status: 429 },
      /429 Too Many Requests \(tried 4 times\)$/,
      /set GITHUB_TOKEN/,
    ],
    ['the API fails', { status: 500 }, /500 Internal Server Error \(tried 4 times\)$/, /try again later/],
    ['a web page comes', { status: 200, body: '<html>' }, /does not answer with JSON$/, /in a browser/],
    [
      'the answer is without end',
      { status: 200, body: 'x'.repeat(100_000), endless: true },
      /is larger than 4194304 bytes$/,
      /address/,
    ],
  ]
  it.each(refused)('is an error when %s', async (_, answer, message, hint) => {
    await using other = await PlainSite.open(() => answer)
    const error = await failure(ask({ api: other.url }))
    expect(error.message).toMatch(message)
    expect(error.hint).toMatch(hint)
  })

  it('ends with the reason of an abort', async () => {
    const reason = new Error('enough')
    await expect(ask({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(site.requests).toEqual([])
  })
})
