import { describe, expect, it } from 'vitest'
import { fixture, isAlive, Project, until } from '../project.js'
import { runsFixtures } from '../system.js'

const STAND_IN = ['--engine', 'dragonfly', '--binary', fixture('stand-in-dragonfly.mjs')]

async function killSupervisor(project: Project): Promise<void> {
  const { supervisorPid } = (await project.status()) ?? {}
  process.kill(supervisorPid ?? 0, 'SIGKILL')
  await until(() => !isAlive(supervisorPid ?? 0))
}

const configOf = async (project: Project) => JSON.parse(project.read('data/dragonfly.json')).last

describe.runIf(runsFixtures)('a restart after the supervisor was killed', () => {
  it.each([[[]], [['status']]])('takes the settings it last ran with (after %j)', async between => {
    await using project = new Project()
    await project.start(...STAND_IN, '--restart', 'no', '--', '--dbnum=3')
    await killSupervisor(project)
    for (const name of between) await project.skyfly(name)
    const { exitCode, stdout, stderr } = await project.skyfly('restart', '--json', '--stop-timeout', '7s')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ engine: 'dragonfly', version: '1.40.1' })
    expect(await configOf(project)).toMatchObject({
      settings: { port: 'auto', restart: 'no', stopTimeoutMs: 7_000 },
      serverArgs: ['--dbnum=3'],
    })
  })

  it('asks for arguments that may hold a password, which are written down nowhere', async () => {
    await using project = new Project()
    await project.start(...STAND_IN, '--', '--requirepass', 'hunter2')
    expect(project.read('data/dragonfly.json')).not.toContain('hunter2')
    await killSupervisor(project)
    const refused = await project.skyfly('restart')
    expect(refused.exitCode).toBe(6)
    expect(refused.stderr).toContain('skyfly restart -- ARGUMENTS')
    const given = await project.skyfly('restart', '--json', '--', '--requirepass', 'hunter3')
    expect({ exitCode: given.exitCode, stderr: given.stderr }).toEqual({ exitCode: 0, stderr: '' })
  })

  it('takes those of the project where it was stopped since', async () => {
    await using project = new Project()
    await project.start(...STAND_IN)
    await killSupervisor(project)
    await project.skyfly('status')
    await project.skyfly('stop')
    expect(await configOf(project)).toBeNull()
  })
})
