import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { until } from '../project.js'
import { Own, Wire } from './pair.js'

describe('limits', () => {
  it('serves a thousand idle clients, and one more', async () => {
    await using own = await Own.open()
    const idle = await Promise.all(Array.from({ length: 1000 }, () => Wire.open(own.port)))
    using wire = await Wire.open(own.port)
    expect((await wire.ask('PING')).raw).toBe('+PONG\r\n')
    expect(own.engine.clients.size).toBe(1001)
    for (const one of idle) one[Symbol.dispose]()
    await until(() => own.engine.clients.size === 1)
  })

  it('refuses more clients than it may have', async () => {
    await using own = await Own.open({ maxclients: 1 })
    using first = await Wire.open(own.port)
    expect((await first.ask('PING')).raw).toBe('+PONG\r\n')
    using second = await Wire.open(own.port)
    expect((await second.read()).raw).toBe('-ERR max number of clients reached\r\n')
    await until(() => second.isClosed)
  })

  it('cuts off a client that does not read its messages', async () => {
    await using own = await Own.open()
    using deaf = await Wire.open(own.port)
    await deaf.ask('SUBSCRIBE', 'c')
    deaf.socket.pause()
    using sender = await Wire.open(own.port)
    const message = 'x'.repeat(1024 * 1024)
    await until(async () => (await sender.ask('PUBLISH', 'c', message)).raw === ':0\r\n')
    expect((await sender.ask('PING')).raw).toBe('+PONG\r\n')
    deaf.socket.resume()
    await until(() => deaf.isClosed)
  })

  it('takes no more requests from a client that does not read its answers', async () => {
    await using own = await Own.open()
    using deaf = await Wire.open(own.port)
    await deaf.ask('SET', 'a', 'x'.repeat(1024 * 1024))
    const before = own.engine.stats.commands
    deaf.socket.pause()
    for (let asked = 0; asked < 500; asked++) deaf.send(['GET', 'a'])
    using other = await Wire.open(own.port)
    for (let asked = 0; asked < 100; asked++) expect((await other.ask('PING')).raw).toBe('+PONG\r\n')
    expect(own.engine.stats.commands - before).toBeLessThan(300)
    deaf.socket.resume()
    for (let asked = 0; asked < 500; asked++) expect((await deaf.read()).raw).toHaveLength(1024 * 1024 + 12)
  })

  it('answers all that was asked before the other side closed', async () => {
    await using own = await Own.open()
    using wire = await Wire.open(own.port)
    let received = ''
    wire.socket.on('data', chunk => {
      received += chunk.toString('latin1')
    })
    const closed = once(wire.socket, 'close')
    wire.socket.end('PING\r\n'.repeat(5000))
    await closed
    expect(received).toBe('+PONG\r\n'.repeat(5000))
  })

  it('refuses writes beyond maxmemory, and takes them again when keys are gone', async () => {
    await using own = await Own.open({ maxmemory: 64 * 1024 * 1024 })
    using wire = await Wire.open(own.port)
    // Other characters each time, or equal strings could be shared.
    let stored = 0
    await until(async () => {
      const answer = (await wire.ask('SET', `key${stored}`, `${stored}`.padEnd(900_000, 'x'))).raw
      if (answer === '+OK\r\n') stored++
      else expect(answer).toBe("-OOM command not allowed when used memory > 'maxmemory'.\r\n")
      return answer !== '+OK\r\n'
    })
    expect(stored).toBeGreaterThan(20)
    expect(stored).toBeLessThan(200)
    expect((await wire.ask('GET', 'key0')).raw).toHaveLength(900_000 + 11)
    expect((await wire.ask('DEL', ...Array.from({ length: stored }, (_, i) => `key${i}`))).raw).toBe(
      `:${stored}\r\n`,
    )
    await until(async () => (await wire.ask('SET', 'a', 'b')).raw === '+OK\r\n')
  })

  it('tells one client when its answer would be too long, and serves the others', async () => {
    await using own = await Own.open()
    using wire = await Wire.open(own.port)
    for (let i = 0; i < 6; i++) await wire.ask('RPUSH', 'l', `${i}`.padEnd(100_000_000, 'x'))
    expect((await wire.ask('LRANGE', 'l', '0', '-1')).raw).toBe(
      '-ERR the answer is too large for this server\r\n',
    )
    expect((await wire.ask('LLEN', 'l')).raw).toBe(':6\r\n')
  })

  it('removes what is expired though nobody asks for it', async () => {
    await using own = await Own.open()
    using wire = await Wire.open(own.port)
    for (let i = 0; i < 500; i++) wire.send(['SET', `later${i}`, 'x', 'EX', '1000'])
    for (let i = 0; i < 500; i++) wire.send(['SET', `soon${i}`, 'x', 'PX', '1'])
    for (let i = 0; i < 1000; i++) expect((await wire.read()).raw).toBe('+OK\r\n')
    await until(() => own.engine.firstDatabase.size === 500)
    expect(own.engine.stats.expired).toBe(500)
  })
})
