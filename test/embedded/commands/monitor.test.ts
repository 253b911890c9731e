import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisServer } from '../../project.js'
import { ConnectionPair, EmbeddedServer, RedisServer } from '../compare-with-redis.js'
import { Wire } from '../wire.js'

describe.skipIf(redisServer === undefined)('MONITOR', () => {
  let embedded: EmbeddedServer
  let redis: RedisServer
  beforeAll(async () => {
    ;[embedded, redis] = await Promise.all([EmbeddedServer.open(), RedisServer.open()])
  })
  afterAll(async () => {
    await embedded[Symbol.asyncDispose]()
    await redis[Symbol.asyncDispose]()
  })

  it('shows what others do, without passwords and orders', async () => {
    using watching = await ConnectionPair.open(embedded, redis)
    using acting = await ConnectionPair.open(embedded, redis)
    await watching.same(['MONITOR'])
    for (const words of [
      ...[
        ['SELECT', '2'],
        ['SET', 'a', '\x00\x01\xff"\\\r\n\t\x07\b é'],
        ['CONFIG', 'GET', 'port'],
        ['NOPE'],
      ],
      ...[['AUTH', 'default', 'x'], ['HELLO', '2', 'AUTH', 'default', 'x'], ['MULTI'], ['PING'], ['EXEC']],
      ...[['CLIENT', 'GETNAME'], ['PUBLISH', 'a', 'b'], ['QUIT']],
    ])
      await acting.both(words)
    const linesOf = async (wire: Wire) => {
      const lines: string[] = []
      while (!lines.some(line => line.includes('"QUIT"'))) lines.push((await wire.read()).raw)
      return lines.map(line => line.replace(/^\+\d+\.\d{6} \[(\d+) 127\.0\.0\.1:\d+\]/, '$1'))
    }
    expect(await linesOf(watching.embedded)).toEqual(await linesOf(watching.redis))
    for (const words of [['GET', 'a'], ['SET', 'a', 'b'], ['PUBLISH', 'a', 'b'], ['RESET'], ['GET', 'a']])
      await watching.same(words)
  })
})

describe('a large word in MONITOR', () => {
  it('shows the beginning of a large word to those who watch', async () => {
    await using embedded = await EmbeddedServer.open()
    using watching = await Wire.open(embedded.port)
    await watching.ask('MONITOR')
    using wire = await Wire.open(embedded.port)
    await wire.ask('SET', 'k', '\0'.repeat(20_000_000))
    const { raw } = await watching.read()
    expect(raw.slice(raw.indexOf(']') + 2)).toBe(`"SET" "k" "${'\\x00'.repeat(4096)}"...\r\n`)
    await wire.ask('ECHO', ...Array.from({ length: 1000 }, () => 'x'.repeat(4096)))
    await wire.ask('DEL', ...Array.from({ length: 1000 }, () => 'x'.repeat(4096)))
    const long = (await watching.read()).raw
    expect(long.length).toBeLessThan(1_100_000)
    expect(long.endsWith('xxx" ...\r\n')).toBe(true)
    expect((await wire.ask('PING')).raw).toBe('+PONG\r\n')
  })
})
