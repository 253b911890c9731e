// The life of one engine's server on Windows, from start to stop: every engine has to pass the same.
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import type { SmokeRow } from '../../src/smoke/row.js'
import type { Status } from '../../src/supervisor/status.js'
import { isAlive, Project, until } from '../project.js'

/** Every path of such a project has a blank and an umlaut in it. */
export const newProject = () => new Project('skyfly Prüfung ')

export async function withClient<T>(status: Status, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(status.url ?? '', { lazyConnect: true, retryStrategy: null })
  try {
    return await work(client)
  } finally {
    client.disconnect()
  }
}

interface Lived {
  readonly engine: string
  /** Arguments of `skyfly start` that choose it. */
  readonly server: readonly string[]
  /** Why it is skipped; undefined: it is not. */
  readonly skipped: string | undefined
}

export function describeLife({ engine, server, skipped }: Lived): void {
  describe.skipIf(skipped !== undefined)(`${engine} on Windows (${skipped ?? 'here'})`, () => {
    it('starts, is tested, shows its status and log, and leaves nothing when it is stopped', async () => {
      await using project = newProject()
      const started = await project.skyfly('start', '--detach', '--port', 'auto', ...server)
      expect(started).toMatchObject({ exitCode: 0, stderr: '' })
      expect(started.stdout).toMatch(
        new RegExp(`^${engine} [\\d.]+ ready on 127\\.0\\.0\\.1:\\d+ in .+ \\(pid \\d+\\)$`),
      )

      expect((await project.skyfly('test', '--samples', '2')).stdout).toContain('7 checks passed')

      const status = JSON.parse((await project.skyfly('status', '--json')).stdout) as Status
      expect(status).toMatchObject({ state: 'running', engine, restarts: 0, lastExit: null })
      expect(project.read('data/dragonfly.pid')).toBe(`${status.pid}\n`)
      expect(isAlive(status.pid ?? 0)).toBe(true)

      const logs = await project.skyfly('logs')
      expect(logs.stdout).toMatch(/Ready to accept connections|AcceptServer - listening/)

      const stopped = await project.skyfly('stop')
      expect(stopped).toMatchObject({ exitCode: 0, stderr: '' })
      expect(stopped.stdout).toMatch(/^stopped .* in .+; saved dump\.rdb \(\d+ bytes\)$/)
      expect(existsSync(join(status.dir, 'dump.rdb'))).toBe(true)
      await until(() => !isAlive(status.pid ?? 0) && !isAlive(status.supervisorPid ?? 0))
      expect(project.leftovers()).toEqual([])
      expect(await project.skyfly('status')).toMatchObject({ exitCode: 3 })
    })

    it('answers every check of skyfly test', async () => {
      await using project = newProject()
      await project.start(...server)
      const { stdout } = await project.skyfly('test', '--samples', '2', '--json')
      const { rows } = JSON.parse(stdout) as { rows: SmokeRow[] }
      // A slow answer is a right one.
      const shown = rows.map(({ name, verdict, detail }) =>
        verdict === 'slow' ? `${name} ok` : `${name} ${verdict} ${detail}`.trim(),
      )
      const names = ['CONNECT', 'PING', 'SET/GET', 'LPUSH', 'BRPOP', 'BRPOP WAKE', 'CLEAN-UP']
      expect(shown).toEqual(names.map(name => `${name} ok`))
    })

    it('says that it runs already, and refuses what differs', async () => {
      await using project = newProject()
      const status = await project.start(...server)
      const again = await project.skyfly('start', '--detach')
      expect(again).toMatchObject({ exitCode: 0 })
      expect(again.stdout).toContain(`already runs on 127.0.0.1:${status.port} (pid ${status.pid})`)
      const other = await project.skyfly('start', '--detach', '--port', '1')
      expect(other.exitCode).toBe(6)
      expect(other.stderr).toContain(`port ${status.port}, not 1`)
    })

    it('makes one server of many starts at the same moment', async () => {
      await using project = newProject()
      const runs = await Promise.all(
        [1, 2, 3].map(() => project.skyfly('start', '--detach', '--json', '--port', 'auto', ...server)),
      )
      expect(runs.map(({ exitCode, stderr }) => `${exitCode} ${stderr}`)).toEqual(['0 ', '0 ', '0 '])
      expect(new Set(runs.map(({ stdout }) => (JSON.parse(stdout) as Status).pid)).size).toBe(1)
    })

    it('is another process on the same port after a restart', async () => {
      await using project = newProject()
      const before = await project.start(...server)
      const ran = await project.skyfly('restart', '--json')
      expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
      const after = JSON.parse(ran.stdout) as Status
      expect(after).toMatchObject({
        state: 'running',
        port: before.port,
        supervisorPid: before.supervisorPid,
      })
      expect(after.pid).not.toBe(before.pid)
      expect(isAlive(before.pid ?? 0)).toBe(false)
    })

    it('serves again on the same port after its process is killed', async () => {
      await using project = newProject()
      const before = await project.start(...server)
      process.kill(before.pid ?? 0)
      await until(async () => (await project.status())?.restarts === 1)
      await until(async () => (await project.status())?.state === 'running')
      const after = (await project.status()) as Status
      expect(after).toMatchObject({ port: before.port, restarts: 1 })
      expect(after.pid).not.toBe(before.pid)
      expect(project.read('data/dragonfly.pid')).toBe(`${after.pid}\n`)
      expect(await withClient(after, client => client.ping())).toBe('PONG')
    })

    it('ends with a supervisor that is killed, and the next start works', async () => {
      await using project = newProject()
      const before = await project.start(...server)
      process.kill(before.supervisorPid ?? 0)
      await until(() => !isAlive(before.pid ?? 0))
      const after = await project.start(...server)
      expect(after.lastExit?.reason).toContain('was killed')
      expect(await withClient(after, client => client.ping())).toBe('PONG')
    })

    it('leaves no trace of a killed supervisor once it is asked to stop', async () => {
      await using project = newProject()
      const { pid, supervisorPid } = await project.start(...server)
      process.kill(supervisorPid ?? 0)
      await until(() => !isAlive(pid ?? 0))
      expect(await project.skyfly('stop')).toMatchObject({ exitCode: 0 })
      expect(project.leftovers()).toEqual([])
    })

    it('names the port that another program has, and the way out', async () => {
      await using project = newProject()
      const holder = createServer().listen(0, '127.0.0.1')
      await new Promise(resolve => holder.once('listening', resolve))
      const { port } = holder.address() as { port: number }
      const ran = await project.skyfly('start', '--detach', '--port', String(port), ...server)
      holder.close()
      expect(ran.exitCode).toBe(6)
      expect(ran.stderr).toContain(`port ${port} is taken by `)
      expect(ran.stderr).toContain('--port auto')
      expect(project.leftovers()).toEqual([])
    })

    it('has a PID file that is whole whenever it is read', async () => {
      await using project = newProject()
      await project.start(...server)
      const restarts = { areOver: false }
      const restarting = (async () => {
        for (let turn = 0; turn < 3; turn += 1) await project.skyfly('restart')
        restarts.areOver = true
      })()
      const seen = new Set<string>()
      await until(() => {
        seen.add(pidFile(project) ?? 'none')
        return restarts.areOver
      })
      await restarting
      expect([...seen].filter(text => text !== 'none' && !/^\d+\n$/.test(text))).toEqual([])
      expect(seen.size).toBeGreaterThan(1)
    })

    it('is killed by stop --force, and leaves nothing', async () => {
      await using project = newProject()
      const { pid, supervisorPid } = await project.start(...server)
      const stopped = await project.skyfly('stop', '--force')
      expect(stopped).toMatchObject({ exitCode: 0 })
      expect(stopped.stdout).toMatch(/^killed /)
      await until(() => !isAlive(pid ?? 0) && !isAlive(supervisorPid ?? 0))
      expect(project.leftovers()).toEqual([])
    })
  })
}

/** The PID file at this moment; undefined: there is none. */
function pidFile(project: Project): string | undefined {
  const path = join(project.dir, 'data/dragonfly.pid')
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
