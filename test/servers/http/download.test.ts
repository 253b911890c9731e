import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SkyflyError } from '../../../src/errors.js'
import { type Downloaded, type DownloadInput, download } from '../../../src/servers/http/download.js'
import { type ProxyOptions, ProxyServer } from '../../fixtures/proxy.js'
import { type Behaviour, CA_FILE, GITHUB_HOSTS, Hold, ReleaseSite } from '../../fixtures/release-site.js'

const ASSET = 'dragonfly-x86_64.tar.gz'
const BODY = randomBytes(300_000)
const hex = (body: Buffer) => createHash('sha256').update(body).digest('hex')
const FAST = { backoffMs: 1, maxBackoffMs: 1 }
const ca = readFileSync(CA_FILE, 'utf8')

describe('a download', () => {
  let folder: string
  let file: string
  let site: ReleaseSite
  const open: AsyncDisposable[] = []
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'skyfly-download-'))
    file = join(folder, 'archive')
    site = await opened(ReleaseSite.open())
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map(server => server[Symbol.asyncDispose]()))
    rmSync(folder, { recursive: true })
  })

  async function opened<T extends AsyncDisposable>(server: Promise<T>): Promise<T> {
    open.push(await server)
    return server
  }

  /** A port where connections are taken, and then whatever happens. */
  const listening = async (onConnection: (socket: Socket) => void): Promise<number> => {
    const sockets: Socket[] = []
    const server = createServer(socket => {
      // That the other side is gone is what is to be seen over there.
      sockets.push(socket.on('error', () => {}))
      onConnection(socket)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    open.push({
      [Symbol.asyncDispose]: async () => {
        for (const socket of sockets) socket.destroy()
        const closed = once(server, 'close')
        server.close()
        await closed
      },
    })
    return (server.address() as AddressInfo).port
  }

  const get = (url: string, { policy, ...more }: Partial<DownloadInput> = {}): Promise<Downloaded> =>
    download({ url, file, env: {}, insecureAllowed: false, policy: { ...FAST, ...policy }, ...more })
  const publish = (behaviour?: Behaviour) => site.publish('1.40.1', ASSET, BODY, behaviour)
  /** Requests for the file itself, not for its address. */
  const requests = () => site.requests.filter(({ path }) => path.startsWith('/assets/'))
  const asked = () => requests().length
  const ranges = () => requests().flatMap(({ headers }) => headers.range ?? [])

  const failure = async (ended: Promise<unknown>): Promise<SkyflyError> => {
    const error = await ended.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (!(error instanceof SkyflyError)) throw new Error('no SkyflyError', { cause: error })
    expect(error.code).toBe('download')
    expect(existsSync(file)).toBe(false)
    return error
  }

  it('arrives whole, with its hash, and with the address it came from but no signature', async () => {
    const downloaded = await get(publish())
    expect(downloaded).toEqual({
      sha256: hex(BODY),
      bytes: BODY.length,
      url: `${site.url}/assets/v1.40.1/${ASSET}`,
      head: BODY.subarray(0, 512),
    })
    expect(readFileSync(file).equals(BODY)).toBe(true)
  })

  it('tells its progress, up to the length that the server told', async () => {
    const told: [number, number | undefined, string][] = []
    await get(publish(), { onProgress: (...progress) => told.push(progress) })
    expect(told.length).toBeGreaterThan(1)
    expect(told.at(-1)).toEqual([BODY.length, BODY.length, `127.0.0.1:${site.port}`])
  })

  it('arrives when its length is not told', async () => {
    const told: unknown[] = []
    const { sha256 } = await get(publish({ length: false }), { onProgress: (_, total) => told.push(total) })
    expect(sha256).toBe(hex(BODY))
    expect(new Set(told)).toEqual(new Set([undefined]))
  })

  it('says who asks, and asks for the bytes as they are', async () => {
    await get(publish())
    expect(site.requests[0]?.headers).toMatchObject({ 'user-agent': 'skyfly', 'accept-encoding': 'identity' })
  })

  it('hashes what came, not what should have come', async () => {
    const { sha256 } = await get(publish({ flipped: true }))
    expect(sha256).not.toBe(hex(BODY))
    expect(sha256).toBe(hex(readFileSync(file)))
  })

  it('does not touch a file that is there already', async () => {
    writeFileSync(file, 'mine')
    await expect(get(publish())).rejects.toThrow(/cannot be written: EEXIST/)
    expect(readFileSync(file, 'utf8')).toBe('mine')
  })

  it('names the folder that it cannot write to', async () => {
    const error = await failure(get(publish(), { file: '/proc/skyfly-archive' }))
    expect(error.message).toMatch(/^the folder \/proc cannot be written: /)
    expect(error.hint).toContain('SKYFLY_CACHE_DIR')
  })

  describe('on a broken line', () => {
    it('goes on where it broke off, as often as something new comes', async () => {
      const reasons: string[] = []
      const url = publish({ cut: { afterBytes: 50_000 } })
      const { sha256 } = await get(url, { onRetry: reason => reasons.push(reason) })
      expect(sha256).toBe(hex(BODY))
      expect(ranges().length).toBe(5)
      expect(ranges()[0]).toBe('bytes=50000-')
      expect(reasons[0]).toBe(`127.0.0.1:${site.port} closed the connection`)
    })

    it('follows the redirect anew each time, for signed addresses expire', async () => {
      await get(publish({ cut: { afterBytes: 50_000, times: 1 } }))
      const signed = site.requests.filter(({ path }) => path.includes('sig=')).map(({ path }) => path)
      expect(new Set(signed).size).toBe(2)
    })

    it('starts over where no range is to be had', async () => {
      const { sha256 } = await get(publish({ cut: { afterBytes: 50_000, times: 2 }, ranges: 'ignored' }))
      expect(sha256).toBe(hex(BODY))
      expect(asked()).toBe(3)
    })

    it('starts over where nothing tells whether it is still the same file', async () => {
      const { sha256 } = await get(publish({ cut: { afterBytes: 50_000, times: 1 }, validators: false }))
      expect(sha256).toBe(hex(BODY))
      expect(ranges()).toEqual([])
    })

    const changes: readonly [string, number, number, Behaviour][] = [
      ['', 20_000, 2, {}],
      [', which the server does not look at', 200_000, 3, { ranges: 'blindly' }],
      [' but not in length, which the server does not look at', BODY.length, 3, { ranges: 'blindly' }],
      [' in length alone', 200_000, 3, { ranges: 'blindly', headers: { etag: '"same"' } }],
    ]
    it.each(changes)(
      'starts over when the file has changed in between%s',
      async (_, bytes, times, behaviour) => {
        const other = randomBytes(bytes)
        const url = publish({ cut: { afterBytes: 50_000, times: 1 }, becomes: other, ...behaviour })
        const { sha256, head } = await get(url)
        expect(sha256).toBe(hex(other))
        expect(asked()).toBe(times)
        expect(head.equals(other.subarray(0, 512))).toBe(true)
        expect(readFileSync(file).equals(other)).toBe(true)
      },
    )

    it.each([
      ['is refused', 'refused'],
      ['is not the one that was asked for', 'shifted'],
    ] as const)('starts over when the rest of the file %s', async (_, what) => {
      const { sha256 } = await get(publish({ cut: { afterBytes: 50_000, times: 1 }, ranges: what }))
      expect(sha256).toBe(hex(BODY))
      expect(ranges()).toEqual(['bytes=50000-'])
      expect(asked()).toBe(3)
    })

    it('gives up when nothing new comes any more', async () => {
      const error = await failure(get(publish({ cut: { afterBytes: 50_000 }, ranges: 'ignored' })))
      expect(error.message).toBe(`127.0.0.1:${site.port} closed the connection (tried 5 times)`)
      expect(error.hint).toContain('check the network')
      expect(asked()).toBe(5)
    })

    it('is tried again when the connection is closed before any answer', async () => {
      const port = await listening(socket => socket.destroy())
      const error = await failure(get(`http://127.0.0.1:${port}/x`))
      expect(error.message).toBe(`127.0.0.1:${port} closed the connection (tried 4 times)`)
    })

    it('arrives from a server that closes the connection behind each file, as python3 -m http.server does', async () => {
      const body = randomBytes(8_000_000)
      const head = `HTTP/1.0 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`
      const port = await listening(socket => {
        socket.once('data', () => socket.end(Buffer.concat([Buffer.from(head), body])))
      })
      // The connection used to end in an assertion of undici that nothing can catch, about every second time.
      for (let time = 1; time <= 20; time += 1) {
        const { sha256 } = await get(`http://127.0.0.1:${port}/file`)
        expect(sha256).toBe(hex(body))
        rmSync(file)
      }
    })

    it('waits twice as long each time, give or take a quarter', async () => {
      const told: number[] = []
      const policy = { backoffMs: 8, maxBackoffMs: 20, attempts: 5 }
      const url = publish({ answer: { status: 500 } })
      await failure(get(url, { policy, onRetry: (_, inMs) => told.push(inMs) }))
      const bounds = [8, 16, 20, 20].map(ms => [Math.round(ms * 0.75), Math.round(ms * 1.25)])
      expect(told.length).toBe(4)
      for (const [n, [least = 0, most = 0]] of bounds.entries()) {
        expect(told[n]).toBeGreaterThanOrEqual(least)
        expect(told[n]).toBeLessThanOrEqual(most)
      }
    })

    it('is given up when it stalls, attempt after attempt', async () => {
      const hold = new Hold(50_000)
      const ended = get(publish({ hold }), { policy: { ...FAST, stallMs: 500, attempts: 1 } })
      await hold.reached
      const error = await failure(ended)
      expect(error.message).toMatch(/^127\.0\.0\.1:\d+ sent nothing more for 0\.5 s \(tried 2 times\)$/)
      hold.release()
    })

    it('goes on after a stall', async () => {
      const hold = new Hold(50_000)
      const ended = get(publish({ hold }), {
        policy: { ...FAST, stallMs: 500 },
        onRetry: () => hold.release(),
      })
      expect((await ended).sha256).toBe(hex(BODY))
      expect(ranges()).toEqual(['bytes=50000-'])
    })

    it('is given up when no answer comes', async () => {
      const hold = new Hold('headers')
      const error = await failure(get(publish({ hold }), { policy: { stallMs: 100, attempts: 1 } }))
      expect(error.message).toMatch(/^127\.0\.0\.1:\d+ does not answer within 0\.1 s$/)
      hold.release()
    })
  })

  describe('that is refused', () => {
    const nowhere = () => `${site.url}/owner/name/releases/download/v9.9.9/${ASSET}?token=secret`

    it('says that there is no such file, without a second try', async () => {
      const error = await failure(get(nowhere()))
      expect(error.message).toBe(
        `there is no such file at ${site.url}/owner/name/releases/download/v9.9.9/${ASSET}`,
      )
      expect(error.hint).toContain('check the version')
      expect(site.requests.length).toBe(1)
    })

    it('says what the server says to a rate limit', async () => {
      const body = JSON.stringify({ message: 'API rate limit exceeded for 10.0.0.1.' })
      const error = await failure(get(publish({ answer: { status: 403, body } })))
      expect(error.message).toBe(
        `127.0.0.1:${site.port} answers 403 Forbidden: API rate limit exceeded for 10.0.0.1.`,
      )
      expect(error.hint).toBe('wait some minutes, or name a mirror with SKYFLY_MIRROR')
      expect(asked()).toBe(1)
    })

    const statuses: readonly [number, string, string, RegExp][] = [
      [401, 'Unauthorized', 'no licence\nmore', /answers 401 Unauthorized: no licence$/],
      [403, 'control characters', 'a\u001b[31mb', /answers 403 Forbidden: a\[31mb$/],
      [403, 'a web page', '<html><body>Forbidden', /answers 403 Forbidden$/],
    ]
    it.each(statuses)('shows of %i (%s) its first line', async (status, _, body, message) => {
      const error = await failure(get(publish({ answer: { status, body } })))
      expect(error.message).toMatch(message)
      expect(error.hint).toContain('user name and password')
    })

    it('is tried again after 500 three times, and arrives', async () => {
      const { sha256 } = await get(publish({ answer: { status: 500, times: 3 } }))
      expect(sha256).toBe(hex(BODY))
      expect(asked()).toBe(4)
    })

    it.each([408, 429, 500, 502, 503, 504])('gives up after %i four times', async status => {
      const error = await failure(get(publish({ answer: { status } })))
      expect(error.message).toMatch(new RegExp(`answers ${status} .*\\(tried 4 times\\)$`))
      expect(error.hint).toContain('SKYFLY_MIRROR')
      expect(asked()).toBe(4)
    })

    it.each([
      ['seconds', '0', 0],
      ['a date', 'Wed, 21 Oct 2015 07:28:00 GMT', 0],
    ])('waits as long as Retry-After says in %s', async (_, retryAfter, inMs) => {
      const told: number[] = []
      const answer = { status: 503, headers: { 'retry-after': retryAfter }, times: 1 }
      await get(publish({ answer }), {
        policy: { backoffMs: 60_000 },
        onRetry: (_reason, ms) => told.push(ms),
      })
      expect(told).toEqual([inMs])
    })

    it('is not tried again when Retry-After is longer than anybody waits', async () => {
      const answer = { status: 429, headers: { 'retry-after': '3600' } }
      const error = await failure(get(publish({ answer })))
      expect(error.hint).toBe('wait 60 min, or name a mirror with SKYFLY_MIRROR')
      expect(asked()).toBe(1)
    })

    it.each([
      ['its type', { 'content-type': 'text/html; charset=utf-8' }, 'Please log in'],
      ['its beginning', { 'content-type': 'application/octet-stream' }, '\r\n<!DOCTYPE html><title>Log in'],
    ])('tells a web page by %s', async (_, headers, body) => {
      const error = await failure(get(publish({ answer: { status: 200, headers, body } })))
      expect(error.message).toBe(
        `${site.url}/assets/v1.40.1/${ASSET} answered with a web page instead of the file`,
      )
      expect(error.hint).toMatch(/open the address in a browser.*SKYFLY_MIRROR/)
      expect(asked()).toBe(1)
    })

    it('is larger than allowed, told before', async () => {
      const error = await failure(get(publish(), { policy: { maxBytes: 1000 } }))
      expect(error.message).toMatch(/is larger than 1000 bytes$/)
    })

    it('is larger than allowed, not told before', async () => {
      const error = await failure(get(publish({ length: false }), { policy: { maxBytes: 100_000 } }))
      expect(error.message).toMatch(/is larger than 100000 bytes$/)
    })
  })

  describe('that is redirected', () => {
    it('is given up in a loop', async () => {
      const error = await failure(get(publish({ redirect: path => path })))
      expect(error.message).toBe(
        `${site.url}/owner/name/releases/download/v1.40.1/${ASSET} is redirected without end`,
      )
      expect(error.hint).toContain('in a browser')
      expect(site.requests.length).toBe(11)
    })

    it.each([
      [
        'plain http on another host',
        'http://example.com/x',
        /plain http, which anybody on the way can change/,
      ],
      ['a file', 'file:///etc/passwd', /file:\/\/\/etc\/passwd, to which .* redirects, is not for https/],
      ['nonsense', 'https://[', /is no address of a file/],
    ])('does not go to %s', async (_, location, message) => {
      const error = await failure(get(publish({ redirect: () => location })))
      expect(error.message).toMatch(message)
    })

    it('goes from a mirror that was named with plain http to others of the kind', async () => {
      const proxy = await opened(ProxyServer.open({ hosts: { 'other.test': site.port } }))
      const elsewhere = `http://other.test/assets/v1.40.1/${ASSET}`
      const env = { http_proxy: proxy.url }
      const { url } = await get(publish({ redirect: () => elsewhere }), { insecureAllowed: true, env })
      expect(url).toBe(elsewhere)
    })

    it('does not go from https to plain http, even for a mirror that was named', async () => {
      const secure = await opened(ReleaseSite.open({ tls: true }))
      const url = secure.publish('1.40.1', ASSET, BODY, { redirect: () => 'http://example.com/x' })
      const error = await failure(get(url, { insecureAllowed: true, policy: { ca } }))
      expect(error.message).toBe(
        `http://example.com/x, to which 127.0.0.1:${secure.port} redirects, is plain http, which anybody on the way can change`,
      )
      expect(error.hint).toContain('https://')
    })

    it('takes its credentials along only within their origin', async () => {
      const other = await opened(ReleaseSite.open())
      other.publish('1.40.1', ASSET, BODY)
      const url = publish({ redirect: () => `${other.url}/assets/v1.40.1/${ASSET}` })
      await get(url.replace('//', '//me:p%40ss@'))
      expect(site.requests[0]?.headers.authorization).toBe(`Basic ${btoa('me:p@ss')}`)
      expect(other.requests[0]?.headers.authorization).toBeUndefined()

      site.requests.length = 0
      rmSync(file)
      await get(publish().replace('//', '//me:p%40ss@'))
      expect(site.requests.map(({ headers }) => headers.authorization !== undefined)).toEqual([true, true])
    })
  })

  it('refuses plain http, unless the address was named on purpose', async () => {
    const error = await failure(get('http://me:secret@example.com/x?token=secret'))
    expect(error.message).toBe('http://example.com/x is plain http, which anybody on the way can change')
    expect(error.hint).toBe('use an address that begins with https://')
  })

  it('shows no password of an address in any message', async () => {
    for (const address of [
      'http://me:secret@127.0.0.1:1/x',
      'nonsense://me:secret@host/x',
      '//me:secret@x/y',
    ]) {
      const error = await failure(get(address, { policy: { attempts: 1 } }))
      expect(`${error.message} ${error.hint}`).not.toContain('secret')
    }
  })

  describe('with nobody there', () => {
    /** Nobody listens there any more. */
    const freePort = async () => {
      const port = await listening(() => {})
      await open.pop()?.[Symbol.asyncDispose]()
      return port
    }

    it.each(['127.0.0.1', 'localhost'])('is tried again, and says that %s refuses', async host => {
      const port = await freePort()
      const error = await failure(get(`http://${host}:${port}/x`))
      expect(error.message).toBe(`${host}:${port} refuses connections (tried 4 times)`)
      expect(error.hint).toMatch(/check the network, HTTPS_PROXY and SKYFLY_MIRROR; .*--from FILE/)
    })

    it('is not tried again where that is not wanted', async () => {
      const port = await freePort()
      const error = await failure(get(`http://127.0.0.1:${port}/x`, { policy: { retriesConnect: false } }))
      expect(error.message).toBe(`127.0.0.1:${port} refuses connections`)
    })

    it('says that a proxy refuses, when it is the proxy', async () => {
      const env = { HTTPS_PROXY: `http://me:secret@127.0.0.1:${await freePort()}` }
      const error = await failure(get('https://github.com/x', { env, policy: { attempts: 1 } }))
      expect(error.message).toMatch(/^the proxy 127\.0\.0\.1:\d+ refuses connections$/)
      expect(error.hint).toBe('check HTTPS_PROXY, or name hosts that need no proxy in NO_PROXY')
    })
  })

  describe('over TLS', () => {
    let secure: ReleaseSite
    beforeEach(async () => {
      secure = await opened(ReleaseSite.open({ tls: true }))
    })

    it('arrives where the certificate is known', async () => {
      const url = secure.publish('1.40.1', ASSET, BODY)
      expect((await get(url, { policy: { ca } })).sha256).toBe(hex(BODY))
    })

    it.each([undefined, '0'])(
      'trusts no unknown certificate (NODE_TLS_REJECT_UNAUTHORIZED=%s)',
      async value => {
        const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
        if (value !== undefined) process.env.NODE_TLS_REJECT_UNAUTHORIZED = value
        try {
          const error = await failure(get(secure.publish('1.40.1', ASSET, BODY)))
          expect(error.message).toBe(
            `127.0.0.1:${secure.port} shows a certificate that no known authority has signed`,
          )
          expect(error.hint).toContain('NODE_EXTRA_CA_CERTS=FILE')
          expect(secure.connections).toBe(1)
        } finally {
          if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
          else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
        }
      },
    )

    it('trusts no certificate for another name', async () => {
      const proxy = await opened(ProxyServer.open({ hosts: { 'mirror.test': secure.port } }))
      const env = { HTTPS_PROXY: proxy.url }
      const error = await failure(get('https://mirror.test/x', { env, policy: { ca } }))
      expect(error.message).toBe(
        `mirror.test (through the proxy 127.0.0.1:${proxy.port}) shows a certificate for another name`,
      )
      expect(error.hint).toContain('NODE_EXTRA_CA_CERTS')
    })

    it('is given up when TLS never begins', async () => {
      const port = await listening(() => {})
      const error = await failure(
        get(`https://127.0.0.1:${port}/x`, { policy: { connectMs: 50, attempts: 1 } }),
      )
      expect(error.message).toBe(`127.0.0.1:${port} does not take a connection within 0.05 s`)
    })

    it('says so when there is no TLS at all', async () => {
      const error = await failure(get(publish().replace('http:', 'https:')))
      expect(error.message).toMatch(/cannot be spoken to securely: TLS fails$/)
      expect(site.connections).toBe(1)
    })
  })

  describe('through a proxy', () => {
    const hosts = (port: number) => Object.fromEntries(GITHUB_HOSTS.map(host => [host, port]))
    const REAL = `https://github.com/owner/name/releases/download/v1.40.1/${ASSET}`

    it.each([
      ['hangs up', '', /closed the connection \(tried 4 times\)$/],
      ['does not speak HTTP', 'SSH-2.0-OpenSSH\r\n', /does not answer as a web server does$/],
    ])('gives up one that %s', async (_, says, message) => {
      const proxy = await opened(ProxyServer.open({ says }))
      const error = await failure(get('https://github.com/x', { env: { HTTPS_PROXY: proxy.url } }))
      expect(error.message).toMatch(message)
      expect(proxy.requests.length).toBeLessThanOrEqual(4)
    })

    it('takes the real addresses by a tunnel', async () => {
      const github = await opened(ReleaseSite.open({ tls: true }))
      github.publish('1.40.1', ASSET, BODY)
      const proxy = await opened(ProxyServer.open({ hosts: hosts(github.port), credentials: 'me:p@ss' }))
      const env = { HTTPS_PROXY: proxy.url.replace('//', '//me:p%40ss@') }
      const { sha256, url } = await get(REAL, { env, policy: { ca } })
      expect(sha256).toBe(hex(BODY))
      expect(url).toBe(`https://release-assets.githubusercontent.com/assets/v1.40.1/${ASSET}`)
      expect(proxy.requests).toContain('CONNECT github.com:443')
      expect(proxy.requests).toContain('CONNECT release-assets.githubusercontent.com:443')
    })

    it('asks for plain http by its absolute address, for many proxies tunnel to 443 only', async () => {
      const proxy = await opened(ProxyServer.open())
      expect((await get(publish(), { env: { http_proxy: proxy.url } })).sha256).toBe(hex(BODY))
      expect(proxy.requests[0]).toBe(`GET ${site.url}/owner/name/releases/download/v1.40.1/${ASSET}`)
    })

    const refusals: readonly [string, ProxyOptions, string, string, string][] = [
      [
        'refuses',
        { refuses: 403 },
        'PROXY',
        'the proxy PROXY refuses to connect to github.com (403 Forbidden)',
        'check HTTPS_PROXY, or name hosts that need no proxy in NO_PROXY',
      ],
      [
        'wants credentials',
        { credentials: 'me:right' },
        'PROXY',
        'the proxy PROXY wants a user name and a password (407)',
        'put them into HTTPS_PROXY, as in http://USER:PASSWORD@HOST:PORT',
      ],
      [
        'wants other credentials',
        { credentials: 'me:right' },
        'me:wrong@PROXY',
        'the proxy PROXY does not accept the user name and password of HTTPS_PROXY (407)',
        'correct them in HTTPS_PROXY; special characters are written as %40',
      ],
      [
        'does not get through',
        {},
        'PROXY',
        'the proxy PROXY refuses to connect to github.com (502 Bad Gateway) (tried 4 times)',
        'check HTTPS_PROXY, or name hosts that need no proxy in NO_PROXY',
      ],
    ]
    it.each(refusals)('says that it %s', async (_, options, address, message, hint) => {
      const proxy = await opened(ProxyServer.open(options))
      const name = `127.0.0.1:${proxy.port}`
      const env = { HTTPS_PROXY: `http://${address.replace('PROXY', name)}` }
      const error = await failure(get(REAL, { env }))
      expect(error.message).toBe(message.replace('PROXY', name))
      expect(error.hint).toBe(hint)
    })

    it('is given up when the proxy never answers', async () => {
      const port = await listening(() => {})
      const env = { HTTPS_PROXY: `127.0.0.1:${port}` }
      const error = await failure(get(REAL, { env, policy: { stallMs: 50, attempts: 1 } }))
      expect(error.message).toBe(
        `github.com (through the proxy 127.0.0.1:${port}) does not answer within 0.05 s`,
      )
    })

    it('says that it wants credentials for plain http', async () => {
      const proxy = await opened(ProxyServer.open({ credentials: 'me:right' }))
      const error = await failure(get(publish(), { env: { HTTP_PROXY: proxy.url } }))
      expect(error.message).toBe(`the proxy 127.0.0.1:${proxy.port} wants a user name and a password (407)`)
      expect(error.hint).toContain('HTTP_PROXY')
      expect(proxy.requests.length).toBe(1)
    })

    it('does without for hosts in NO_PROXY', async () => {
      const proxy = await opened(ProxyServer.open({ refuses: 403 }))
      await get(publish(), { env: { HTTP_PROXY: proxy.url, NO_PROXY: 'example.com, 127.0.0.1' } })
      expect(proxy.requests).toEqual([])
    })

    it('takes the proxy of the environment that is given, not of its own', async () => {
      const before = process.env.http_proxy
      process.env.http_proxy = 'http://127.0.0.1:1'
      try {
        expect((await get(publish())).sha256).toBe(hex(BODY))
      } finally {
        if (before === undefined) delete process.env.http_proxy
        else process.env.http_proxy = before
      }
    })
  })

  it('rejects with the reason of an abort, and leaves no file', async () => {
    const hold = new Hold(50_000)
    const controller = new AbortController()
    const ended = get(publish({ hold }), { signal: controller.signal })
    await hold.reached
    const reason = new Error('enough')
    controller.abort(reason)
    await expect(ended).rejects.toBe(reason)
    expect(existsSync(file)).toBe(false)
    hold.release()
  })

  it('rejects with the reason of an abort while it waits for another attempt', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const ended = get(publish({ answer: { status: 500 } }), {
      signal: controller.signal,
      policy: { backoffMs: 60_000, maxBackoffMs: 60_000 },
      onRetry: () => controller.abort(reason),
    })
    await expect(ended).rejects.toBe(reason)
    expect(existsSync(file)).toBe(false)
  })
})
