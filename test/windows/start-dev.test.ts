import { copyFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import type { Project } from '../project.js'
import { newProject } from './engine-lifecycle.js'

const skipped = process.platform === 'win32' ? undefined : 'needs cmd.exe'
const EXAMPLE = fileURLToPath(new URL('../../examples/start_dev.bat', import.meta.url))
const SKYFLY = fileURLToPath(new URL('../../bin/skyfly.js', import.meta.url))

/** Runs it as a double click would, in a project where `npx skyfly` is this skyfly. */
async function startDev(project: Project, app: string, engine = 'embedded') {
  // cmd.exe reads the file in a code page of its own, so the paths come by the environment.
  const lines = ['@echo off', 'setlocal', 'set "ARGS=%*"', '"%NODE%" "%SKYFLY%" %ARGS:skyfly =%']
  writeFileSync(join(project.dir, 'npx.cmd'), lines.join('\r\n'))
  copyFileSync(EXAMPLE, join(project.dir, 'start_dev.bat'))
  const { stdout, stderr, exitCode } = await execa('cmd.exe', ['/c', '.\\start_dev.bat'], {
    cwd: project.dir,
    env: {
      ...project.env,
      ...{ APP: app, SKYFLY_ENGINE: engine, DRAGONFLY_PORT: 'auto' },
      ...{ NODE: process.execPath, SKYFLY },
      PATH: [project.dir, process.env.PATH].join(delimiter),
    },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  })
  return { stdout, stderr, exitCode }
}

describe.skipIf(skipped !== undefined)(`examples/start_dev.bat (${skipped ?? 'here'})`, () => {
  it('starts the server, proves it, runs the application, and stops the server', async () => {
    await using project = newProject()
    const { stdout, exitCode } = await startDev(project, 'echo the application')
    expect(stdout).toMatch(/ready on .*7 checks passed.*the application.*stopped embedded/s)
    expect(exitCode).toBe(0)
    expect((await project.skyfly('status')).exitCode).toBe(3)
  })

  it('does not run the application where the server does not start', async () => {
    await using project = newProject()
    const { stdout, stderr, exitCode } = await startDev(project, 'echo the application', 'nonsense')
    expect(stdout).not.toContain('the application')
    expect(stderr).toContain('so the application was not started')
    expect(exitCode).toBe(1)
  })
})
