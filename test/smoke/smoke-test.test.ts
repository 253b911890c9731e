import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { connect as connectSocket } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type Client, connect } from '../../src/smoke/client.js'
import { parseRedisUrl } from '../../src/smoke/redis-url.js'
import type { SmokeRow } from '../../src/smoke/row.js'
import { type SmokeResult, smokeTest } from '../../src/smoke/smoke-test.js'
import {
  certificate,
  freePort,
  hasOpenssl,
  hasRedis,
  redisForTest,
  startRedis,
  type TestServer,
  wrongServer,
} from '../fixtures/smoke-servers.js'

const NAMES = ['CONNECT', 'PING', 'SET/GET', 'LPUSH', 'BRPOP', 'BRPOP WAKE', 'CLEAN-UP']

function local(port: number, rest = ''): string {
  return `redis://127.0.0.1:${port}${rest}`
}

async function clientFor(url: string): Promise<Client> {
  const client = await connect(parseRedisUrl(url), { timeoutMs: 5000 })
  onTestFinished(client.close)
  return client
}

async function keysOf(port: number): Promise<unknown> {
  return (await clientFor(local(port))).call('KEYS', '*')
}

function withoutRight(...rights: string[]): string[] {
  return ['--user', 'default', 'on', 'nopass', '~*', '&*', '+@all', ...rights]
}

function row(result: SmokeResult, name: string): SmokeRow {
  const found = result.rows.find(each => each.name === name)
  if (found === undefined) throw new Error(`no row ${name}`)
  return found
}

function verdicts(result: SmokeResult): Record<string, string> {
  return Object.fromEntries(result.rows.map(({ name, verdict }) => [name, verdict]))
}

describe.skipIf(!hasRedis)('the smoke check of a good server (needs redis-server)', () => {
  let redis: TestServer
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.stop())

  it('passes, with every row measured', async () => {
    const result = await smokeTest({ url: local(redis.port), samples: 3 })
    expect(result).toMatchObject({ ok: true, strict: false, url: local(redis.port), engine: 'redis' })
    expect(result.version).toMatch(/^\d+\.\d+\.\d+$/)
    expect(result.address).toBe(`127.0.0.1:${redis.port}`)
    expect(new Date(result.startedAt).toISOString()).toBe(result.startedAt)
    expect(result.rows.map(({ name }) => name)).toEqual(NAMES)
    expect(result.rows.map(({ limitMs }) => limitMs)).toEqual([10, 5, 10, 8, 15, 15, 10])
    expect(result.rows.map(({ samples }) => samples)).toEqual([3, 3, 3, 3, 3, 3, 1])
    for (const { verdict, detail, medianMs, p99Ms } of result.rows) {
      expect(['ok', 'slow']).toContain(verdict) // a busy machine may be slow, never wrong
      if (verdict === 'ok') expect(detail).toBe('')
      expect(medianMs).toBeGreaterThan(0)
      expect(p99Ms).toBeGreaterThanOrEqual(medianMs ?? 0)
    }
  })

  it('leaves all other keys as they are, the queue of the old script too', async () => {
    const client = await clientFor(local(redis.port))
    await client.callTogether(
      ['FLUSHALL'],
      ['RPUSH', 'skybridge:jobs:queue', 'job3', 'job2', 'job1'],
      ['SET', 'skybridge:test', 'mine'],
      ['SET', 'skyfly:test:value', 'mine too'],
    )
    await smokeTest({ url: local(redis.port), samples: 2 })
    expect(await client.call('LRANGE', 'skybridge:jobs:queue', 0, -1)).toEqual(['job3', 'job2', 'job1'])
    expect(await client.call('GET', 'skybridge:test')).toBe('mine')
    expect(await client.call('GET', 'skyfly:test:value')).toBe('mine too')
    expect(await client.call('DBSIZE')).toBe(3)
  })

  it('names only keys of one prefix in braces, and gives each an end', async () => {
    const seen = await monitored(redis.port, () => smokeTest({ url: local(redis.port), samples: 2 }))
    const keyed = seen.filter(([name = '']) =>
      /^(set|get|del|lpush|llen|lrange|brpop|exists|expire)$/i.test(name),
    )
    const keys = keyed.flatMap(([, ...args]) => args.filter(arg => arg.includes(':')))
    expect(new Set(keys.map(key => key.replace(/[^:]*$/, ''))).size).toBe(1)
    expect(keys[0]).toMatch(/^skyfly:test:\{[0-9a-f]{16}\}:/)
    const writes = seen.flatMap(([name = '', ...args], at) => {
      if (/^set$/i.test(name)) return [args.slice(2)]
      return /^lpush$/i.test(name) ? [[seen[at + 1]?.[0], seen[at + 1]?.[2]]] : []
    })
    expect(writes.length).toBe(3 + 2 * 3 + 3)
    for (const end of writes)
      expect([
        ['EX', '60'],
        ['EXPIRE', '60'],
      ]).toContainEqual(end)
  })

  it('wakes a connection that really waits: every push comes after the server showed it blocked', async () => {
    const result = await smokeTest({ url: local(redis.port), samples: 20 })
    expect(row(result, 'BRPOP WAKE')).toMatchObject({
      samples: 20,
      detail: expect.not.stringContaining('tell'),
    })
  })

  it('works with a database number', async () => {
    expect((await smokeTest({ url: local(redis.port, '/5'), samples: 1 })).ok).toBe(true)
  })

  it('removes its keys when it is interrupted, and says what was not done', async () => {
    const controller = new AbortController()
    const client = await clientFor(local(redis.port))
    await client.call('FLUSHALL')
    const running = smokeTest({ url: local(redis.port), samples: 500, signal: controller.signal })
    while ((await client.call('DBSIZE')) === 0); // until it has written something
    controller.abort()
    const result = await running
    expect(result.ok).toBe(false)
    expect(verdicts(result)).toMatchObject({
      'BRPOP WAKE': 'skipped',
      'CLEAN-UP': expect.stringMatching('ok|slow'),
    })
    expect(row(result, 'BRPOP WAKE').detail).toBe('interrupted')
    expect(await client.call('DBSIZE')).toBe(0)
  })

  it('refuses a number of samples that is none', async () => {
    await expect(smokeTest({ url: local(redis.port), samples: 0 })).rejects.toMatchObject({ code: 'usage' })
  })
})

describe.skipIf(!hasRedis)('the smoke check of a server that refuses (needs redis-server)', () => {
  it.each([
    ['a user without LPUSH', withoutRight('-lpush'), 'LPUSH', /^LPUSH: NOPERM /],
    ['a user without BRPOP', withoutRight('-brpop'), 'BRPOP', /^BRPOP: NOPERM /],
    [
      'a replica',
      ['--replicaof', '127.0.0.1 1', '--replica-serve-stale-data', 'yes'],
      'SET/GET',
      /^SET: READONLY /,
    ],
    ['a full server', ['--maxmemory', '1'], 'SET/GET', /^SET: OOM /],
  ])('%s fails in its own words, and leaves nothing', async (_, args, name, words) => {
    const { port } = await redisForTest(args)
    const result = await smokeTest({ url: local(port), samples: 2 })
    expect(result.ok).toBe(false)
    expect(row(result, name)).toMatchObject({ verdict: 'failed', detail: expect.stringMatching(words) })
    expect(verdicts(result)).toMatchObject({
      PING: expect.stringMatching('ok|slow'),
      'CLEAN-UP': expect.stringMatching('ok|slow'),
    })
    expect(await keysOf(port)).toEqual([])
  })

  it('works where CLIENT and INFO are forbidden, and says what could not be seen', async () => {
    const { port } = await redisForTest(withoutRight('-client', '-info'))
    const result = await smokeTest({ url: local(port), samples: 2 })
    expect(result).toMatchObject({ ok: true, engine: null, version: null })
    expect(row(result, 'BRPOP WAKE').detail).toContain('does not tell whether BRPOP waited')
  })

  it('works with a password, and does not show it', async () => {
    const { port } = await redisForTest(['--requirepass', 's3cret'])
    const result = await smokeTest({ url: `redis://:s3cret@127.0.0.1:${port}`, samples: 1 })
    expect(result.ok).toBe(true)
    expect(result.url).toBe(`redis://:***@127.0.0.1:${port}`)
    expect(JSON.stringify(result)).not.toContain('s3cret')
  })

  it('works over IPv6', async () => {
    const { port } = await redisForTest(['--bind', '::1'])
    const result = await smokeTest({ url: `redis://[::1]:${port}`, samples: 1 })
    expect(result).toMatchObject({ ok: true, address: `[::1]:${port}` })
  })

  it('throws not-running where nobody answers', async () => {
    const running = smokeTest({ url: local(await freePort()) })
    await expect(running).rejects.toMatchObject({
      code: 'not-running',
      hint: expect.stringContaining('skyfly start'),
    })
  })
})

describe('the smoke check of a server that answers wrongly', () => {
  it.each([
    ['get', 'SET/GET', 'GET answered "something else" instead of'],
    ['llen', 'LPUSH', 'LLEN answered 4 instead of 3'],
    ['newest-first', 'BRPOP', '"job3"] instead of'],
    ['no-blocking', 'BRPOP WAKE', 'BRPOP: ERR no blocking here'],
    ['sleeper', 'BRPOP WAKE', 'BRPOP answered null instead of'],
  ])('fails for %s, skips the rest and removes its keys', async (fault, name, words) => {
    const { port } = await wrongServer({ SMOKE_WRONG: fault })
    const result = await smokeTest({ url: local(port), samples: 2 })
    expect(result).toMatchObject({ ok: false, engine: 'redis', version: '9.9.9' })
    expect(row(result, name)).toMatchObject({
      verdict: 'failed',
      samples: 0,
      detail: expect.stringContaining(words),
    })
    const later = result.rows.slice(NAMES.indexOf(name) + 1, -1)
    for (const { verdict, detail } of later) expect([verdict, detail]).toEqual(['skipped', `${name} failed`])
    expect(row(result, 'CLEAN-UP').verdict).not.toBe('failed')
    expect(await keysOf(port)).toEqual([])
  })

  it('ends at once when it is interrupted while it waits', async () => {
    const { port } = await wrongServer({ SMOKE_WRONG: 'sleeper' })
    const client = await clientFor(local(port))
    const controller = new AbortController()
    const running = smokeTest({ url: local(port), samples: 1, signal: controller.signal })
    while (!String(await client.call('KEYS', '*')).includes(':wake'));
    controller.abort()
    const result = await running
    expect(row(result, 'BRPOP WAKE')).toMatchObject({ verdict: 'skipped', detail: 'interrupted' })
    expect(row(result, 'BRPOP WAKE').durationMs).toBeLessThan(2000) // what BRPOP would wait for
    expect(row(result, 'CLEAN-UP').verdict).not.toBe('failed')
    expect(await client.call('KEYS', '*')).toEqual([])
  })

  it('fails for keys that cannot be removed', async () => {
    const { port } = await wrongServer({ SMOKE_ANSWERS: JSON.stringify({ EXISTS: ':1\r\n' }) })
    const result = await smokeTest({ url: local(port), samples: 1 })
    expect(result.ok).toBe(false)
    expect(row(result, 'CLEAN-UP')).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('EXISTS answered 1 instead of 0; keys under skyfly:test:{'),
    })
  })

  it('fails for a server that stops answering, within the limit', async () => {
    const { port } = await wrongServer({ SMOKE_DELAY: JSON.stringify({ LPUSH: 60_000 }) })
    const result = await smokeTest({ url: local(port), samples: 1, timeoutMs: 500 })
    expect(row(result, 'LPUSH')).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('did not answer within 500 ms'),
    })
    // On a new connection, since the old one is stuck.
    expect(row(result, 'CLEAN-UP').verdict).not.toBe('failed')
  })
})

describe('the smoke check of a slow server', () => {
  it.each([
    [false, true],
    [true, false],
  ])('warns, and with strict fails (strict %s, ok %s)', async (strict, ok) => {
    const { port } = await wrongServer({ SMOKE_DELAY: JSON.stringify({ GET: 12 }) })
    const result = await smokeTest({ url: local(port), samples: 2, strict })
    expect(result).toMatchObject({ ok, strict })
    expect(row(result, 'SET/GET')).toMatchObject({
      verdict: 'slow',
      detail: 'the median is over the limit of 10 ms',
      samples: 2,
    })
    expect(row(result, 'SET/GET').medianMs).toBeGreaterThan(10)
    expect(row(result, 'BRPOP WAKE').verdict).not.toBe('skipped')
  })
})

const built = fileURLToPath(new URL('../../dist/smoke/smoke-test.js', import.meta.url))
const source = fileURLToPath(new URL('../../src/smoke/smoke-test.ts', import.meta.url))
const isBuilt = (statSync(built, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= statSync(source).mtimeMs

describe.skipIf(!hasRedis || !hasOpenssl || !isBuilt)(
  'TLS (needs redis-server, openssl and a fresh npm run build)',
  () => {
    // In a process of its own: Node reads NODE_EXTRA_CA_CERTS once, when it starts.
    it('with a self-signed certificate passes when NODE_EXTRA_CA_CERTS trusts it, and only then', async () => {
      const { cert, key } = await certificate()
      const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-auth-clients', 'no']
      const { port } = await redisForTest(['--port', '0', '--tls-port', 'PORT', ...files])
      const run = async (env: NodeJS.ProcessEnv) => {
        const program = fileURLToPath(new URL('../fixtures/smoke-run.mjs', import.meta.url))
        const args = [program, `rediss://localhost:${port}`]
        return JSON.parse((await promisify(execFile)(process.execPath, args, { env })).stdout)
      }
      expect(await run({})).toMatchObject({
        code: 'not-running',
        message: expect.stringContaining('not trusted'),
      })
      expect(await run({ NODE_EXTRA_CA_CERTS: cert })).toMatchObject({
        ok: true,
        url: `rediss://localhost:${port}`,
      })
    })
  },
)

// The commands that the server received meanwhile, in its order.
async function monitored(port: number, work: () => Promise<unknown>): Promise<string[][]> {
  const socket = connectSocket(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  const lines = createInterface({ input: socket })
  const received: string[][] = []
  socket.write('MONITOR\r\n')
  await once(lines, 'line')
  lines.on('line', line => received.push([...line.matchAll(/"([^"]*)"/g)].map(([, word = '']) => word)))
  await work()
  const client = await clientFor(local(port))
  const ended = new Promise<void>(resolve => {
    lines.on('line', line => line.includes('"the end"') && resolve())
  })
  await client.call('ECHO', 'the end')
  await ended
  return received
}
