import { existsSync, mkdirSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import type { Status } from '../../src/supervisor/status.js'
import { fixture, isAlive, Project, until } from '../project.js'
import {
  isLinux,
  isWindows,
  itNotInWine,
  itOnPosix,
  itWhereServersEnd,
  itWithProc,
  runsFixtures,
} from '../system.js'
import { ENGINES, get, keepsEveryKey, runsAtOnce, set, withClient } from './endurance.js'

/** What the system calls its process. */
const PROGRAMS = { embedded: isWindows ? 'node.exe' : 'node', redis: 'redis-server' } as const

/** Windows may need more than a second. */
const DURATION = '[\\d.]+ m?s'

describe.each(ENGINES)('%s under skyfly', engine => {
  const SERVER = ['--engine', engine]

  it('saves when it is stopped while its clients are paused', async () => {
    await using project = new Project()
    const status = await project.start(...SERVER)
    await set(status, 'key', 'kept')
    await withClient(status, client => client.call('CLIENT', 'PAUSE', '600000', 'ALL'))
    const stopped = await project.skyfly('stop')
    expect(stopped).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('saved dump.rdb') })
    expect(await get(await project.start(...SERVER), 'key')).toBe('kept')
  })

  it('starts, is tested, shows its status and log, and leaves nothing when it is stopped', async () => {
    await using project = new Project()
    const started = await project.skyfly('start', '--detach', '--port', 'auto', ...SERVER)
    expect(started).toMatchObject({ exitCode: 0, stderr: '' })
    expect(started.stdout).toMatch(
      new RegExp(
        `^${engine} \\d+\\.\\d+\\.\\d+ ready on 127\\.0\\.0\\.1:\\d+ in ${DURATION} \\(pid \\d+\\)$`,
      ),
    )

    const tested = await project.skyfly('test', '--samples', '2')
    expect(tested.stdout).toContain('7 checks passed')
    expect(tested.exitCode).toBe(0)

    const shown = await project.skyfly('status', '--json')
    const status = JSON.parse(shown.stdout) as Status
    expect(shown.exitCode).toBe(0)
    expect(status).toMatchObject({
      name: 'dragonfly',
      state: 'running',
      engine,
      restarts: 0,
      lastExit: null,
    })
    expect(project.read('data/dragonfly.pid')).toBe(`${status.pid}\n`)

    expect((await project.skyfly('logs')).stdout).toContain('Ready to accept connections')

    const stopped = await project.skyfly('stop')
    expect(stopped.exitCode).toBe(0)
    expect(stopped.stdout).toMatch(
      new RegExp(
        `^stopped ${engine} [\\d.]+ \\(pid \\d+\\) in ${DURATION}; saved dump\\.rdb \\(\\d+ bytes\\)$`,
      ),
    )
    expect(isAlive(status.pid ?? 0)).toBe(false)
    expect(isAlive(status.supervisorPid ?? 0)).toBe(false)
    expect(project.leftovers()).toEqual([])
    expect(await project.skyfly('status')).toMatchObject({ exitCode: 3 })
    expect(await project.skyfly('stop')).toMatchObject({ exitCode: 0, stdout: 'dragonfly is not running' })
  })

  it('says that it runs already, and what differs from what was asked', async () => {
    await using project = new Project()
    const status = await project.start(...SERVER)
    const again = await project.skyfly('start', '--detach')
    expect(again).toMatchObject({ exitCode: 0 })
    expect(again.stdout).toBe(
      `${engine} ${status.version} already runs on 127.0.0.1:${status.port} (pid ${status.pid})`,
    )
    expect(await project.skyfly('start')).toMatchObject({ exitCode: 0, stdout: again.stdout })

    const other = await project.skyfly('start', '--detach', '--port', '1', '--dir', 'elsewhere')
    expect(other.exitCode).toBe(6)
    expect(other.stderr).toContain(`port ${status.port}, not 1`)
    expect(other.stderr).toContain('skyfly restart --port 1 --dir ')

    const more = await project.skyfly('start', '--detach', '--maxmemory', '1gb', '--log-level', 'debug')
    expect(more.exitCode).toBe(6)
    expect(more.stderr).toContain('log-level info, not debug; maxmemory as the engine chose it, not 1gb')
    expect(more.stderr).toContain('skyfly restart --log-level debug --maxmemory 1gb')
  })

  it('does not take a server with data for an ephemeral one', async () => {
    await using project = new Project()
    await project.start(...SERVER)
    const again = await project.skyfly('start', '--detach', '--ephemeral')
    expect(again).toMatchObject({ exitCode: 6, stderr: expect.stringContaining('ephemeral false, not true') })
  })

  it('is not running where nothing was ever started, and stopping that is no error', async () => {
    await using project = new Project()
    expect(await project.skyfly('stop')).toMatchObject({ exitCode: 0, stdout: 'dragonfly is not running' })
    expect(existsSync(join(project.dir, 'data'))).toBe(false)
  })

  itNotInWine('Wine does not tell who has a port')(
    'names who has the port, at once, and the way out',
    async () => {
      await using project = new Project()
      await using holder = new Project()
      const { port, pid } = await holder.start(...SERVER)
      const ran = await project.skyfly('start', '--detach', '--port', String(port), ...SERVER)
      expect(ran.exitCode).toBe(6)
      expect(ran.stderr).toContain(`port ${port} is taken by ${PROGRAMS[engine]} (pid ${pid})`)
      expect(ran.stderr).toContain('--port auto')
      expect(project.leftovers()).toEqual([])
    },
  )

  itOnPosix('Windows has no bash')('gives the shell back every pipe it was started with', async () => {
    await using project = new Project()
    const start = `${process.execPath} ${join(import.meta.dirname, '../../bin/skyfly.js')} start --detach --port auto --engine ${engine}`
    // Descriptors 3, 9 and 200 are the pipe too, as a build tool or a lock would hand them down.
    const script = `x=$(${start} 3>&1 9>&1 200>&1); echo "got: $x"; ${start} 2>&1 3>&1 200>&1 | cat`
    const { stdout } = await execa('bash', ['-c', script], {
      cwd: project.dir,
      env: project.env,
      extendEnv: false,
    })
    expect(stdout).toMatch(new RegExp(`^got: ${engine} .* ready on .*\\n${engine} .* already runs on `))
  })

  it('serves again on the same port after a kill -9 of the server, and tells of the restart', async () => {
    await using project = new Project()
    const before = await project.start(...SERVER)
    process.kill(before.pid ?? 0, 'SIGKILL')
    await until(async () => (await project.status())?.restarts === 1)
    await until(async () => (await project.status())?.state === 'running')
    const after = await project.status()
    expect(after).toMatchObject({
      port: before.port,
      restarts: 1,
      lastExit: isWindows ? { signal: null, code: 1 } : { signal: 'SIGKILL', code: null },
    })
    expect(after?.pid).not.toBe(before.pid)
    expect(project.read('data/dragonfly.pid')).toBe(`${after?.pid}\n`)
    expect(await withClient(after as Status, client => client.ping())).toBe('PONG')
  })

  it.runIf(isLinux)(
    'loses nothing when the supervisor is killed with -9 (Linux: other systems have no signal at the death of a parent)',
    async () => {
      await using project = new Project()
      const before = await project.start(...SERVER)
      await set(before, 'kept', 'yes')
      process.kill(before.supervisorPid ?? 0, 'SIGKILL')
      const after = await project.start(...SERVER)
      expect(isAlive(before.pid ?? 0)).toBe(false)
      expect(await get(after, 'kept')).toBe('yes')
      expect(after.lastExit?.reason).toContain('was killed')
    },
  )

  itWhereServersEnd('cleans up what a killed supervisor left, whichever command comes next', async () => {
    for (const command of ['status', 'stop'] as const) {
      await using project = new Project()
      const { pid, supervisorPid } = await project.start('--ephemeral', ...SERVER)
      const { dir } = (await project.status()) as Status
      process.kill(supervisorPid ?? 0, 'SIGKILL')
      await until(() => !isAlive(pid ?? 0))
      await project.skyfly(command)
      expect(project.leftovers(), command).toEqual([])
      expect(readdirSync(join(dir, '..')), command).not.toContain(basename(dir))
    }
  })

  // lifecycle.slow.test.ts does both with more of them.
  it('keeps every key over many starts and stops in a row', () => keepsEveryKey(engine, 4), 120_000)
  it('runs several instances at once, and stops them all', () => runsAtOnce(engine, 4), 120_000)

  it('makes one server of many starts at the same moment', async () => {
    await using project = new Project()
    const runs = await Promise.all(
      [1, 2, 3, 4].map(() => project.skyfly('start', '--detach', '--json', '--port', 'auto', ...SERVER)),
    )
    expect(runs.map(({ exitCode, stderr }) => `${exitCode} ${stderr}`)).toEqual(['0 ', '0 ', '0 ', '0 '])
    expect(new Set(runs.map(({ stdout }) => (JSON.parse(stdout) as Status).pid)).size).toBe(1)
  })

  // test/windows/console.test.ts types it into a console.
  itOnPosix('Windows ends a process whatever the signal')(
    'shows the log in the foreground, and saves on Ctrl-C',
    async () => {
      await using project = new Project()
      const foreground = project.spawn(['start', '--port', 'auto', ...SERVER])
      await until(async () => (await project.status())?.state === 'running')
      const status = (await project.status()) as Status
      await set(status, 'kept', 'yes')
      foreground.kill('SIGINT')
      const { exitCode, stdout, stderr } = await foreground
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      expect(stdout).toMatch(
        /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] \w+ [\d.]+ ready on 127\.0\.0\.1:\d+ in \d+ ms \(pid \d+\)$/m,
      )
      expect(stdout).toMatch(new RegExp(`\\] stopped ${engine} .*; saved dump\\.rdb`))
      expect(project.leftovers()).toEqual([])
      expect(await get(await project.start(...SERVER), 'kept')).toBe('yes')
    },
  )

  itOnPosix('Windows ends a process whatever the signal').each(['SIGTERM', 'SIGHUP'] as const)(
    'stops gracefully on %s',
    async signal => {
      await using project = new Project()
      const foreground = project.spawn(['start', '--port', 'auto', ...SERVER])
      await until(async () => (await project.status())?.state === 'running')
      foreground.kill(signal)
      expect((await foreground).stdout).toContain('saved dump.rdb')
    },
  )

  it('restarts in the same supervisor, with what is given anew', async () => {
    await using project = new Project()
    const foreground = project.spawn(['start', '--port', 'auto', ...SERVER])
    await until(async () => (await project.status())?.state === 'running')
    const before = (await project.status()) as Status
    await set(before, 'kept', 'yes')
    const ran = await project.skyfly('restart', '--port', 'auto', '--log-level', 'debug', '--json')
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    const after = JSON.parse(ran.stdout) as Status
    expect(after).toMatchObject({ state: 'running', supervisorPid: before.supervisorPid })
    expect(after.pid).not.toBe(before.pid)
    expect(await get(after, 'kept')).toBe('yes')
    await project.skyfly('stop')
    const { stdout, exitCode } = await foreground
    expect(exitCode).toBe(0)
    expect(stdout.match(/ready on/g)).toHaveLength(2)
  })

  it('starts what does not run on restart', async () => {
    await using project = new Project()
    const ran = await project.skyfly('restart', '--port', 'auto', ...SERVER)
    expect(ran.stdout).toContain('ready on')
    expect((await project.status())?.state).toBe('running')
  })

  it('removes the data of an ephemeral instance with it', async () => {
    await using project = new Project()
    const status = await project.start('--ephemeral', ...SERVER)
    expect(status.dir.startsWith(realpathSync(tmpdir()))).toBe(true)
    const stopped = await project.skyfly('stop')
    expect(stopped).toMatchObject({ exitCode: 0 })
    expect(stopped.stdout).toContain('there was nothing to save')
    expect(() => readdirSync(status.dir)).toThrow('ENOENT')
  })

  it('does not stop a server that cannot save, until it is forced to', async () => {
    await using project = new Project()
    const status = await project.start(...SERVER)
    await set(status, 'kept', 'yes')
    // A folder that is only gone is made again.
    rmSync(status.dir, { recursive: true })
    writeFileSync(status.dir, 'no folder')
    const stopped = await project.skyfly('stop')
    expect(stopped.exitCode).toBe(8)
    expect(stopped.stderr).toContain('could not save its snapshot, and goes on running')
    expect(stopped.stderr).toContain('skyfly stop --force')
    expect(await get(status, 'kept')).toBe('yes')
    expect(await project.status()).toMatchObject({ state: 'running', pid: status.pid })

    rmSync(status.dir)
    const forced = await project.skyfly('stop', '--force')
    expect(forced).toMatchObject({ exitCode: 0 })
    expect(forced.stdout).toMatch(/^killed \w+ .*; what changed since the last snapshot is lost$/)
    expect(isAlive(status.pid ?? 0)).toBe(false)
    expect(project.leftovers()).toEqual([])
  })

  it('refuses a data folder in which it would start empty', async () => {
    await using project = new Project()
    mkdirSync(join(project.dir, 'data/dragonfly'), { recursive: true })
    writeFileSync(join(project.dir, 'data/dragonfly/dump-summary.dfs'), 'DFS')
    const ran = await project.skyfly('start', '--detach', '--port', 'auto', ...SERVER)
    expect(ran.exitCode).toBe(6)
    expect(ran.stderr).toContain('dump-summary.dfs')
    expect(ran.stderr).toContain('--engine dragonfly')
  })

  it('refuses a data folder that another instance uses', async () => {
    await using project = new Project()
    const { supervisorPid } = await project.start('--name', 'one', '--dir', 'shared', ...SERVER)
    const ran = await project.skyfly(
      'start',
      '--detach',
      '--port',
      'auto',
      '--name',
      'two',
      '--dir',
      'shared',
      ...SERVER,
    )
    expect(ran.exitCode).toBe(6)
    expect(ran.stderr).toContain(`is in use by another skyfly instance (supervisor ${supervisorPid})`)
  })

  it('keeps a password out of its status, its log and its state file, and still knows that the server is ready', async () => {
    await using project = new Project()
    await project.spawn([
      'start',
      '--detach',
      '--port',
      'auto',
      ...SERVER,
      '--',
      '--requirepass',
      'hush-hush',
    ])
    expect((await project.status())?.state).toBe('running')
    const { stdout } = await project.skyfly('status', '--json')
    const told = stdout + project.read('data/dragonfly.json') + project.read('logs/dragonfly.log')
    expect(told).not.toContain('hush-hush')
    expect((await project.skyfly('stop')).stdout).toContain('saved dump.rdb')
  })

  it('works in a folder with spaces and umlauts, and below a path too long for a socket', async () => {
    for (const folder of ['with spaces and ümlaut-', `${'very-long-'.repeat(11)}`]) {
      await using project = new Project(folder)
      const { files } = { files: await project.start(...SERVER) }
      expect(files.state).toBe('running')
      const shown = await project.skyfly('status', '--json')
      expect(JSON.parse(shown.stdout)).toMatchObject({ state: 'running' })
      expect((await project.skyfly('stop')).stdout).toContain('saved dump.rdb')
    }
  })
})

describe.runIf(runsFixtures)('a project whose settings went wrong after the start', () => {
  it('is stopped all the same', async () => {
    await using project = new Project()
    const { pid } = await project.start(
      '--engine',
      'dragonfly',
      '--binary',
      fixture('stand-in-dragonfly.mjs'),
    )
    writeFileSync(join(project.dir, 'skyfly.json'), '{ "port": 6379, }')
    writeFileSync(join(project.dir, '.env'), 'DRAGONFLY_LOG_LEVEL=loud')
    expect(await project.skyfly('start', '--detach')).toMatchObject({ exitCode: 2 })
    expect(await project.skyfly('status')).toMatchObject({ exitCode: 0 })
    const stopped = await project.spawn(['stop'], { DRAGONFLY_PORT: 'abc' })
    expect(stopped.exitCode).toBe(0)
    expect(isAlive(pid ?? 0)).toBe(false)
  })

  itOnPosix('Windows has no file of it')(
    'is reached again after its control socket was deleted',
    async () => {
      await using project = new Project()
      const { pid } = await project.start(
        '--engine',
        'dragonfly',
        '--binary',
        fixture('stand-in-dragonfly.mjs'),
      )
      rmSync(join(project.dir, 'data/dragonfly.sock'))
      const early = await project.skyfly('stop')
      if (early.exitCode !== 0)
        expect(early.stderr).toMatch(/another skyfly process \(pid \d+\) owns dragonfly/)
      await until(async () => (await project.skyfly('stop')).exitCode === 0)
      expect(isAlive(pid ?? 0)).toBe(false)
      expect(project.leftovers()).toEqual([])
    },
  )
})

/** The variable that says where temporary folders are. */
const TEMPORARY = isWindows ? 'TEMP' : 'TMPDIR'
/** Why it is not downloaded: without a connection, or at all. */
const NO_DRAGONFLY = isLinux
  ? 'dragonfly 1\\.40\\.1 is not in the cache'
  : 'dragonfly is published for Linux on x86_64 and arm64 only'

describe('a start that cannot be', () => {
  itWithProc('in which no folder can be made')('ends where a folder cannot be made', async () => {
    await using project = new Project()
    const ran = await project.skyfly('start', '--detach', '--port', 'auto', '--dir', '/proc/x/y')
    expect(ran.exitCode).toBe(6)
    expect(ran.stderr).toContain('the data folder /proc/x/y (from --dir) cannot be written')
  })

  it('says so when there is no place for temporary files', async () => {
    await using project = new Project()
    const { exitCode, stderr } = await project.spawn(
      ['start', '--detach', '--port', 'auto', '--ephemeral', '--engine', 'embedded'],
      { [TEMPORARY]: '/nonexistent' },
    )
    expect(exitCode).toBe(6)
    expect(stderr).toMatch(/no temporary folder can be made: .*\nhint: set /)
    expect(stderr).toContain(`hint: set ${TEMPORARY} to a folder`)
  })

  it('is how the instance last ended', async () => {
    await using project = new Project()
    await project.spawn(['start', '--detach', '--engine', 'redis'], { PATH: '/nonexistent' })
    const { stdout } = await project.skyfly('status', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      state: 'failed',
      lastExit: { code: null, reason: expect.any(String) },
    })
  })

  itWithProc('and /dev/full is there with it')('says so when nothing takes its output', async () => {
    await using project = new Project()
    const script = `${process.execPath} ${join(import.meta.dirname, '../../bin/skyfly.js')} status > /dev/full`
    const { exitCode, stderr } = await execa('sh', ['-c', script], { cwd: project.dir, reject: false })
    expect(exitCode).toBe(1)
    expect(stderr).toContain('cannot write the output: ENOSPC')
  })

  it('names what it looked for when that is not on the machine', async () => {
    await using project = new Project()
    const start = ['start', '--detach', '--engine', 'dragonfly']
    const { exitCode, stderr } = await project.spawn(start, { PATH: '/nonexistent' })
    expect(exitCode).toBe(4)
    expect(stderr).toMatch(new RegExp(`${NO_DRAGONFLY}.*; there is no dragonfly, .* on PATH\\nhint: `))
    expect(project.leftovers()).toEqual([])
  })

  it('is what the engine of the package is for: it runs where nothing else is, and says so', async () => {
    await using project = new Project()
    const { exitCode, stdout, stderr } = await project.spawn(['start', '--detach', '--port', 'auto'], {
      PATH: '/nonexistent',
    })
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^embedded [\d.]+ ready on /)
    expect(stderr).toMatch(new RegExp(`^warning: embedded [\\d.]+ runs instead, as ${NO_DRAGONFLY}`))
    expect((await project.skyfly('test', '--samples', '2')).exitCode).toBe(0)
  })

  const rows: readonly {
    title: string
    args: readonly string[]
    env?: Record<string, string>
    exitCode: number
    says: readonly string[]
  }[] = [
    { title: 'a bad flag value', args: ['start', '--port', '70000'], exitCode: 2, says: ['70000', '--port'] },
    {
      title: 'a bad variable',
      args: ['start'],
      env: { DRAGONFLY_PORT: 'abc' },
      exitCode: 2,
      says: ['abc', 'DRAGONFLY_PORT'],
    },
    { title: 'an unknown flag', args: ['start', '--prot', '1'], exitCode: 2, says: ['--prot', '--port'] },
    { title: 'an unknown command', args: ['strat'], exitCode: 2, says: ['strat', 'start'] },
    {
      title: 'server arguments without --',
      args: ['start', 'extra'],
      exitCode: 2,
      says: ['too many arguments'],
    },
    {
      title: 'a binary that is not there',
      args: ['start', '--binary', './nowhere'],
      exitCode: 2,
      says: ['nowhere', '--binary'],
    },
    {
      title: 'a bad stop timeout',
      args: ['stop', '--timeout', 'soon'],
      exitCode: 2,
      says: ['soon', '--timeout'],
    },
  ]
  it.each(rows)('ends with $exitCode on $title', async ({ args, env, exitCode, says }) => {
    await using project = new Project()
    const ran = await project.spawn(args, env)
    expect(ran.exitCode).toBe(exitCode)
    for (const words of says) expect(ran.stderr).toContain(words)
  })

  itNotInWine('Wine does not tell who has a port')(
    'says so when a program that is no server of skyfly holds the port',
    async () => {
      await using project = new Project()
      const holder = createServer()
      const port = await new Promise<number>(resolve => {
        holder.listen(0, '127.0.0.1', () => resolve((holder.address() as { port: number }).port))
      })
      try {
        const ran = await project.skyfly('start', '--detach', '--port', String(port))
        expect(ran.exitCode).toBe(6)
        expect(ran.stderr).toContain(`port ${port} is taken by`)
        expect(ran.stderr).toContain(`(pid ${process.pid})`)
      } finally {
        holder.close()
      }
    },
  )
})
