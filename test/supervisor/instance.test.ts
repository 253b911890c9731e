import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { SkyflyError } from '../../src/errors.js'
import { fixture, isAlive, Project, until } from '../project.js'
import { isWindows, itOnPosix, runsFixtures } from '../system.js'
import { failure, own, tell } from './owned-instance.js'

describe.runIf(runsFixtures)('an instance', () => {
  it('fails at once, with the last lines and the decoded exit, when the server ends at its start', async () => {
    await using project = new Project()
    const instance = await own(project, 'exits-at-once.mjs')
    const error = await failure(instance.run())
    expect(error).toMatchObject({ code: 'start-failed' })
    expect(error.message).toContain('redis did not start')
    expect(error.details.length).toBeGreaterThan(0)
    expect(instance.status).toMatchObject({ state: 'failed', pid: null, lastExit: { code: 1, signal: null } })
    expect(project.leftovers()).toEqual([])
  })

  it.each([
    ['back', -10_800_000],
    ['forward', 30 * 86_400_000],
  ])('has been up for as long as before when the clock is set %s', async (_, byMs) => {
    await using project = new Project()
    const instance = await own(project, 'crashes.mjs')
    const run = instance.run()
    await instance.ready()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + byMs })
    onTestFinished(() => void vi.useRealTimers())
    const { uptimeMs } = instance.status
    vi.useRealTimers()
    await instance.stop({ force: true })
    await run
    expect(uptimeMs).toBeGreaterThanOrEqual(0)
    expect(uptimeMs).toBeLessThan(60_000)
  })

  it('stops what is not ready in time, and says so', async () => {
    await using project = new Project()
    const instance = await own(project, 'never-ready.mjs', { startTimeoutMs: 300 })
    let pid = 0
    instance.on('change', status => {
      pid = status.pid ?? pid
    })
    const error = await failure(instance.run())
    expect(error.message).toContain('was not ready in 0.3 s')
    expect(error.hint).toContain('--start-timeout')
    expect(isAlive(pid)).toBe(false)
  })

  it('kills a server that ignores being asked, after the stop timeout, and tells that nothing was saved', async () => {
    await using project = new Project()
    const instance = await own(project, 'ignores-sigterm.mjs', { stopTimeoutMs: 200 })
    const run = instance.run()
    const { pid } = await instance.ready()
    const error = await instance.stop().catch((error: SkyflyError) => error)
    expect(error).toBeInstanceOf(SkyflyError)
    expect(error).toMatchObject({ code: 'stop-failed' })
    expect((error as SkyflyError).message).toContain('was killed')
    await run
    expect(isAlive(pid ?? 0)).toBe(false)
    expect(project.leftovers()).toEqual([])
  })

  it('is left running when it answers that it cannot save, even without a word in its log', async () => {
    await using project = new Project()
    const instance = await own(project, 'cannot-save.mjs', { stopTimeoutMs: 60_000 })
    const run = instance.run()
    const { pid } = await instance.ready()
    const error = await failure(instance.stop())
    expect(error.message).toContain('could not save its snapshot, and goes on running')
    expect(instance.status).toMatchObject({ state: 'running', pid })
    await instance.stop({ force: true })
    await run
    expect(isAlive(pid ?? 0)).toBe(false)
  })

  it('kills at once what it is forced to, however it behaves', async () => {
    await using project = new Project()
    const instance = await own(project, 'ignores-sigterm.mjs')
    const run = instance.run()
    const { pid } = await instance.ready()
    expect(await instance.stop({ force: true })).toMatchObject({ killed: true, snapshot: 'lost', pid })
    await run
    expect(isAlive(pid ?? 0)).toBe(false)
  })

  it('ends and starts again a server that no longer answers', async () => {
    await using project = new Project()
    const liveness = { intervalMs: 30, misses: 3 }
    const instance = await own(project, 'hangs.mjs', { stopTimeoutMs: 100 }, { liveness })
    const run = instance.run()
    const first = await instance.ready()
    await until(() => instance.status.restarts > 0)
    expect(isAlive(first.pid ?? 0)).toBe(false)
    expect(instance.status.lastExit?.reason).toBe('no longer answered and was stopped')
    expect(project.read('logs/dragonfly.log')).toContain('no answer to a PING (3 of 3)')
    await instance.stop({ force: true })
    await run.catch(() => {
      // The server hangs again and again; how the run ended is not the subject here.
    })
    expect(project.leftovers()).toEqual([])
  })

  it('gives up on a crash loop, and its status keeps the reason', async () => {
    await using project = new Project()
    const policy = { delayMs: 1 }
    const instance = await own(project, 'crashes.mjs', {}, { policy })
    const run = failure(instance.run())
    for (let crash = 1; crash <= 6; crash += 1) {
      await until(() => instance.status.restarts === crash - 1 && instance.status.state === 'running')
      await tell(instance, isWindows ? 'CRASH 3' : 'CRASH SIGSEGV')
    }
    const { message } = await run
    expect(message).toMatch(/^redis failed 6 times within 60 s, the last time: /)
    expect(message).toContain(isWindows ? 'exited with code 3' : 'killed by SIGSEGV')
    const lastExit = isWindows ? { code: 3 } : { signal: 'SIGSEGV' }
    expect(instance.status).toMatchObject({ state: 'failed', restarts: 5, lastExit })
    expect(project.leftovers()).toEqual([])
  })

  it.each([
    { restart: 'no', crash: 'CRASH 3', state: 'failed', fails: true },
    { restart: 'no', crash: 'CRASH 0', state: 'stopped', fails: false },
    { restart: 'on-failure', crash: 'CRASH 0', state: 'stopped', fails: false },
  ])('ends as $state after "$crash" under --restart $restart', async ({ restart, crash, state, fails }) => {
    await using project = new Project()
    const instance = await own(project, 'crashes.mjs', { restart })
    const run = instance.run()
    const settled = run.then(
      () => false,
      () => true,
    )
    await instance.ready()
    await tell(instance, crash)
    expect(await settled).toBe(fails)
    expect(instance.status.state).toBe(state)
  })

  it('starts a clean exit again under --restart always', async () => {
    await using project = new Project()
    const instance = await own(project, 'crashes.mjs', { restart: 'always' })
    const run = instance.run()
    await instance.ready()
    await tell(instance, 'CRASH 0')
    await until(() => instance.status.restarts === 1 && instance.status.state === 'running')
    await instance.stop({ force: true })
    await run
  })

  itOnPosix('Windows has no sh')(
    'does not throw the loss of an earlier run at a stop that finds nothing to stop',
    async () => {
      await using project = new Project()
      const binary = join(project.dir, 'goes-away')
      writeFileSync(binary, `#!/bin/sh\nexec ${fixture('crashes.mjs')} "$@"\n`, { mode: 0o755 })
      // It never saves, so a restart loses what it had; and then neither the new server nor the one before can be started.
      const instance = await own(project, 'crashes.mjs', { binary })
      const run = failure(instance.run())
      await instance.ready()
      instance.on('change', ({ state }) => state === 'stopping' && rmSync(binary, { force: true }))
      const restarted = failure(instance.restart(instance.config))
      const failed = await run
      expect((await restarted).message).toBe(failed.message)
      expect(await instance.stop()).toMatchObject({ engine: null, snapshot: 'off' })
    },
  )

  it('stops before the server was ready, and leaves nothing', async () => {
    await using project = new Project()
    const instance = await own(project, 'never-ready.mjs')
    const run = instance.run()
    await until(() => instance.status.pid !== null)
    const { pid } = instance.status
    await instance.stop({ timeoutMs: 200 })
    await run
    expect(isAlive(pid ?? 0)).toBe(false)
    await expect(instance.ready()).rejects.toThrow('was stopped before it was ready')
  })

  it('gives a server that floods its log every line of it, and an answer all the while', async () => {
    await using project = new Project()
    const env = { ...project.env, FLOOD_LINES: '20000' }
    const instance = await own(project, 'floods-log.mjs', { logMaxBytes: 100_000_000 }, { env })
    const run = instance.run()
    await instance.ready()
    await until(() => project.read('logs/dragonfly.log').includes('flood is over'))
    expect(await tell(instance, 'PING')).toBe('+PONG\r\n')
    const lines = project.read('logs/dragonfly.log').match(/flood line \d+ of 20000/g)
    expect(lines).toHaveLength(20_000)
    await instance.stop({ force: true })
    await run
  })

  // test/windows/dragonfly.test.ts does it there.
  itOnPosix('Windows has no sh')('ends what its server left running in its process group', async () => {
    await using project = new Project()
    const script = join(project.dir, 'leaves-a-child')
    const server = fixture('crashes.mjs')
    writeFileSync(
      script,
      `#!/bin/sh\nif [ "$1" != --version ]; then sleep 1000 & echo $! > ${project.dir}/left; fi\nexec ${process.execPath} ${server} "$@"\n`,
      { mode: 0o755 },
    )
    const instance = await own(project, 'crashes.mjs', { binary: script })
    const run = instance.run()
    await instance.ready()
    const left = Number(project.read('left'))
    expect(isAlive(left)).toBe(true)
    await instance.stop({ force: true })
    await run
    await until(() => !isAlive(left))
  })
})

describe.runIf(runsFixtures)(
  'a port that is lost to somebody in the moment before the server binds it',
  () => {
    /** A program that loses its port `times` times, and is the stand-in then. */
    function unlucky(project: Project, times: number): string {
      const script = join(project.dir, 'unlucky')
      const count = join(project.dir, 'count')
      const lines = [
        '#!/bin/sh',
        `case "$1" in --version|--helpfull) exec ${fixture('stand-in-dragonfly.mjs')} "$@";; esac`,
        `echo x >> ${count}`,
        `[ "$(wc -l < ${count})" -gt ${times} ] && exec ${fixture('stand-in-dragonfly.mjs')} "$@"`,
        `echo "E20261120 07:43:08.971726  9779 dfly_main.cc:446] Could not open port 1, error: Address already in use" >&2`,
        'exit 1',
      ]
      writeFileSync(script, `${lines.join('\n')}\n`, { mode: 0o755 })
      return script
    }

    itOnPosix('Windows has no sh')('is tried again, and does not count as a restart', async () => {
      await using project = new Project()
      const flags = { engine: 'dragonfly', binary: unlucky(project, 3) }
      const instance = await own(project, 'stand-in-dragonfly.mjs', flags)
      const run = instance.run()
      expect(await instance.ready()).toMatchObject({ state: 'running', restarts: 0 })
      await instance.stop()
      await run
    })

    itOnPosix('Windows has no sh')('is given up after a while, with a way out', async () => {
      await using project = new Project()
      const flags = { engine: 'dragonfly', binary: unlucky(project, 1_000) }
      const policy = { portRetries: 2 }
      const instance = await own(project, 'stand-in-dragonfly.mjs', flags, { policy })
      const error = await failure(instance.run())
      expect(error.message).toContain('did not start')
      expect(error.hint).toContain('--port auto')
      expect(project.read('count')).toBe('x\nx\nx\n')
    })
  },
)

describe.runIf(runsFixtures)('an instance of a Dragonfly stand-in', () => {
  it('gets ready, saves at the stop, and loads what it saved', async () => {
    await using project = new Project()
    for (const expected of ['$-1\r\n', '$5\r\nvalue\r\n']) {
      const instance = await own(project, 'stand-in-dragonfly.mjs')
      const run = instance.run()
      expect(await instance.ready()).toMatchObject({
        engine: 'dragonfly',
        version: '1.40.1',
        state: 'running',
      })
      expect(await tell(instance, 'GET key')).toBe(expected)
      await tell(instance, 'SET key value')
      expect(await instance.stop()).toMatchObject({
        snapshot: 'saved',
        saved: { file: 'dump.rdb' },
        killed: false,
      })
      await run
    }
  })

  it('lets the clock of the start stand still while the server loads', async () => {
    await using project = new Project()
    const dir = join(project.dir, 'data/dragonfly')
    const first = await own(project, 'stand-in-dragonfly.mjs')
    const firstRun = first.run()
    await first.ready()
    await tell(first, 'SET key value')
    await first.stop()
    await firstRun
    writeFileSync(join(dir, 'hold-loading'), '')

    // Less than it takes to load, more than it takes to answer LOADING: programs start slowly under Wine.
    const startTimeoutMs = isWindows ? 6_000 : 1_000
    const instance = await own(project, 'stand-in-dragonfly.mjs', { startTimeoutMs })
    const run = instance.run()
    await until(() => instance.status.pid !== null)
    const since = Date.now()
    await until(() => Date.now() - since > startTimeoutMs * 1.5)
    expect(instance.status.state).toBe('starting')
    rmSync(join(dir, 'hold-loading'))
    await instance.ready()
    await instance.stop()
    await run
  })

  it('never kills a server that is saving, however long that takes', async () => {
    await using project = new Project()
    const instance = await own(project, 'stand-in-dragonfly.mjs', { stopTimeoutMs: 200 })
    const run = instance.run()
    const { pid, dir } = await instance.ready()
    await tell(instance, 'SET key value')
    writeFileSync(join(dir, 'hold-saving'), '')
    let seen = 0
    instance.on('saving', () => {
      seen += 1
    })
    const stopped = instance.stop()
    // Ten looks, a tenth of a second apart: five times the stop timeout.
    await until(() => seen >= 10)
    expect(isAlive(pid ?? 0)).toBe(true)
    rmSync(join(dir, 'hold-saving'))
    expect(await stopped).toMatchObject({ snapshot: 'saved', killed: false })
    await run
  })

  it('ends a server that is saving when it is forced to', async () => {
    await using project = new Project()
    const instance = await own(project, 'stand-in-dragonfly.mjs')
    const run = instance.run()
    const { pid, dir } = await instance.ready()
    writeFileSync(join(dir, 'hold-saving'), '')
    const stopped = instance.stop()
    await new Promise(resolve => instance.once('saving', resolve))
    expect(await instance.stop({ force: true })).toMatchObject({ killed: true, snapshot: 'lost' })
    await stopped
    await run
    expect(isAlive(pid ?? 0)).toBe(false)
  })

  it('tells of a snapshot that could not be saved, although the server exits with 0', async () => {
    await using project = new Project()
    const instance = await own(project, 'stand-in-dragonfly.mjs')
    const run = instance.run()
    const { dir } = await instance.ready()
    await tell(instance, 'SET key value')
    // The file that the snapshot would be renamed to is a folder.
    mkdirSync(join(dir, 'dump.rdb'))
    const error = await instance.stop().catch((error: SkyflyError) => error)
    await run
    expect(error).toMatchObject({ code: 'stop-failed' })
    expect((error as SkyflyError).message).toContain('its snapshot was not saved')
    expect(existsSync(join(project.dir, 'data/dragonfly.pid'))).toBe(false)
  })

  it('keeps variables away from it that would abort it, and says so', async () => {
    await using project = new Project()
    const env = { ...project.env, DFLY_PASSWORD: 'hush' }
    const instance = await own(project, 'stand-in-dragonfly.mjs', {}, { env })
    const run = instance.run()
    await instance.ready()
    await instance.stop()
    await run
    expect(project.read('logs/dragonfly.log')).toContain('DFLY_PASSWORD')
    expect(project.read('logs/dragonfly.log')).not.toContain('hush')
  })
})
