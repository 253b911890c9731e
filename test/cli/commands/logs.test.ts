import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../../../src/logs/record.js'
import { fixture, Project, until } from '../../project.js'
import { itOnPosix, runsFixtures } from '../../system.js'

const STAND_IN = ['--engine', 'dragonfly', '--binary', fixture('stand-in-dragonfly.mjs')]

describe.runIf(runsFixtures)('skyfly logs', () => {
  it('shows what the server and skyfly said, for people and as the records of the file', async () => {
    await using project = new Project()
    await project.start(...STAND_IN)
    // A kill is a warning.
    await project.skyfly('stop', '--force')
    const text = await project.skyfly('logs')
    expect(text.exitCode).toBe(0)
    expect(text.stdout).toMatch(/^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] starting dragonfly 1\.40\.1 /)
    expect(text.stdout).toContain('AcceptServer - listening on 127.0.0.1:')
    const json = await project.skyfly('logs', '--json', '-n', '2')
    expect(json.stdout).toBe(project.read('logs/dragonfly.log').trim().split('\n').slice(-2).join('\n'))
    const warnings = await project.skyfly('logs', '--json', '--level', 'warn')
    const levels = warnings.stdout.split('\n').map(line => (JSON.parse(line) as LogRecord).level)
    expect(new Set(levels)).toEqual(new Set(['warn']))
    expect((await project.skyfly('logs', '--grep', 'listening on')).stdout.split('\n')).toHaveLength(1)
  })

  it('follows until the instance is stopped, its last lines included', async () => {
    await using project = new Project()
    await project.start(...STAND_IN)
    const following = project.spawn(['logs', '-f'])
    let seen = ''
    following.stdout?.on('data', data => {
      seen += data
    })
    await until(() => seen.includes('ready on'))
    await project.skyfly('restart', '--port', 'auto')
    await until(() => seen.match(/ready on/g)?.length === 2)
    await project.skyfly('stop')
    const { exitCode, stdout } = await following
    expect(exitCode).toBe(0)
    expect(stdout.split('\n').at(-1)).toContain('stopped dragonfly 1.40.1')
  })

  itOnPosix('Windows ends a process whatever the signal')('ends at Ctrl-C', async () => {
    await using project = new Project()
    await project.start(...STAND_IN)
    const following = project.spawn(['logs', '-f'])
    await new Promise(resolve => following.stdout?.once('data', resolve))
    following.kill('SIGINT')
    expect((await following).exitCode).toBe(0)
  })

  const rows = [
    { title: 'no log', args: ['logs'], exitCode: 3, says: 'there is no log yet' },
    { title: 'following what does not run', args: ['logs', '-f'], exitCode: 3, says: 'skyfly start' },
    { title: 'a bad pattern', args: ['logs', '--grep', '('], exitCode: 2, says: '--grep (' },
    { title: 'a bad time', args: ['logs', '--since', 'yesterday'], exitCode: 2, says: '--since yesterday' },
    { title: 'a bad level', args: ['logs', '--level', 'loud'], exitCode: 2, says: '--level loud' },
    { title: 'a bad number', args: ['logs', '-n', 'x'], exitCode: 2, says: '--lines x' },
  ]
  it.each(rows)('ends with $exitCode on $title', async ({ args, exitCode, says }) => {
    await using project = new Project()
    const ran = await project.skyfly(...args)
    expect(ran.exitCode).toBe(exitCode)
    expect(ran.stderr).toContain(says)
  })
})
