import { describe, expect, it } from 'vitest'
import { takeLock } from '../../src/supervisor/owner-lock.js'
import { fixture, Project, until } from '../project.js'
import { isLinux, itOnPosix, runsFixtures } from '../system.js'

const STAND_IN = ['--engine', 'dragonfly', '--binary', fixture('stand-in-dragonfly.mjs')]

describe.runIf(runsFixtures)('a stop', () => {
  it('of what is not ready yet makes the start say that it was stopped', async () => {
    await using project = new Project()
    const never = ['--engine', 'redis', '--binary', fixture('never-ready.mjs'), '--port', 'auto']
    const starting = project.spawn(['start', '--detach', '--json', ...never])
    await until(async () => (await project.status())?.pid != null)
    expect(await project.skyfly('stop', '--timeout', '200ms', '--force')).toMatchObject({ exitCode: 0 })
    const { exitCode, stderr, stdout } = await starting
    expect({ exitCode, stderr }).toEqual({
      exitCode: 6,
      stderr: 'skyfly: dragonfly was stopped before it was ready',
    })
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'start-failed' } })
  })

  itOnPosix('Windows has no signals')('by a signal is what the start says, and no bug', async () => {
    await using project = new Project()
    const never = ['--engine', 'redis', '--binary', fixture('never-ready.mjs'), '--port', 'auto']
    const starting = project.spawn(['start', '--detach', ...never])
    await until(async () => (await project.status())?.pid != null)
    process.kill((await project.status())?.supervisorPid ?? 0, 'SIGKILL')
    const { exitCode, stderr } = await starting
    expect(exitCode).toBe(6)
    expect(stderr).toContain('the supervisor of dragonfly was killed by SIGKILL before the server was ready')
  })

  it('beside two others at the same moment is done, each time', async () => {
    await using project = new Project()
    for (const _ of [1, 2, 3]) {
      await project.start(...STAND_IN)
      const stops = await Promise.all([1, 2, 3].map(() => project.skyfly('stop')))
      expect(stops.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(
        Array(3).fill({ exitCode: 0, stderr: '' }),
      )
    }
  })

  it.runIf(isLinux)(
    'waits for an owner that does not listen yet (Linux: elsewhere there is no lock)',
    async () => {
      await using project = new Project()
      await project.start(...STAND_IN)
      await project.skyfly('stop')
      const lock = await takeLock(`${project.dir}/data/dragonfly.json`)
      const stopping = project.skyfly('stop')
      await new Promise(resolve => setTimeout(resolve, 500))
      if ('release' in lock) lock.release()
      expect(await stopping).toMatchObject({ exitCode: 0 })
    },
  )
})
