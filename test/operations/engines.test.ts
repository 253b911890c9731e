import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { renderEngines } from '../../src/cli/text/engines.js'
import { loadConfig } from '../../src/config/resolve.js'
import { type EnginesReport, inspectEngines } from '../../src/operations/engines.js'
import { Cache } from '../../src/servers/cache/cache.js'
import { makeCacheFolder } from '../../src/servers/cache/cache-folder.js'
import type { BuildTarget } from '../../src/system/platform.js'
import { Project } from '../project.js'
import { ID, install } from '../servers/cache/entries.js'
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
  target: BuildTarget,
  flags = {},
  { env: more = {}, glibc = '2.39' }: { env?: NodeJS.ProcessEnv; glibc?: string | null } = {},
): Promise<EnginesReport> {
  const env = {
    ...project.env,
    SKYFLY_OFFLINE: '',
    PATH: join(project.dir, 'programs'),
    DOTNET_ROOT: project.dir,
    SKYFLY_CACHE_DIR: join(project.dir, 'cache'),
    ...more,
  }
  const config = loadConfig({ flags, cwd: project.dir, env })
  const platform = target.split('-')[0] as NodeJS.Platform
  return inspectEngines(config, { env, target, platform, glibc: () => glibc ?? undefined })
}

/** A program on PATH that says this of itself. */
function put(project: Project, name: string, says: string): string {
  const path = join(project.dir, 'programs', name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `#!/bin/sh\necho "${says}"\n`, { mode: 0o755 })
  return path
}

const cacheOf = (project: Project) => {
  const cache = new Cache(join(project.dir, 'cache'))
  makeCacheFolder(cache.dir)
  return cache
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
      const report = await inspect(project, `linux-${process.arch}` as BuildTarget, { offline: 'true' })
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

  itOnPosix('it is a script with a shebang')(
    'have in the row of valkey a Valkey by the name of redis-server, which a start runs',
    async () => {
      await using project = new Project()
      const where = put(project, 'redis-server', 'Valkey server v=8.1.1 sha=00000000:0')
      const report = await inspect(project, 'linux-x64', { offline: 'true' })
      expect(report.start).toBe('valkey')
      expect(rowOf(report, 'valkey')).toMatchObject({ available: 'yes', version: '8.1.1', where })
      expect(rowOf(report, 'redis')).toMatchObject({ available: 'no' })
    },
  )

  it('would be downloaded where what is on PATH does not run', async () => {
    await using project = new Project()
    mkdirSync(join(project.dir, 'programs'))
    writeFileSync(join(project.dir, 'programs', 'dragonfly'), 'no program', { mode: 0o755 })
    const report = await inspect(project, 'linux-x64')
    expect(report.start).toBe('dragonfly')
    expect(rowOf(report, 'dragonfly')).toMatchObject({ available: 'download', version: '1.40.1' })
  })

  it('are an older one in the cache where nothing may be downloaded', async () => {
    await using project = new Project()
    const { path } = await install(cacheOf(project), { ...ID, version: '1.39.0' })
    const report = await inspect(project, 'linux-x64', { offline: 'true' })
    expect(report.start).toBe('dragonfly')
    expect(rowOf(report, 'dragonfly')).toMatchObject({ available: 'yes', version: '1.39.0', where: path })
  })

  it('say what is wrong with the one in the cache', async () => {
    await using project = new Project()
    const { path } = await install(cacheOf(project))
    writeFileSync(path, 'another program')
    const report = await inspect(project, 'linux-x64', { offline: 'true' })
    expect(report.start).toBe('embedded')
    expect(rowOf(report, 'dragonfly')?.missing).toMatch(
      / is damaged: .*, and nothing is downloaded \(--offline\)/,
    )
  })

  it('are asked for their latest version by a start only', async () => {
    await using project = new Project()
    const report = await inspect(project, 'linux-x64', { engineVersion: 'latest' })
    expect(rowOf(report, 'dragonfly')).toMatchObject({
      available: 'download',
      version: null,
      where: 'https://github.com/dragonflydb/dragonfly/releases/latest',
    })
    expect(rowOf(report, 'embedded')).toMatchObject({ available: 'yes' })
  })

  it('are others than Dragonfly where its version is named and it has no build', async () => {
    await using project = new Project()
    const report = await inspect(project, 'win32-x64', { engineVersion: '1.40.1' })
    expect(report.start).toBe('valkey')
    expect(rowOf(report, 'valkey')).toMatchObject({ available: 'download', version: '9.0.1' })
  })

  it.each([null, '2.17'])('are no Dragonfly where glibc is %s', async glibc => {
    await using project = new Project()
    const report = await inspect(project, 'linux-x64', {}, { glibc })
    expect(report.start).toBe('embedded')
    expect(rowOf(report, 'dragonfly')).toMatchObject({
      available: 'no',
      missing: expect.stringContaining('needs glibc 2.30 or newer'),
    })
  })

  it('are no Garnet in the cache where .NET is gone', async () => {
    await using project = new Project()
    await install(cacheOf(project), { engine: 'garnet', version: '1.0.99', target: 'win32-x64' })
    const report = await inspect(project, 'win32-x64', { engine: 'garnet' })
    expect(rowOf(report, 'garnet')).toMatchObject({
      available: 'no',
      missing: expect.stringContaining('.NET 8 or newer'),
    })
    expect(report).toMatchObject({ start: null, failure: expect.stringContaining('.NET 8 or newer') })
    expect(renderEngines(report)).toContain(
      '\nskyfly start runs nothing on this machine (win32-x64): garnet needs',
    )
  })

  it('are what the settings ask for', async () => {
    await using project = new Project()
    const report = await inspect(project, 'win32-x64', {}, { env: { SKYFLY_ENGINE: 'redis' } })
    expect(report.start).toBe('redis')
    expect(renderEngines(report)).toContain(
      '\nskyfly start runs redis 8.10.2 on this machine (win32-x64), downloaded',
    )
  })

  itOnPosix('it is a script with a shebang')('are the program that the settings name', async () => {
    await using project = new Project()
    const where = put(project, 'mine', 'Redis server v=7.2.4 sha=00000000:0')
    const report = await inspect(project, 'linux-x64', {}, { env: { SKYFLY_BINARY: where } })
    expect(report.start).toBe('redis')
    expect(rowOf(report, 'redis')).toMatchObject({ available: 'yes', version: '7.2.4', where })
  })

  it('are none where the settings name a program that is not there', async () => {
    await using project = new Project()
    const env = { SKYFLY_BINARY: join(project.dir, 'nowhere') }
    const report = await inspect(project, 'linux-x64', {}, { env })
    expect(report).toMatchObject({ start: null, failure: expect.stringContaining('does not exist') })
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
    expect(text).toContain(
      '\nskyfly start runs valkey 9.0.1 on this machine (win32-x64), downloaded once; it ',
    )
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

  it.each([
    ['embedded', 2, 'there is nothing to install'],
    ['memurai', 4, 'skyfly knows no build of memurai'],
  ])('that cannot be installed say so: %s', async (engine, exitCode, words) => {
    await using project = new Project()
    const ran = await project.skyfly('install', engine)
    expect(ran).toMatchObject({ exitCode, stderr: expect.stringContaining(words) })
  })
})
