import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { SkyflyError } from '../../src/errors.js'
import { type ConnectOptions, connect, isErrorReply } from '../../src/smoke/client.js'
import { parseRedisUrl } from '../../src/smoke/redis-url.js'
import {
  certificate,
  freePort,
  hasOpenssl,
  hasRedis,
  redisForTest,
  wrongServer,
} from '../fixtures/smoke-servers.js'

const LIMIT = { timeoutMs: 5000 }

async function failure(url: string, options: ConnectOptions = LIMIT): Promise<SkyflyError> {
  const error = await connect(parseRedisUrl(url), options).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof SkyflyError) return error
  throw new Error(`no SkyflyError: ${inspect(error)}`)
}

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}) // the client may leave in any way it likes
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe('connecting', () => {
  it.each(['127.0.0.1', 'localhost', '[::1]'])('says that nobody answers at %s', async host => {
    const port = await freePort()
    const error = await failure(`redis://${host}:${port}`)
    expect(error.code).toBe('not-running')
    expect(error.message).toBe(`no server answers at ${host}:${port}`)
    expect(error.hint).toContain('skyfly start')
  })

  it('says that a host name is not known', async () => {
    const error = await failure('redis://nobody.invalid')
    expect(error.code).toBe('not-running')
    expect(error.message).toContain('nobody.invalid:6379 cannot be reached: the host name is not known')
  })

  it('recognises a web server', async () => {
    const port = await listen(createHttpServer())
    expect((await failure(`redis://127.0.0.1:${port}`)).message).toContain('is no Redis-compatible server')
  })

  it('recognises a server that speaks first', async () => {
    const port = await listen(createServer(socket => socket.write('SSH-2.0-OpenSSH\r\n')))
    expect((await failure(`redis://127.0.0.1:${port}`)).message).toContain('is no Redis-compatible server')
  })

  it('says that a server speaks no TLS', async () => {
    const port = await listen(createHttpServer())
    const error = await failure(`rediss://127.0.0.1:${port}`)
    expect(error.message).toContain('does not speak TLS')
    expect(error.hint).toContain('redis://')
  })

  it("names rediss:// when Dragonfly's TLS port is asked without TLS", async () => {
    const words = '-ERR Bad TLS header, double check if you enabled TLS for your client.\r\n'
    const port = await listen(createServer(socket => socket.end(words)))
    expect(await failure(`redis://127.0.0.1:${port}`)).toMatchObject({ hint: 'use rediss:// in --url' })
  })

  it('says that the other side hung up', async () => {
    const port = await listen(createServer(socket => socket.destroy()))
    expect((await failure(`redis://127.0.0.1:${port}`)).message).toContain('closed the connection')
  })

  it.each(['redis', 'rediss'])('gives up on a silent server after the limit, over %s://', async scheme => {
    const port = await listen(createServer())
    const error = await failure(`${scheme}://127.0.0.1:${port}`, { timeoutMs: 50 })
    expect(error.code).toBe('not-running')
    expect(error.message).toBe(`127.0.0.1:${port} did not answer within 50 ms`)
  })

  it('gives up on a silent server at once when it is interrupted', async () => {
    const server = createServer()
    const port = await listen(server)
    const controller = new AbortController()
    const reason = new Error('Ctrl-C')
    server.on('connection', () => controller.abort(reason))
    const connecting = connect(parseRedisUrl(`redis://127.0.0.1:${port}`), {
      ...LIMIT,
      signal: controller.signal,
    })
    await expect(connecting).rejects.toBe(reason)
  })

  it('says that a server is still loading', async () => {
    const loading = '-LOADING Dragonfly is loading the dataset in memory\r\n'
    const { port } = await wrongServer({ SMOKE_ANSWERS: JSON.stringify({ PING: loading }) })
    const error = await failure(`redis://127.0.0.1:${port}`)
    expect(error.code).toBe('not-running')
    expect(error.message).toBe(`127.0.0.1:${port} is still loading its data`)
  })

  it('passes on the words of a refusal it does not know', async () => {
    const { port } = await wrongServer({
      SMOKE_ANSWERS: JSON.stringify({ PING: '-DENIED protected mode\r\n' }),
    })
    expect((await failure(`redis://127.0.0.1:${port}`)).message).toContain('DENIED protected mode')
  })

  it('refuses a server that answers PING with something else', async () => {
    const { port } = await wrongServer({ SMOKE_ANSWERS: JSON.stringify({ PING: '+PANG\r\n' }) })
    expect((await failure(`redis://127.0.0.1:${port}`)).message).toContain('is no Redis-compatible server')
  })
})

describe('a connection', () => {
  it('works with a server that knows no HELLO', async () => {
    const { port } = await wrongServer()
    const client = await connect(parseRedisUrl(`redis://127.0.0.1:${port}`), LIMIT)
    onTestFinished(client.close)
    expect(await client.callTogether(['SET', 'a', 'b'], ['GET', 'a'])).toEqual(['OK', 'b'])
  })

  it("throws the server's own words as they came", async () => {
    const { port } = await wrongServer()
    const client = await connect(parseRedisUrl(`redis://127.0.0.1:${port}`), LIMIT)
    onTestFinished(client.close)
    const error = await client.call('NONSENSE').catch((reason: unknown) => reason)
    expect(isErrorReply(error)).toBe(true)
    expect(error).toHaveProperty('message', "ERR unknown command 'NONSENSE'")
    await expect(client.callTogether(['PING'], ['NONSENSE'])).rejects.toSatisfy(isErrorReply)
  })

  it('says so when the server goes away, for the command under way and for the next', async () => {
    const server = await wrongServer()
    const client = await connect(parseRedisUrl(`redis://127.0.0.1:${server.port}`), LIMIT)
    const waiting = client.call('BRPOP', 'nothing', 0)
    await Promise.all([
      expect(waiting).rejects.toMatchObject({
        code: 'not-running',
        message: expect.stringContaining('closed'),
      }),
      server.stop(),
    ])
    await expect(client.call('PING')).rejects.toMatchObject({ code: 'not-running' })
    await expect(client.callTogether(['PING'])).rejects.toMatchObject({ code: 'not-running' })
  })
})

describe.skipIf(!hasRedis)('a password (needs redis-server)', () => {
  const args = ['--requirepass', 's3cret/#']

  it.each([
    ['none', '', 'asks for a password'],
    ['a wrong one', ':wr0ng@', 'does not accept this user name and password'],
    ['a wrong user', 'bob:wr0ng@', 'does not accept this user name and password'],
  ])('%s is answered with what to do, and never shown', async (_, login, words) => {
    const { port } = await redisForTest(args)
    const error = await failure(`redis://${login}127.0.0.1:${port}`)
    expect(error.code).toBe('usage')
    expect(error.message).toContain(words)
    expect(error.hint).toContain('--url')
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY })).not.toContain('wr0ng')
  })

  it.each([':s3cret%2F%23@', 'default:s3cret%2F%23@'])(
    'that is right opens the connection: %s',
    async login => {
      const { port } = await redisForTest(args)
      const client = await connect(parseRedisUrl(`redis://${login}127.0.0.1:${port}`), LIMIT)
      onTestFinished(client.close)
      expect(await client.call('PING')).toBe('PONG')
    },
  )
})

describe.skipIf(!hasRedis)('a database number (needs redis-server)', () => {
  it('is selected', async () => {
    const { port } = await redisForTest()
    const client = await connect(parseRedisUrl(`redis://127.0.0.1:${port}/3`), LIMIT)
    onTestFinished(client.close)
    expect(await client.call('CLIENT', 'INFO')).toMatch(/ db=3 /)
  })

  it('that the server does not have is refused, not replaced by 0', async () => {
    const { port } = await redisForTest()
    const error = await failure(`redis://127.0.0.1:${port}/99`)
    expect(error.code).toBe('usage')
    expect(error.message).toContain('has no such database')
  })
})

describe.skipIf(!hasRedis || !hasOpenssl)('TLS (needs redis-server and openssl)', () => {
  const tls = async (...more: string[]) => {
    const { cert, key } = await certificate()
    const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert]
    return redisForTest(['--port', '0', '--tls-port', 'PORT', ...files, ...more])
  }

  it('with a self-signed certificate is refused, and the way to trust it is named', async () => {
    const { port } = await tls('--tls-auth-clients', 'no')
    const error = await failure(`rediss://127.0.0.1:${port}`)
    expect(error.code).toBe('not-running')
    expect(error.message).toContain('has a TLS certificate that is not trusted')
    expect(error.hint).toContain('NODE_EXTRA_CA_CERTS')
  })

  it('is named when a TLS port is asked without', async () => {
    const { port } = await tls('--tls-auth-clients', 'no')
    const error = await failure(`redis://127.0.0.1:${port}`)
    expect(error.message).toContain('closed the connection')
    expect(error.hint).toContain('rediss://')
  })
})
