import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { takeLock } from '../../src/supervisor/owner-lock.js'
import { command } from '../fixtures/lib/command.mjs'
import { isAlive, Project, redisServer, until } from '../project.js'
import { canMount, isLinux, itOnPosix } from '../system.js'

const statusOf = async (project: Project) => JSON.parse((await project.skyfly('status', '--json')).stdout)

// Windows does not let go of a folder that somebody works in.
describe.runIf(isLinux)('when data/ is removed under a running instance', () => {
  it('status says that it runs, and stop saves into a folder made anew', async () => {
    await using project = new Project()
    const { port, pid } = await project.start('--engine', 'embedded')
    await command(port ?? 0, 'SET key value')
    rmSync(join(project.dir, 'data'), { recursive: true })
    const ran = await project.skyfly('status', '--json')
    expect(ran.exitCode).toBe(0)
    expect(JSON.parse(ran.stdout)).toMatchObject({ state: 'running', pid, port })
    expect((await project.skyfly('stop')).stdout).toContain('saved dump.rdb')
    expect(project.read('logs/dragonfly.log')).toContain('was removed while the server runs')
  })

  it('a server that cannot save any more is told with what still can be done', async context => {
    if (redisServer === undefined) return context.skip('there is no redis-server here')
    await using project = new Project()
    const { port, pid } = await project.start('--engine', 'redis')
    await command(port ?? 0, 'SET key value')
    rmSync(join(project.dir, 'data'), { recursive: true })
    for (const name of ['restart', 'stop'] as const) {
      const { exitCode, stderr } = await project.skyfly(name)
      expect(exitCode).toBe(8)
      expect(stderr).toContain('was removed while it runs')
      expect(stderr).toContain(`redis-cli -p ${port} --rdb dump.rdb`)
      expect(stderr).toContain('skyfly stop --force')
    }
    expect(isAlive(pid ?? 0)).toBe(true)
    expect(await project.skyfly('stop', '--force')).toMatchObject({ exitCode: 0 })
    expect(isAlive(pid ?? 0)).toBe(false)
  })

  it('a stop at once saves all the same', async () => {
    await using project = new Project()
    const { port } = await project.start('--engine', 'embedded')
    await command(port ?? 0, 'SET key value')
    rmSync(join(project.dir, 'data/dragonfly'), { recursive: true })
    expect((await project.skyfly('stop')).stdout).toContain('saved dump.rdb')
  })

  it('its state and PID files are written again', async () => {
    await using project = new Project()
    const { pid } = await project.start('--engine', 'embedded')
    rmSync(join(project.dir, 'data/dragonfly.json'))
    rmSync(join(project.dir, 'data/dragonfly.pid'))
    await until(() => project.leftovers().includes('dragonfly.pid'))
    expect(project.read('data/dragonfly.pid')).toBe(`${pid}\n`)
    expect(JSON.parse(project.read('data/dragonfly.json')).status.pid).toBe(pid)
  })
})

describe.runIf(isLinux)('an instance whose lock is held', () => {
  it('runs, its control socket missing, and is not stopped', async () => {
    await using project = new Project()
    await project.start('--engine', 'embedded')
    await project.skyfly('stop')
    const lock = await takeLock(join(project.dir, 'data/dragonfly.json'))
    const ran = await project.skyfly('status')
    const told = await statusOf(project)
    if ('release' in lock) lock.release()
    expect(ran.exitCode).toBe(0)
    expect(ran.stdout).toContain('dragonfly: running')
    expect(ran.stdout).toMatch(/warning {4}its control socket .* is missing/)
    expect(told).toMatchObject({ state: 'running', supervisorPid: process.pid })
    expect(await statusOf(project)).toMatchObject({ state: 'stopped', controlError: null })
  })
})

describe('a full disk', () => {
  itOnPosix('no mounts')(
    'that has room again gets the state and PID files that did not fit',
    async context => {
      if (!canMount) return context.skip('only root may mount a small disk, on Linux')
      await using project = new Project()
      const ran = await project.sh(`unshare --mount /bin/sh -c '
      set -e
      mkdir data; mount -t tmpfs -o size=256k none data
      "$NODE" "$SKYFLY" start --detach --port auto --engine embedded --dir elsewhere >&2
      (set +e; while :; do cat /dev/zero >>data/filler; sleep 0.02; done) 2>/dev/null &
      sleep 0.3
      kill -9 $(cat data/dragonfly.pid)
      sleep 1.5
      kill $!; sleep 0.1
      rm data/filler
      sleep 1.5
      "$NODE" "$SKYFLY" status --json
      cat data/dragonfly.pid
      sed -n "s/^ *.pid.: \\([0-9]*\\),/\\1/p" data/dragonfly.json
      "$NODE" "$SKYFLY" stop >&2'`)
      expect({ ...ran, stdout: '' }).toMatchObject({ exitCode: 0 })
      const [, json = '', inFile, recorded] = /^(\{.*\})\n(\d+)\n(\d+)$/s.exec(ran.stdout) ?? []
      const { pid, restarts } = JSON.parse(json)
      expect(restarts).toBe(1)
      expect([inFile, recorded]).toEqual([String(pid), String(pid)])
    },
  )
})
