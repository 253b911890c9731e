import { describe, expect, it } from 'vitest'
import { prepare } from '../../../src/supervisor/prepare/prepare.js'
import { Project } from '../../project.js'
import { runsFixtures } from '../../system.js'
import { configOf } from '../owned-instance.js'

describe.runIf(runsFixtures)('what is decided about a Dragonfly before it starts', () => {
  it('gives it the variables that it knows, its password among them, and warns of the others', async () => {
    await using project = new Project()
    const env = { ...project.env, DFLY_requirepass: 'secret', DFLY_PASSWORD: 'secret' }
    const prepared = await prepare(configOf(project, 'stand-in-dragonfly.mjs'), env)
    prepared.release()
    expect(prepared.launch.password).toBe('secret')
    expect(prepared.launch.env.DFLY_requirepass).toBe('secret')
    expect(prepared.launch.env).not.toHaveProperty('DFLY_PASSWORD')
    const warnings = prepared.notes.filter(({ level }) => level === 'warn')
    expect(warnings.map(({ text }) => text)).toEqual([
      expect.stringContaining('does not know: DFLY_PASSWORD;'),
    ])
  })

  it.each([
    [['--admin_port=9999'], [expect.stringMatching(/admin port 9999 listens on every address/)]],
    [['--admin_port=9999', '--admin_bind=127.0.0.1'], []],
  ])('warns of an admin port that everybody reaches: %j', async (serverArgs, expected) => {
    await using project = new Project()
    const prepared = await prepare(configOf(project, 'stand-in-dragonfly.mjs', { serverArgs }), project.env)
    prepared.release()
    expect(prepared.notes.flatMap(({ level, text }) => (level === 'warn' ? [text] : []))).toEqual(expected)
  })
})
