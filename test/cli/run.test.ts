import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Project } from '../project.js'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

describe('skyfly', () => {
  it.each([['--version'], ['-V']])('tells the version of the package by %s', async flag => {
    await using project = new Project()
    expect(await project.skyfly(flag)).toEqual({ exitCode: 0, stdout: version, stderr: '' })
  })

  it('lists its commands by --help, and by help', async () => {
    await using project = new Project()
    const { exitCode, stdout } = await project.skyfly('--help')
    expect(exitCode).toBe(0)
    for (const command of ['start', 'stop', 'restart', 'status', 'logs', 'test'])
      expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'))
    expect((await project.skyfly('help')).stdout).toBe(stdout)
  })

  it.each([
    { command: 'start', flags: ['--detach', '--port <N|auto>', '--log-max-files', '--json', 'SERVER_ARGS'] },
    { command: 'stop', flags: ['--all', '--timeout', '--force', '--json', '--name'] },
    { command: 'restart', flags: ['--port <N|auto>', '--json'] },
    { command: 'status', flags: ['--all', '--json'] },
    { command: 'logs', flags: ['--follow', '--lines', '--since', '--level', '--grep', '--json'] },
    { command: 'test', flags: ['--url', '--samples', '--strict', '--junit', '--json'] },
  ])('lists the flags of $command, whichever way it is asked', async ({ command, flags }) => {
    await using project = new Project()
    const { stdout } = await project.skyfly(command, '--help')
    for (const flag of flags) expect(stdout).toContain(flag)
    expect((await project.skyfly('help', command)).stdout).toBe(stdout)
  })

  it('shows its commands, and ends with 2, when it is given none', async () => {
    await using project = new Project()
    const { exitCode, stderr } = await project.skyfly()
    expect(exitCode).toBe(2)
    expect(stderr).toContain('Commands:')
  })
})
