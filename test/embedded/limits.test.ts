import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { ListValue } from '../../src/embedded/values/list.js'
import { until } from '../project.js'
import { EmbeddedServer } from './compare-with-redis.js'
import { describeLargeLimits } from './large-limits.js'
import { Wire } from './wire.js'

describe('limits', () => {
  it('serves a thousand idle clients, and one more', async () => {
    await using embedded = await EmbeddedServer.open()
    const idle = await Promise.all(Array.from({ length: 1000 }, () => Wire.open(embedded.port)))
    using wire = await Wire.open(embedded.port)
    expect((await wire.ask('PING')).raw).toBe('+PONG\r\n')
    // They are accepted in any order.
    await until(() => embedded.engine.clients.size === 1001)
    for (const one of idle) one[Symbol.dispose]()
    await until(() => embedded.engine.clients.size === 1)
  })

  it('refuses more clients than it may have', async () => {
    await using embedded = await EmbeddedServer.open({ maxclients: 1 })
    using first = await Wire.open(embedded.port)
    expect((await first.ask('PING')).raw).toBe('+PONG\r\n')
    using second = await Wire.open(embedded.port)
    expect((await second.read()).raw).toBe('-ERR max number of clients reached\r\n')
    await until(() => second.isClosed)
  })

  it('cuts off a client that does not read its messages', async () => {
    await using embedded = await EmbeddedServer.open()
    using deaf = await Wire.open(embedded.port)
    await deaf.ask('SUBSCRIBE', 'c')
    deaf.socket.pause()
    using sender = await Wire.open(embedded.port)
    const message = 'x'.repeat(1024 * 1024)
    await until(async () => (await sender.ask('PUBLISH', 'c', message)).raw === ':0\r\n')
    expect((await sender.ask('PING')).raw).toBe('+PONG\r\n')
    deaf.socket.resume()
    await until(() => deaf.isClosed)
  })

  it('answers all that was asked before the other side closed', async () => {
    await using embedded = await EmbeddedServer.open()
    using wire = await Wire.open(embedded.port)
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
    // What the tests before left to be collected would count as taken at the start, and then make room.
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    collect()
    await using embedded = await EmbeddedServer.open({ maxmemory: 64 * 1024 * 1024 })
    using wire = await Wire.open(embedded.port)
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

  it('does no more of a transaction than can be answered', async () => {
    await using embedded = await EmbeddedServer.open({}, { maxAnswerBytes: 1024 * 1024 })
    using wire = await Wire.open(embedded.port)
    const value = 'x'.repeat(900_000)
    await wire.ask('RPUSH', 'l', value, value, value, value)
    await wire.ask('MULTI')
    for (let i = 0; i < 4; i++) await wire.ask('LPOP', 'l')
    const bulk = `$900000\r\n${value}\r\n`
    const refused = '-ERR the answer is too large for this server\r\n'
    const { raw } = await wire.ask('EXEC')
    expect(raw === `*4\r\n${bulk}${bulk}${refused}${refused}`).toBe(true)
    expect((await wire.ask('LLEN', 'l')).raw).toBe(':2\r\n')
  })

  it('sees that a blocked client left though it had sent a lot', async () => {
    await using embedded = await EmbeddedServer.open()
    using wire = await Wire.open(embedded.port)
    wire.send(['BLPOP', 'l', '0'])
    await until(() => embedded.engine.blocking.count === 1)
    wire.send(['SET', 'a', 'x'.repeat(4 * 1024 * 1024)])
    const [client] = embedded.engine.clients.values()
    await until(() => (client?.waitingBytes.requests ?? 0) > 1024 * 1024)
    wire.socket.destroy()
    await until(() => embedded.engine.blocking.count === 0)
  })

  it('cuts off a blocked client that sends and sends', async () => {
    await using embedded = await EmbeddedServer.open({}, { maxBlockedBytes: 1024 * 1024 })
    using wire = await Wire.open(embedded.port)
    wire.send(['BLPOP', 'l', '0'])
    await until(() => embedded.engine.blocking.count === 1)
    wire.send(['SET', 'a', 'x'.repeat(4 * 1024 * 1024)])
    await until(() => wire.isClosed)
    expect(embedded.engine.blocking.count).toBe(0)
  })

  it('keeps no answers for a client that is gone', async () => {
    await using embedded = await EmbeddedServer.open()
    using wire = await Wire.open(embedded.port)
    await wire.ask('PING')
    const [client] = embedded.engine.clients.values()
    client?.kill()
    for (let i = 0; i < 6; i++) client?.answer('x'.repeat(100_000_000))
    expect(client?.waitingBytes.answers).toBeLessThan(200_000_000)
  })

  // The system tells of its connections in a file on Linux only.
  it.skipIf(!existsSync('/proc/net/tcp'))('finds out that a silent client is gone', async () => {
    await using embedded = await EmbeddedServer.open()
    using wire = await Wire.open(embedded.port)
    await wire.ask('PING')
    const end = `:${embedded.port.toString(16).toUpperCase().padStart(4, '0')}`
    const line = readFileSync('/proc/net/tcp', 'latin1')
      .split('\n')
      .map(one => one.trim().split(/\s+/))
      .find(([, local, , state]) => local?.endsWith(end) && state === '01')
    // 02: the timer of keepalive runs.
    expect(line?.[5]).toMatch(/^02:/)
  })

  // Windows has no such limit.
  it.skipIf(process.platform === 'win32')('saves and stops when all its descriptors are taken', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'skyfly-embedded-'))
    const main = fileURLToPath(new URL('../../dist/embedded/main.js', import.meta.url))
    const args = ['-c', 'ulimit -n 60; exec "$@"', 'sh', process.execPath, main, '--port', '0', '--dir', dir]
    const child = spawn('sh', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(child, 'exit')
    let out = ''
    child.stdout.on('data', chunk => {
      out += chunk
    })
    const wires: Wire[] = []
    try {
      await until(() => out.includes('Ready to accept connections'))
      const port = Number(/Listening on \S+:(\d+)/.exec(out)?.[1])
      for (let i = 0; i < 120; i++) wires.push(await Wire.open(port))
      // Those that could not be accepted are closed.
      await until(() => wires.some(wire => wire.isClosed))
      const wire = wires.find(one => !one.isClosed)
      expect((await wire?.ask('SET', 'a', '1'))?.raw).toBe('+OK\r\n')
      expect((await wire?.ask('SAVE'))?.raw).toBe('+OK\r\n')
      child.kill('SIGTERM')
      expect(await ended).toEqual([0, null])
    } finally {
      child.kill('SIGKILL')
      for (const wire of wires) wire[Symbol.dispose]()
      rmSync(dir, { recursive: true })
    }
  })

  it('removes what is expired though nobody asks for it', async () => {
    await using embedded = await EmbeddedServer.open()
    using wire = await Wire.open(embedded.port)
    for (let i = 0; i < 500; i++) wire.send(['SET', `later${i}`, 'x', 'EX', '1000'])
    for (let i = 0; i < 500; i++) wire.send(['SET', `soon${i}`, 'x', 'PX', '1'])
    for (let i = 0; i < 1000; i++) expect((await wire.read()).raw).toBe('+OK\r\n')
    await until(() => embedded.engine.firstDatabase.size === 500)
    expect(embedded.engine.stats.expired).toBe(500)
  })
})

/** 600 MB that take no memory: V8 joins equal strings when it has to, and no answer gets that far. */
function tooLarge(): ListValue {
  const list = new ListValue()
  for (let count = 0; count < 6; count++) list.pushBack('x'.repeat(100_000_000))
  return list
}

describe('an answer that is too large', () => {
  it('is refused to one client, and the others are served', async () => {
    await using embedded = await EmbeddedServer.open()
    using wire = await Wire.open(embedded.port)
    embedded.engine.firstDatabase.set('l', tooLarge())
    expect((await wire.ask('LRANGE', 'l', '0', '-1')).raw).toBe(
      '-ERR the answer is too large for this server\r\n',
    )
    expect((await wire.ask('LLEN', 'l')).raw).toBe(':6\r\n')
  })

  it('is refused to a client that waits, and the others are served', async () => {
    await using embedded = await EmbeddedServer.open()
    embedded.engine.firstDatabase.set('large', tooLarge())
    using waiting = await Wire.open(embedded.port)
    waiting.send(['BLMPOP', '0', '1', 'l', 'LEFT', 'COUNT', '100'])
    await until(() => embedded.engine.blocking.count === 1)
    using wire = await Wire.open(embedded.port)
    expect((await wire.ask('RENAME', 'large', 'l')).raw).toBe('+OK\r\n')
    expect((await waiting.read()).raw).toBe('-ERR the answer is too large for this server\r\n')
    expect((await waiting.ask('PING')).raw).toBe('+PONG\r\n')
    expect((await wire.ask('LLEN', 'l')).raw).toBe(':6\r\n')
  })
})

describeLargeLimits({ requests: 100, keys: 50_000 })
