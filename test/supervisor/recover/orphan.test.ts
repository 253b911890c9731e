import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Status } from '../../../src/supervisor/status.js'
import { command } from '../../fixtures/lib/command.mjs'
import { fixture, isAlive, Project, redisServer, until } from '../../project.js'
import { isLinux, runsFixtures } from '../../system.js'

const ENGINES = [
  ['embedded', ['--engine', 'embedded']],
  ...(redisServer === undefined ? [] : [['redis', ['--engine', 'redis']] as const]),
  ['dragonfly', ['--engine', 'dragonfly', '--binary', fixture('stand-in-dragonfly.sh')]],
] as const

/** A server that nobody owns and no state file names: what a disk that was full at the wrong moment leaves. */
async function abandon(project: Project, args: readonly string[]): Promise<Status> {
  const status = await project.start(...args)
  await command(status.port ?? 0, 'SET key value')
  // Stopped, it cannot end with its supervisor.
  process.kill(status.pid ?? 0, 'SIGSTOP')
  process.kill(status.supervisorPid ?? 0, 'SIGKILL')
  await until(() => !isAlive(status.supervisorPid ?? 0))
  const file = join(project.dir, 'data/dragonfly.json')
  const recorded = JSON.parse(project.read('data/dragonfly.json'))
  const before = { ...recorded.status, state: 'starting', pid: null, port: null, url: null }
  writeFileSync(file, JSON.stringify({ ...recorded, serverIdentity: null, status: before }))
  return status
}

/** Lets it go on, and so end, but only when the owner of the lock of this project has found it. */
async function wake(pid: number | null, { dir }: Project): Promise<void> {
  await until(() => readFileSync('/proc/net/unix', 'utf8').includes(join(dir, 'data/dragonfly.json')))
  await new Promise(resolve => setTimeout(resolve, 300))
  process.kill(pid ?? 0, 'SIGCONT')
}

// Elsewhere nobody can look into another process.
describe.runIf(isLinux && runsFixtures).each(ENGINES)('%s that its state file does not name', (_, args) => {
  it('runs without a supervisor, says status, and stop saves and ends it', async () => {
    await using project = new Project()
    const { pid, port, engine } = await abandon(project, args)
    const ran = await project.skyfly('status', '--json')
    expect(ran.exitCode).toBe(0)
    expect(JSON.parse(ran.stdout)).toMatchObject({ state: 'running', pid, port, engine, supervisorPid: null })
    const stopping = project.skyfly('stop')
    await wake(pid, project)
    const { exitCode, stdout } = await stopping
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('saved dump.rdb') })
    expect(isAlive(pid ?? 0)).toBe(false)
  })

  it('is saved and ended by the next start, which has its data, even without any state file', async () => {
    await using project = new Project()
    const { pid } = await abandon(project, args)
    rmSync(join(project.dir, 'data/dragonfly.json'))
    const starting = project.start(...args)
    await wake(pid, project)
    const { port } = await starting
    expect(isAlive(pid ?? 0)).toBe(false)
    expect(await command(port ?? 0, 'GET key')).toContain('value')
    expect(project.read('logs/dragonfly.log')).toContain('which a killed supervisor of dragonfly had left')
  })
})

describe.runIf(isLinux && runsFixtures)('an orphan of another instance', () => {
  it('of another project is ended by whoever starts in its data folder', async () => {
    await using project = new Project()
    await using other = new Project()
    const dir = ['--dir', join(project.dir, 'shared')]
    const { pid } = await abandon(project, ['--engine', 'embedded', ...dir])
    const starting = other.start('--engine', 'embedded', ...dir)
    await wake(pid, other)
    const { port } = await starting
    expect(isAlive(pid ?? 0)).toBe(false)
    expect(await command(port ?? 0, 'GET key')).toContain('value')
  })

  it('is left alone by whoever uses another folder, as is one that is owned', async () => {
    await using project = new Project()
    await using other = new Project()
    const { pid } = await abandon(project, ['--engine', 'embedded'])
    const owned = await project.start('--name', 'owned', '--engine', 'embedded')
    await other.start('--engine', 'embedded')
    await other.skyfly('stop')
    expect([isAlive(pid ?? 0), isAlive(owned.pid ?? 0)]).toEqual([true, true])
    process.kill(pid ?? 0, 'SIGKILL')
  })
})
