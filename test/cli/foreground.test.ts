import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Status } from '../../src/supervisor/status.js'
import { fixture, isAlive, Project, until } from '../project.js'
import { isLinux, itOnPosix, itWithProc, runsFixtures } from '../system.js'

const DRAGONFLY = ['--engine', 'dragonfly', '--binary', fixture('stand-in-dragonfly.mjs'), '--port', 'auto']
const NEVER_READY = ['--engine', 'redis', '--binary', fixture('never-ready.mjs'), '--port', 'auto']

async function running(project: Project): Promise<Status> {
  await until(async () => (await project.status())?.state === 'running')
  return (await project.status()) as Status
}

describe.runIf(runsFixtures)('a server in the foreground', () => {
  itOnPosix('Windows ends a process whatever the signal')(
    'is asked once by a Ctrl-C that npx passes on a second time',
    async () => {
      await using project = new Project()
      const foreground = project.spawn(['start', ...DRAGONFLY])
      const { dir } = await running(project)
      writeFileSync(join(dir, 'hold-saving'), '')
      foreground.kill('SIGINT')
      foreground.kill('SIGINT')
      await until(async () => (await project.status())?.state === 'stopping')
      foreground.kill('SIGINT')
      await until(() => existsSync(join(dir, 'dump.rdb.tmp')) || existsSync(join(dir, 'dump.tmp')))
      const { rmSync } = await import('node:fs')
      rmSync(join(dir, 'hold-saving'))
      const { exitCode, stdout } = await foreground
      expect(exitCode).toBe(0)
      expect(stdout).toContain('saved dump.rdb')
    },
  )

  it.runIf(isLinux)('ends with code 0, and no abort of Node, when its terminal is closed', async () => {
    await using project = new Project()
    // The shell passes the signal on, since it is to say how skyfly ended.
    const line = `trap 'kill -HUP $!' HUP; "$NODE" "$SKYFLY" start ${DRAGONFLY.join(' ')} & wait $!; wait $!; echo $? > code`
    writeFileSync(join(project.dir, 'line.sh'), line)
    const terminal = project.sh('echo $$ > terminal.pid; exec script -qec "sh line.sh" /dev/null')
    await running(project)
    process.kill(Number(project.read('terminal.pid')), 'SIGKILL')
    await terminal
    await until(() => existsSync(join(project.dir, 'code')) && project.read('code') !== '')
    expect(project.read('code')).toBe('0\n')
    expect(project.read('logs/dragonfly.log')).toContain('saved dump.rdb')
  })

  itOnPosix('Windows ends a process whatever the signal')(
    'is killed by a second Ctrl-C, even while it saves',
    async () => {
      await using project = new Project()
      const foreground = project.spawn(['start', ...DRAGONFLY])
      const { dir, pid } = await running(project)
      writeFileSync(join(dir, 'hold-saving'), '')
      const pressed = Date.now()
      foreground.kill('SIGINT')
      await until(async () => (await project.status())?.state === 'stopping')
      // Half a second is how long the same press may be told twice.
      await until(() => Date.now() - pressed > 600)
      foreground.kill('SIGINT')
      const { stdout } = await foreground
      expect(stdout).toMatch(/\] killed dragonfly 1\.40\.1 .*; what changed since the last snapshot is lost/)
      expect(isAlive(pid ?? 0)).toBe(false)
      expect(project.leftovers()).toEqual([])
    },
  )

  it('goes on when the reader of its console leaves', async () => {
    await using project = new Project()
    const foreground = project.spawn(['start', ...DRAGONFLY])
    await running(project)
    foreground.stdout?.destroy()
    const restarted = await project.skyfly('restart', '--json')
    expect(restarted).toMatchObject({ exitCode: 0, stderr: '' })
    expect((await project.skyfly('stop')).exitCode).toBe(0)
    expect((await foreground).exitCode).toBe(0)
  })

  it('serves on while nobody reads its console, keeps every line in the file, and ends when it is stopped', async () => {
    await using project = new Project()
    const lines = 60_000
    const args = ['start', '--engine', 'redis', '--binary', fixture('floods-log.mjs'), '--port', 'auto']
    const foreground = project.spawn(
      [...args, '--log-max-size', '100mb'],
      { FLOOD_LINES: String(lines) },
      { buffer: false },
    )
    // A stream that nobody reads is read by execa, unless it is paused.
    foreground.stdout?.pause()
    await until(
      () =>
        existsSync(join(project.dir, 'logs/dragonfly.log')) &&
        project.read('logs/dragonfly.log').includes('flood is over'),
    )
    expect(project.read('logs/dragonfly.log').match(/flood line \d+ of/g)).toHaveLength(lines)
    expect((await project.status())?.state).toBe('running')
    let shown = ''
    foreground.stdout?.on('data', data => {
      shown += data
    })
    foreground.stdout?.resume()
    await until(() => /^\[.*\] skyfly: \d+ lines not shown, the console was too slow/m.test(shown))
    expect((await project.skyfly('stop', '--force')).exitCode).toBe(0)
    expect((await foreground).exitCode).toBe(0)
  })
})

describe.runIf(runsFixtures)('a start in the background', () => {
  it('leaves nothing when it is interrupted before the server is ready', async () => {
    await using project = new Project()
    const start = project.spawn(['start', '--detach', ...NEVER_READY])
    await until(async () => ((await project.status())?.pid ?? null) !== null)
    const { pid, supervisorPid } = (await project.status()) as Status
    start.kill('SIGKILL')
    await start
    await until(() => !isAlive(pid ?? 0) && !isAlive(supervisorPid ?? 0))
    expect(project.leftovers()).toEqual([])
  })

  it('prints why the server did not start, with its last lines, and leaves nothing', async () => {
    await using project = new Project()
    const binary = fixture('exits-at-once.mjs')
    const ran = await project.skyfly(
      'start',
      '--detach',
      '--engine',
      'redis',
      '--binary',
      binary,
      '--port',
      'auto',
    )
    expect(ran.exitCode).toBe(6)
    expect(ran.stdout).toBe('')
    expect(ran.stderr).toMatch(/^ {2}\| .+\n(?:.*\n)*skyfly: redis did not start: .*\nhint: /)
    expect(project.leftovers()).toEqual([])
    expect(await project.skyfly('status', '--json')).toMatchObject({ exitCode: 3 })
  })

  itWithProc('to read the command line of a process')(
    'starts Dragonfly with exactly the command line that it needs',
    async () => {
      await using project = new Project()
      const status = await project.start(...DRAGONFLY)
      const { readFileSync } = await import('node:fs')
      const words = readFileSync(`/proc/${status.pid}/cmdline`, 'utf8').split('\0').slice(2, -1)
      expect(words.slice(0, 10)).toEqual([
        '--bind=127.0.0.1',
        `--port=${status.port}`,
        `--dir=${status.dir}`,
        '--dbfilename=dump',
        '--df_snapshot_format=false',
        '--logtostderr',
        '--minloglevel=0',
        '--version_check=false',
        '--omit_basic_usage',
        '--default_lua_flags=allow-undeclared-keys',
      ])
      expect(words[10]).toMatch(/^--proactor_threads=\d+$/)
      expect(words[11]).toMatch(/^--maxmemory=\d+mb$/)
      expect(words).toHaveLength(12)
      expect(status).toMatchObject({ engine: 'dragonfly', version: '1.40.1' })
    },
  )
})
