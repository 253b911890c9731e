import { describe, expect, it } from 'vitest'
import { Project } from '../project.js'

describe('--json', () => {
  it.each([
    { argv: ['start', '--detach', '--engine', 'redis', '--binary', 'nowhere'], exitCode: 2, code: 'usage' },
    { argv: ['start', '--port', 'nonsense'], exitCode: 2, code: 'usage' },
    { argv: ['stop', '--nosuch'], exitCode: 2, code: 'usage' },
    { argv: ['stop', '--timeout', 'never'], exitCode: 2, code: 'usage' },
    { argv: ['restart', '--engine', 'dragonfly'], exitCode: 4, code: 'no-engine' },
    { argv: ['logs', '--follow'], exitCode: 3, code: 'not-running' },
    { argv: ['test'], exitCode: 3, code: 'not-running' },
    { argv: ['install'], exitCode: 5, code: 'download' },
  ])('prints the error of `$argv` as JSON, with exit code $exitCode', async ({ argv, exitCode, code }) => {
    await using project = new Project()
    const env = { PATH: project.dir }
    const ran = await project.spawn([...argv, '--json'], env)
    const { error } = JSON.parse(ran.stdout)
    expect({ exitCode: ran.exitCode, code: error.code }).toEqual({ exitCode, code })
    expect(ran.stderr).toContain(error.message)
  })
})
