// The facts about redis-server that the engine relies on, tried on a real one.
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { redis } from '../../../src/engines/redis/redis.js'
import { onPath } from '../../../src/servers/search/executable-path.js'
import { command } from '../../fixtures/lib/command.mjs'
import { freePort, Program } from '../../fixtures/program.js'
import { launch } from '../launch.js'

const PATH = onPath('redis-server', { env: process.env, platform: process.platform }) ?? ''
const hasRedis = PATH !== ''

describe.skipIf(!hasRedis)('redis-server (skipped where there is no redis-server on PATH)', () => {
  let dir: string
  let port: number
  const running: Program[] = []

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'skyfly-redis-'))
    port = await freePort()
  })
  afterEach(async () => {
    for (const program of running.splice(0)) await program[Symbol.asyncDispose]()
    rmSync(dir, { recursive: true, force: true })
  })

  const input = (changes: Parameters<typeof launch>[0] = {}) =>
    launch({ binary: { engine: 'redis', path: PATH, version: '7.0.15' }, ...changes, input: { dir, port } })

  const start = (args: readonly string[]) => {
    const program = new Program(PATH, args)
    running.push(program)
    return program
  }

  it.each(['plain', 'with blanks', 'quotes \' and "', 'back\\slash', 'umlaut ü', 'dollar $HOME `x` #'])(
    'takes its data folder as it is called, and saves into it at SIGTERM: %s',
    async name => {
      const folder = join(dir, name)
      mkdirSync(folder)
      const server = start(redis.args({ ...input(), dir: folder }))
      await server.line(/Ready to accept connections/)
      expect(await command(port, 'SET a 1')).toBe('+OK')
      server.child.kill('SIGTERM')
      expect(await server.exited).toEqual({ code: 0, signal: null })
      expect(readdirSync(folder)).toEqual(['dump.rdb'])
    },
  )

  it('takes what it is given where it runs through Cygwin', async () => {
    const binary = { engine: 'redis', path: PATH, version: '7.0.15', emulation: 'cygwin' } as const
    const server = start(redis.args(input({ binary })))
    await server.line(/Ready to accept connections/)
    expect(await command(port, 'CONFIG GET stop-writes-on-bgsave-error')).toMatch(/\r\nno$/)
  })

  it('saves nothing when it is ephemeral', async () => {
    const server = start(redis.args(input({ config: { ephemeral: true } })))
    await server.line(/Ready to accept connections/)
    await command(port, 'SET a 1')
    server.child.kill('SIGTERM')
    expect(await server.exited).toEqual({ code: 0, signal: null })
    expect(readdirSync(dir)).toEqual([])
  })

  it('says that it could not save when its folder is gone, stays alive, and ends by SHUTDOWN NOSAVE', async () => {
    const server = start(redis.args(input()))
    await server.line(/Ready to accept connections/)
    await command(port, 'SET a 1')
    rmSync(dir, { recursive: true })
    server.child.kill('SIGTERM')
    await server.line(/Errors trying to shut down/)
    expect(server.lines.map(redis.saveFailure).find(failure => failure !== undefined)).toMatch(
      /Failed opening the temp RDB file .* for saving: No such file or directory/,
    )
    expect(await command(port, 'PING')).toBe('+PONG')
    await command(port, 'SHUTDOWN NOSAVE')
    expect(await server.exited).toEqual({ code: 0, signal: null })
  })

  it('starts empty with --appendonly yes beside a snapshot: why that is refused', async () => {
    const before = start(redis.args(input()))
    await before.line(/Ready to accept connections/)
    await command(port, 'SET a 1')
    before.child.kill('SIGTERM')
    await before.exited
    const after = start(redis.args(input({ config: { serverArgs: ['--appendonly', 'yes'] } })))
    await after.line(/Ready to accept connections/)
    expect(await command(port, 'DBSIZE')).toBe(':0')
  })

  it.each([
    ['a taken port', undefined, [], { kind: 'port', message: 'port PORT is taken by another program' }],
    [
      'a foreign dump',
      'hello, world, I am no dump',
      [],
      { kind: 'other', message: /does not begin like an RDB file/ },
    ],
    ['a dump of the future', 'REDIS9999xxxxxxxxxxxxx', [], { kind: 'other', message: /RDB version 9999/ }],
    ['a dump cut off', 'REDIS0009\xfa\x09redis-ver', [], { kind: 'other', message: /is cut off/ }],
    ['an unknown setting', '', ['--bogus', '1'], { kind: 'other', message: /has no setting bogus/ }],
    [
      'a bad value',
      '',
      ['--maxmemory', 'lots'],
      { kind: 'other', message: '--maxmemory cannot be "lots": argument must be a memory value' },
    ],
  ])('is explained when it does not start: %s', async (_, dump, serverArgs, { kind, message }) => {
    const holder = dump === undefined ? createServer().listen(port, '127.0.0.1') : undefined
    if (holder !== undefined) await once(holder, 'listening')
    if (dump) writeFileSync(join(dir, 'dump.rdb'), dump, 'latin1')
    const given = input({ config: { serverArgs } })
    const server = start(redis.args(given))
    expect(await server.exited).toEqual({ code: 1, signal: null })
    const explained = redis.explain(server.lines, given)
    expect(explained?.kind).toBe(kind)
    expect(explained?.message).toEqual(
      typeof message === 'string' ? message.replace('PORT', String(port)) : expect.stringMatching(message),
    )
    holder?.close()
  })

  it('is explained when it does not start: an address of others', async () => {
    const given = input({ config: { host: '203.0.113.7' } })
    const server = start(redis.args(given))
    expect(await server.exited).toEqual({ code: 1, signal: null })
    expect(redis.explain(server.lines, given)).toMatchObject({
      kind: 'other',
      message: '203.0.113.7 is not an address of this machine',
    })
  })

  it('prints no line that is not understood, not even at its lowest log level', async () => {
    const server = start(redis.args(input({ config: { logLevel: 'debug' } })))
    await server.line(/Ready to accept connections/)
    server.child.kill('SIGTERM')
    await server.exited
    const strange = (text: string) => redis.parseLine(text) === undefined
    expect(server.lines.filter(strange)).toEqual([])
  })
})
