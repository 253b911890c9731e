import { type ChildProcess, fork } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { isPrivate } from '../../src/supervisor/control/client.js'
import { fixture, isAlive, Project, until } from '../project.js'
import { itOnPosix, runsFixtures } from '../system.js'
import { configOf, failure, own, tell } from './owned-instance.js'

const STAND_IN = 'stand-in-dragonfly.mjs'

/** A program that is the stand-in, behind a shell. */
function wrapper(project: Project, lines: readonly string[]): string {
  const script = join(project.dir, 'wrapper')
  const asked = `case "$1" in --version|--helpfull) exec ${fixture(STAND_IN)} "$@";; esac`
  writeFileSync(script, `${['#!/bin/sh', asked, ...lines].join('\n')}\n`, { mode: 0o755 })
  return script
}

describe.runIf(runsFixtures)('another server on the port', () => {
  itOnPosix('Windows has no sh')('is not taken for the own one, and not shut down', async () => {
    await using project = new Project()
    await using other = new Project()
    const go = join(project.dir, 'go')
    const binary = wrapper(project, [
      `until [ -e ${go} ]; do sleep 0.02; done`,
      `exec ${fixture(STAND_IN)} "$@"`,
    ])
    const foreign = await other.start('--engine', 'dragonfly', '--binary', fixture(STAND_IN))
    // The port is free when it is looked at, and taken when the server comes to it.
    await other.skyfly('stop')
    const instance = await own(project, STAND_IN, { binary, port: foreign.port ?? 0 })
    const run = failure(instance.run())
    await until(() => instance.status.pid !== null)
    const again = await other.skyfly(
      ...[
        'start',
        '--detach',
        '--engine',
        'dragonfly',
        '--binary',
        fixture(STAND_IN),
        '--port',
        String(foreign.port),
      ],
    )
    expect(again.exitCode).toBe(0)
    writeFileSync(go, '')
    const error = await run
    expect(error.message).toContain('did not start')
    expect(await other.status()).toMatchObject({ state: 'running', restarts: 0 })
  })
})

describe.runIf(runsFixtures)('a server behind a shell that does not exec', () => {
  itOnPosix('Windows has no sh')(
    'saves to the end, although it takes SHUTDOWN without an answer',
    async () => {
      await using project = new Project()
      const binary = wrapper(project, [`${process.execPath} ${fixture(STAND_IN)} "$@"`])
      const instance = await own(project, STAND_IN, { binary })
      const run = instance.run()
      const { dir } = await instance.ready()
      await tell(instance, 'SET key value')
      writeFileSync(join(dir, 'hold-saving'), '')
      let looks = 0
      instance.on('saving', () => {
        looks += 1
      })
      const stopped = instance.stop()
      // Longer than skyfly waits for an answer to SHUTDOWN.
      await until(() => looks >= 15)
      rmSync(join(dir, 'hold-saving'))
      expect(await stopped).toMatchObject({ snapshot: 'saved', killed: false })
      await run
    },
  )
})

describe.runIf(runsFixtures)('a stop and a restart at the same time', () => {
  it('end in a stop, whichever came first', async () => {
    await using project = new Project()
    const instance = await own(project, STAND_IN)
    const run = instance.run()
    const { dir } = await instance.ready()
    writeFileSync(join(dir, 'hold-saving'), '')
    const restarted = failure(instance.restart(instance.config))
    await until(() => instance.status.state === 'stopping')
    const stopped = instance.stop()
    rmSync(join(dir, 'hold-saving'))
    expect(await stopped).toMatchObject({ snapshot: 'saved' })
    expect((await restarted).message).toContain('was stopped before it was ready')
    await run
    expect(instance.status).toMatchObject({ state: 'stopped', pid: null })
  })

  it('both answer when the restart comes before the server was there', async () => {
    await using project = new Project()
    const instance = await own(project, STAND_IN)
    const run = instance.run()
    const [first, second] = await Promise.all([
      instance.restart(instance.config),
      instance.restart(instance.config),
    ])
    expect(first.status.state).toBe('running')
    expect(second.status.state).toBe('running')
    await instance.stop()
    await run
  })

  it('keep the port that was chosen', async () => {
    await using project = new Project()
    const instance = await own(project, STAND_IN)
    const run = instance.run()
    const { port, pid } = await instance.ready()
    const { status } = await instance.restart(instance.config)
    expect(status.port).toBe(port)
    expect(status.pid).not.toBe(pid)
    await instance.stop()
    await run
  })

  it('leave the server alone when the new one could not start', async () => {
    await using project = new Project()
    const instance = await own(project, STAND_IN)
    const run = instance.run()
    const { pid } = await instance.ready()
    const nowhere = configOf(project, STAND_IN, { binary: join(project.dir, 'nowhere') })
    expect(await failure(instance.restart(nowhere))).toMatchObject({ code: 'usage' })
    expect(instance.status).toMatchObject({ state: 'running', pid })
    await instance.stop()
    await run
  })
})

describe.runIf(runsFixtures)('a restart', () => {
  it('goes back to the settings before when the new server does not start, and says so', async () => {
    await using project = new Project()
    const before = await project.start('--engine', 'dragonfly', '--binary', fixture(STAND_IN))
    const { exitCode, stderr } = await project.spawn(['restart', '--', '--nosuch'])
    expect(exitCode).toBe(6)
    expect(stderr).toContain('runs again with its settings before')
    expect(await project.status()).toMatchObject({ state: 'running', port: before.port })
    expect(project.read('logs/dragonfly.log')).toContain('the new settings did not start')
    expect((await project.skyfly('restart')).exitCode).toBe(0)
  })

  itOnPosix('Windows has no file of it')(
    'restarts what lost its control socket, as soon as that is there again',
    async () => {
      await using project = new Project()
      const before = await project.start('--engine', 'dragonfly', '--binary', fixture(STAND_IN))
      rmSync(join(project.dir, 'data/dragonfly.sock'))
      const { exitCode, stdout } = await project.skyfly('restart', '--json')
      expect(exitCode).toBe(0)
      expect(JSON.parse(stdout).pid).not.toBe(before.pid)
    },
  )
})

describe.runIf(runsFixtures)('a stop', () => {
  it('during a pause between two tries finds nothing to save, and says so', async () => {
    await using project = new Project()
    const policy = { delayMs: 60_000, maxDelayMs: 60_000 }
    const instance = await own(project, 'crashes.mjs', {}, { policy })
    const run = instance.run()
    for (const restarts of [0, 1]) {
      await until(() => instance.status.restarts === restarts && instance.status.state === 'running')
      await tell(instance, 'CRASH 3')
    }
    await until(() => instance.status.state === 'backoff')
    expect(await instance.stop()).toMatchObject({ engine: 'redis', pid: null, snapshot: 'off' })
    await run
  })

  it('takes a timeout of any length for what it is', async () => {
    await using project = new Project()
    const instance = await own(project, STAND_IN)
    const run = instance.run()
    await instance.ready()
    expect(await failure(instance.stop({ timeoutMs: Number.NaN }))).toMatchObject({ code: 'usage' })
    expect(instance.status.state).toBe('running')
    expect(await instance.stop({ timeoutMs: Number.POSITIVE_INFINITY })).toMatchObject({
      snapshot: 'saved',
      killed: false,
    })
    await run
  })

  it('does not wait for a client of the control socket that stays', async () => {
    await using project = new Project()
    const { supervisorPid } = await project.start('--engine', 'dragonfly', '--binary', fixture(STAND_IN))
    const socket = connect({ path: project.controlSocket, allowHalfOpen: true })
    await new Promise(resolve => socket.once('connect', resolve))
    await project.skyfly('stop')
    expect(isAlive(supervisorPid ?? 0)).toBe(false)
    socket.destroy()
  })
})

describe.runIf(runsFixtures)('a starter in the background', () => {
  it('that dies at once leaves nothing running', async () => {
    await using project = new Project()
    const entry = fileURLToPath(new URL('../../dist/supervisor/background/main.js', import.meta.url))
    const child: ChildProcess = fork(entry, { env: project.env, stdio: 'ignore' })
    const ended = new Promise(resolve => child.once('exit', resolve))
    await new Promise(resolve => child.send(configOf(project, STAND_IN), resolve))
    child.disconnect()
    await ended
    expect(project.leftovers()).toEqual([])
  })

  itOnPosix('Windows has no sh')(
    'is told the reason when the last lines of the server are very long',
    async () => {
      await using project = new Project()
      const long = `${'x'.repeat(60_000)}`
      const lines = Array.from({ length: 20 }, () => `echo ${long} >&2`)
      const binary = wrapper(project, [...lines, 'exit 1'])
      const ran = await project.skyfly(
        'start',
        '--detach',
        '--engine',
        'dragonfly',
        '--binary',
        binary,
        '--port',
        'auto',
      )
      expect(ran.exitCode).toBe(6)
      expect(ran.stderr).toContain('skyfly: dragonfly did not start: exited with code 1')
      expect(ran.stderr.length).toBeLessThan(20_000)
    },
  )

  it('waits for the end of a stop that is under way, and starts anew', async () => {
    await using project = new Project()
    const args = ['--engine', 'dragonfly', '--binary', fixture(STAND_IN)]
    const before = await project.start(...args)
    writeFileSync(join(before.dir, 'hold-saving'), '')
    const stop = project.spawn(['stop'])
    await until(async () => (await project.status())?.state === 'stopping')
    const start = project.spawn(['start', '--detach', '--json', '--port', 'auto', ...args])
    await new Promise(resolve => start.stderr?.once('data', resolve))
    rmSync(join(before.dir, 'hold-saving'))
    expect((await stop).exitCode).toBe(0)
    const { exitCode, stdout, stderr } = await start
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: 'waiting for dragonfly to stop' })
    expect(JSON.parse(stdout)).toMatchObject({ state: 'running' })
    expect(JSON.parse(stdout).pid).not.toBe(before.pid)
  })
})

describe.runIf(runsFixtures)('what a killed supervisor left', () => {
  it.runIf(process.platform === 'linux')(
    'is waited for by another instance that uses its data folder (Linux: elsewhere the server lives on)',
    async () => {
      await using project = new Project()
      const args = ['--dir', 'shared', '--engine', 'dragonfly', '--binary', fixture(STAND_IN)]
      const one = await project.start('--name', 'one', ...args)
      writeFileSync(join(one.dir, 'hold-saving'), '')
      process.kill(one.supervisorPid ?? 0, 'SIGKILL')
      const two = project.start('--name', 'two', ...args)
      // Its lock is taken just before it looks for what is in its way, which takes less than the next bytes of the snapshot.
      await until(() => readFileSync('/proc/net/unix', 'utf8').includes(join(project.dir, 'data/two.json')))
      const unfinished = join(one.dir, 'dump.rdb.tmp')
      const { size } = statSync(unfinished)
      await until(() => statSync(unfinished).size > size * 1.5)
      expect(isAlive(one.pid ?? 0)).toBe(true)
      rmSync(join(one.dir, 'hold-saving'))
      await two
      expect(isAlive(one.pid ?? 0)).toBe(false)
      expect(project.read('logs/two.log')).toContain('which a killed supervisor of one had left')
    },
  )

  itOnPosix('on Windows it ends with its supervisor')(
    'is not killed while it serves and cannot save, unless that is forced',
    async () => {
      await using project = new Project()
      const args = ['--engine', 'redis', '--binary', fixture('cannot-save.mjs')]
      const { pid, supervisorPid } = await project.start(...args)
      process.kill(supervisorPid ?? 0, 'SIGKILL')
      await until(() => !isAlive(supervisorPid ?? 0))
      const stopped = await project.skyfly('stop', '--timeout', '200ms')
      expect(stopped.exitCode).toBe(8)
      expect(stopped.stderr).toContain('still serves')
      expect(stopped.stderr).toContain('skyfly stop --force')
      const started = await project.skyfly(
        'start',
        '--detach',
        '--port',
        'auto',
        '--stop-timeout',
        '200ms',
        ...args,
      )
      expect(started.exitCode).toBe(6)
      expect(isAlive(pid ?? 0)).toBe(true)
      expect(await project.skyfly('status')).toMatchObject({ exitCode: 0 })
      expect((await project.skyfly('stop', '--force')).stdout).toContain(
        'what changed since the last snapshot is lost',
      )
      expect(isAlive(pid ?? 0)).toBe(false)
    },
  )

  it('does not include a folder that only a foreign state file names', async () => {
    await using project = new Project()
    await project.start('--ephemeral', '--engine', 'dragonfly', '--binary', fixture(STAND_IN))
    const recorded = JSON.parse(project.read('data/dragonfly.json'))
    await project.skyfly('stop')
    const precious = join(project.dir, 'precious')
    mkdirSync(precious)
    writeFileSync(
      join(project.dir, 'data/dragonfly.json'),
      JSON.stringify({ ...recorded, temporaryDir: precious }),
    )
    await project.skyfly('status')
    expect(existsSync(precious)).toBe(true)
  })
})

describe.runIf(runsFixtures)('the control socket', () => {
  it.each(['not json\n', '{"strange":1}\n', '[]\n', 'null\n'])(
    'that answers %j is no supervisor',
    async answer => {
      await using project = new Project()
      mkdirSync(join(project.dir, 'data'))
      const server = createServer(socket => socket.end(answer))
      await new Promise<void>(resolve => server.listen(project.controlSocket, resolve))
      const ran = await project.skyfly('status')
      server.close()
      expect(ran.exitCode).toBe(3)
      expect(ran.stderr).toContain('is no supervisor of skyfly')
    },
  )

  itOnPosix('Windows has no SIGSTOP')(
    'of a suspended supervisor is given up on, with its PID and what to do',
    async () => {
      await using project = new Project()
      const { supervisorPid } = await project.start('--engine', 'dragonfly', '--binary', fixture(STAND_IN))
      process.kill(supervisorPid ?? 0, 'SIGSTOP')
      const ran = await project.skyfly('stop')
      process.kill(supervisorPid ?? 0, 'SIGCONT')
      expect(ran.exitCode).toBe(8)
      expect(ran.stderr).toContain(`the supervisor (pid ${supervisorPid}) does not answer`)
      expect(ran.stderr).toContain(`kill -CONT ${supervisorPid}`)
    },
  )

  itOnPosix('Windows has a named pipe')(
    'is not looked for in a folder below /tmp that others may write to',
    async () => {
      await using project = new Project()
      const rows = [
        { name: 'mine', mode: 0o700, trusted: true },
        { name: 'everybodys', mode: 0o777, trusted: false },
        { name: 'readable', mode: 0o755, trusted: false },
      ]
      for (const { name, mode, trusted } of rows) {
        const folder = join(project.dir, name)
        mkdirSync(folder)
        chmodSync(folder, mode)
        expect(isPrivate(folder), name).toBe(trusted)
      }
      symlinkSync(join(project.dir, 'mine'), join(project.dir, 'link'))
      expect(isPrivate(join(project.dir, 'link'))).toBe(false)
    },
  )

  it('that cannot be made is told, with what to do', async () => {
    await using project = new Project()
    writeFileSync(join(project.dir, 'data'), 'a file')
    const ran = await project.skyfly(
      'start',
      '--detach',
      '--engine',
      'dragonfly',
      '--binary',
      fixture(STAND_IN),
    )
    expect(ran.exitCode).toBe(6)
    expect(ran.stderr).toContain('data cannot be made: a file is in its place')
  })
})
