import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseRedisLine } from '../../src/engines/redis/log.js'
import { until } from '../project.js'
import { isWindows, itOnPosix } from '../system.js'
import { Wire } from './wire.js'

const MAIN = fileURLToPath(new URL('../../dist/embedded/main.js', import.meta.url))

/** The server as a program, and all that it has printed. */
class Program implements AsyncDisposable {
  out = ''
  readonly exited: Promise<unknown[]>

  constructor(readonly child: ChildProcess) {
    child.stdout?.on('data', chunk => {
      this.out += chunk
    })
    child.stderr?.on('data', chunk => {
      this.out += chunk
    })
    this.exited = once(child, 'close')
  }

  /** Waits until it is ready. */
  async ready(): Promise<number> {
    await until(() => {
      if (this.child.exitCode !== null) throw new Error(`it ended: ${this.out}`)
      return this.out.includes('Ready to accept connections')
    })
    return Number(/Listening on \S+:(\d+)/.exec(this.out)?.[1])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL')
    await this.exited
  }
}

describe('node dist/embedded/main.js', () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'skyfly-embedded-'))
  })
  // Windows keeps the working folder of a process that is just ending.
  afterEach(() => rmSync(dir, { recursive: true, force: true, maxRetries: 50, retryDelay: 20 }))

  const start = (...args: readonly string[]) =>
    new Program(spawn(process.execPath, [MAIN, ...args], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] }))

  it('says what it is in its first line, and logs in the form of Redis', async () => {
    await using program = start(
      '--cli',
      '--port',
      '0',
      '--dir',
      dir,
      '--log-level',
      'debug',
      '--bind=127.0.0.1',
    )
    using wire = await Wire.open(await program.ready())
    expect((await wire.ask('PING')).raw).toBe('+PONG\r\n')
    const lastLevel = () => parseRedisLine(program.out.trimEnd().split('\n').at(-1) ?? '')?.level
    await until(() => lastLevel() === 'debug')
    const lines = program.out.trimEnd().split('\n')
    expect(lines[0]).toMatch(/for development and tests.*not Dragonfly/)
    for (const line of lines) expect(parseRedisLine(line)).toBeDefined()
  })

  it.each(isWindows ? (['SHUTDOWN'] as const) : (['SHUTDOWN', 'SIGTERM', 'SIGINT'] as const))(
    'saves at %s, and has the data after the next start',
    async how => {
      await using first = start('--port', '0', '--dir', dir)
      using wire = await Wire.open(await first.ready())
      for (const words of [
        ['SET', 'a', '\xff\0'],
        ['RPUSH', 'l', 'x', 'y'],
        ['SET', 'e', '1', 'EX', '1000'],
      ])
        await wire.ask(...words)
      if (how === 'SHUTDOWN') wire.send([how])
      else first.child.kill(how)
      expect(await first.exited).toEqual([0, null])
      expect(existsSync(join(dir, 'dump.rdb'))).toBe(true)
      await using second = start('--port', '0', '--dir', dir)
      using again = await Wire.open(await second.ready())
      expect((await again.ask('GET', 'a')).raw).toBe('$2\r\n\xff\0\r\n')
      expect((await again.ask('LRANGE', 'l', '0', '-1')).raw).toBe('*2\r\n$1\r\nx\r\n$1\r\ny\r\n')
      expect((await again.ask('INFO', 'keyspace')).raw).toContain('db0:keys=3,expires=1')
    },
  )

  it.each([[['--save', '']], [['--dbfilename', '']], [['--dbfilename=']]])(
    'saves nothing with %j',
    async args => {
      await using program = start('--port', '0', '--dir', dir, ...args)
      using wire = await Wire.open(await program.ready())
      await wire.ask('SET', 'a', '1')
      if (isWindows) wire.send(['SHUTDOWN'])
      else program.child.kill('SIGTERM')
      expect(await program.exited).toEqual([0, null])
      expect(existsSync(join(dir, 'dump.rdb'))).toBe(false)
    },
  )

  it('ends at SHUTDOWN, with or without a snapshot', async () => {
    for (const [word, saved] of [
      ['NOSAVE', false],
      ['SAVE', true],
    ] as const) {
      await using program = start('--port', '0', '--save', '')
      using wire = await Wire.open(await program.ready())
      await wire.ask('SET', 'a', '1')
      wire.send(['SHUTDOWN', word])
      expect(await program.exited).toEqual([0, null])
      expect(existsSync(join(dir, 'dump.rdb'))).toBe(saved)
    }
  })

  itOnPosix('Windows has no SIGTERM')('stays alive and says why when it cannot save at the end', async () => {
    const folder = join(dir, 'gone')
    const made = mkdtempSync(folder)
    await using program = start('--port', '0', '--dir', made)
    using wire = await Wire.open(await program.ready())
    await wire.ask('SET', 'a', '1')
    rmSync(made, { recursive: true })
    program.child.kill('SIGTERM')
    await until(() => program.out.includes("Error trying to save the DB, can't exit."))
    expect(program.out).toMatch(/Failed opening the temp RDB file .* for saving: /)
    expect((await wire.ask('GET', 'a')).raw).toBe('$1\r\n1\r\n')
    wire.send(['SHUTDOWN', 'FORCE'])
    expect(await program.exited).toEqual([0, null])
  })

  itOnPosix('Windows has no SIGHUP')('does not mind SIGHUP', async () => {
    await using program = start('--port', '0')
    using wire = await Wire.open(await program.ready())
    program.child.kill('SIGHUP')
    expect((await wire.ask('PING')).raw).toBe('+PONG\r\n')
    expect((await wire.ask('PING')).raw).toBe('+PONG\r\n')
  })

  it('says in the words of Redis that the port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    await using program = start('--port', String(port))
    expect(await program.exited).toEqual([1, null])
    expect(program.out).toContain(
      `Could not create server TCP listening socket 127.0.0.1:${port}: bind: Address already in use`,
    )
    server.close()
  })

  const WRONG: readonly (readonly [args: readonly string[], says: string])[] = [
    [['--nope'], ">>> 'nope'\nBad directive"],
    [['--nope=1'], `>>> 'nope "1"'\nBad directive`],
    [['nope'], ">>> 'nope'\nBad directive"],
    [['--port'], ">>> 'port'\nBad directive"],
    [['--port', 'x'], `>>> 'port "x"'\nargument must be between 0 and 65535`],
    [['--maxmemory', '1x'], `>>> 'maxmemory "1x"'\nargument must be a memory value`],
    [['--log-level', 'loud'], `>>> 'log-level "loud"'\n`],
    [['--dir', 'no such folder'], ">>> 'dir "],
    [['--save', '60 1'], `>>> 'save "60 1"'\n`],
    [['--dbfilename', 'a/b'], `>>> 'dbfilename "a/b"'\n`],
    [['--bind', '192.0.2.1', '--port', '0'], 'bind: Cannot assign requested address'],
  ]
  it.each(WRONG)('refuses %j', async (args, says) => {
    await using program = start(...args)
    expect(await program.exited).toEqual([1, null])
    expect(program.out).toContain(says)
  })

  it('refuses to start with a snapshot that it cannot read', async () => {
    writeFileSync(join(dir, 'dump.rdb'), 'REDIS0009 nothing of the kind')
    await using program = start('--port', '0')
    expect(await program.exited).toEqual([1, null])
    expect(program.out).toContain('Fatal error loading the DB')
  })

  it('tells its version and its flags', async () => {
    await using version = start('--version')
    expect(await version.exited).toEqual([0, null])
    expect(version.out).toMatch(/^skyfly embedded server v=\d+\.\d+\.\d+\n$/)
    await using help = start('--help')
    expect(await help.exited).toEqual([0, null])
    for (const flag of [
      '--port',
      '--bind',
      '--dir',
      '--log-level',
      '--cli',
      '--dbfilename',
      '--maxmemory',
      '--save',
    ])
      expect(help.out).toContain(`  ${flag}`)
  })

  it('obeys its flags', async () => {
    const args = ['--maxclients', '3', '--databases=2', '--requirepass', 'pä', '--maxmemory', '10mb']
    await using program = start('--port', '0', ...args)
    using wire = await Wire.open(await program.ready())
    expect((await wire.ask('PING')).raw).toBe('-NOAUTH Authentication required.\r\n')
    expect((await wire.ask('AUTH', Buffer.from('pä').toString('latin1'))).raw).toBe('+OK\r\n')
    expect((await wire.ask('SELECT', '2')).raw).toBe('-ERR DB index is out of range\r\n')
    const { raw } = await wire.ask('CONFIG', 'GET', 'max*')
    for (const value of ['10485760', '3']) expect(raw).toContain(`\r\n${value}\r\n`)
  })
})
