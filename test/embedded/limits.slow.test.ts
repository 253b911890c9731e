import { describe, expect, it } from 'vitest'
import { until } from '../project.js'
import { EmbeddedServer } from './compare-with-redis.js'
import { describeLargeLimits } from './large-limits.js'
import { Wire } from './wire.js'

describeLargeLimits({ requests: 500, keys: 200_000 })

describe('600 MB from clients', () => {
  it('tells one client when its answer would be too long, and serves the others', async () => {
    await using embedded = await EmbeddedServer.open()
    using wire = await Wire.open(embedded.port)
    for (let i = 0; i < 6; i++) await wire.ask('RPUSH', 'l', `${i}`.padEnd(100_000_000, 'x'))
    expect((await wire.ask('LRANGE', 'l', '0', '-1')).raw).toBe(
      '-ERR the answer is too large for this server\r\n',
    )
    expect((await wire.ask('LLEN', 'l')).raw).toBe(':6\r\n')
  })

  it('tells a waiting client when its answer would be too long, and serves the others', async () => {
    await using embedded = await EmbeddedServer.open()
    using waiting = await Wire.open(embedded.port)
    waiting.send(['BLMPOP', '0', '1', 'l', 'LEFT', 'COUNT', '100'])
    await until(() => embedded.engine.blocking.count === 1)
    using wire = await Wire.open(embedded.port)
    await wire.ask('MULTI')
    for (let i = 0; i < 6; i++) await wire.ask('RPUSH', 'l', `${i}`.padEnd(100_000_000, 'x'))
    expect((await wire.ask('EXEC')).raw).toBe('*6\r\n:1\r\n:2\r\n:3\r\n:4\r\n:5\r\n:6\r\n')
    expect((await waiting.read()).raw).toBe('-ERR the answer is too large for this server\r\n')
    expect((await waiting.ask('PING')).raw).toBe('+PONG\r\n')
  })
})
