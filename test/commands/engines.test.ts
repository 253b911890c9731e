import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { renderEngines } from '../../src/cli/render-engines.js'
import { type EnginesReport, inspectEngines } from '../../src/commands/engines.js'
import { loadConfig } from '../../src/config/resolve.js'
import type { Target } from '../../src/platform.js'
import { Project } from '../project.js'
import { itOnPosix } from '../system.js'

const SYSTEMS = [
  { target: 'linux-x64', start: 'dragonfly', asset: 'dragonfly-x86_64.tar.gz' },
  { target: 'linux-arm64', start: 'dragonfly', asset: 'dragonfly-aarch64.tar.gz' },
  { target: 'win32-x64', start: 'valkey', asset: 'valkey-9.0.1-win32-x64.zip' },
  { target: 'darwin-arm64', start: 'valkey', asset: 'valkey-9.0.1-darwin-arm64.tar.gz' },
  { target: 'darwin-x64', start: 'valkey', asset: 'valkey-9.0.1-darwin-x64.tar.gz' },
  { target: 'win32-arm64', start: 'embedded', asset: undefined },
] as const

/** With nothing on PATH, and no .NET. */
function inspect(
  project: Project,
  target: Target,
  flags = {},
  { env: more = {}, glibc = '2.39' }: { env?: NodeJS.ProcessEnv; glibc?: string | null } = {},
): Promise<EnginesReport> {
  const env = {
    ...project.env,
    SKYFLY_OFFLINE: '',
    PATH: join(project.dir, 'programs'),
    DOTNET_ROOT: project.dir,
    ...more,
  }
  const config = loadConfig({ flags, cwd: project.dir, env })
  const platform = target.split('-')[0] as NodeJS.Platform
  return inspectEngines(config, { env, target, platform, glibc: () => glibc ?? undefined })
}

const rowOf = ({ engines }: EnginesReport, name: string) => engines.find(({ engine }) => engine === name)

describe('the engines of a machine', () => {
  it.each(SYSTEMS)('with $target: a start takes $start', async ({ target, start, asset }) => {
    await using project = new Project()
    const report = await inspect(project, target)
    expect(report).toMatchObject({ target, start })
    if (asset === undefined) expect(rowOf(report, start)).toMatchObject({ available: 'yes' })
    else
      expect(rowOf(report, start)).toMatchObject({
        available: 'download',
        where: expect.stringContaining(asset),
      })
  })

  it('are only skyfly’s own where nothing may be downloaded and nothing is on PATH', async () => {
    await using project = new Project()
    const report = await inspect(project, 'linux-x64', { offline: 'true' })
    expect(report.start).toBe('embedded')
    expect(report.engines.filter(({ available }) => available !== 'no').map(({ engine }) => engine)).toEqual([
      'embedded',
    ])
    for (const { engine, available, missing } of report.engines)
      expect(missing === null, engine).toBe(available !== 'no')
  })

  itOnPosix('it is a script with a shebang')(
    'name the program on PATH with its version, and a start takes it where Dragonfly cannot be had',
    async () => {
      await using project = new Project()
      const program = join(project.dir, 'programs', 'redis-server')
      mkdirSync(join(project.dir, 'programs'))
      writeFileSync(program, '#!/bin/sh\necho "Redis server v=7.2.4 sha=00000000:0"\n', { mode: 0o755 })
      const report = await inspect(project, `linux-${process.arch}` as Target, { offline: 'true' })
      expect(rowOf(report, 'redis')).toMatchObject({ available: 'yes', version: '7.2.4', where: program })
      expect(report.start).toBe('redis')
    },
  )

  itOnPosix('Windows has no program false')('say why a program on PATH is not taken', async () => {
    await using project = new Project()
    mkdirSync(join(project.dir, 'programs'))
    // macOS has it in another folder.
    const program = existsSync('/bin/false') ? '/bin/false' : '/usr/bin/false'
    copyFileSync(program, join(project.dir, 'programs', 'valkey-server'))
    const report = await inspect(project, 'linux-x64')
    expect(rowOf(report, 'valkey')).toMatchObject({
      available: 'no',
      missing: expect.stringContaining('valkey-server'),
    })
  })

  it('need .NET for Garnet', async () => {
    await using project = new Project()
    expect(rowOf(await inspect(project, 'win32-x64'), 'garnet')).toMatchObject({
      available: 'no',
      missing: expect.stringContaining('.NET 8 or newer'),
    })
    for (const folder of ['host/fxr/8.0.11', 'shared/Microsoft.NETCore.App/8.0.11'])
      mkdirSync(join(project.dir, folder), { recursive: true })
    expect(rowOf(await inspect(project, 'win32-x64'), 'garnet')).toMatchObject({ available: 'download' })
  })

  it('are a table, what is missing, and what a start takes', async () => {
    await using project = new Project()
    const text = renderEngines(await inspect(project, 'win32-x64'))
    expect(text).toMatch(/^ENGINE {5}AVAILABLE {2}VERSION {2}LICENCE /)
    expect(text).toMatch(/^valkey {5}download {3}9\.0\.1 {4}BSD-3-Clause {2,}https:/m)
    expect(text).toContain('\nskyfly start runs valkey 9.0.1 on this machine (win32-x64), downloaded once; it ')
  })

  it('are told by the command line, as text and as JSON', async () => {
    await using project = new Project()
    const text = await project.skyfly('engines')
    expect(text).toMatchObject({ exitCode: 0, stderr: '' })
    expect(text.stdout).toContain('skyfly start runs ')
    const { engines } = JSON.parse((await project.skyfly('engines', '--json')).stdout) as EnginesReport
    expect(engines.map(({ engine }) => engine)).toEqual([
      ...['dragonfly', 'valkey', 'redis', 'memurai', 'garnet', 'embedded'],
    ])
  })
})
