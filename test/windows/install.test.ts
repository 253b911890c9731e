import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { zip } from '../fixtures/archive.js'
import { ReleaseSite } from '../fixtures/release-site.js'
import { isAlive, type Project } from '../project.js'
import { newProject } from './engine-lifecycle.js'
import { NO_NATIVE, nativeProgram } from './native.js'

const DRAGONFLY = nativeProgram('dragonfly.exe')
const skipped = DRAGONFLY === undefined ? NO_NATIVE : undefined
const VERSION = '99.0.0'
const ASSET = 'dragonfly-win32-x64.zip'
const ENTRY = `dragonfly-${VERSION}-win32-x64`

/** As a team's mirror has it: the program, and a library that it needs. */
function teamArchive(): Buffer {
  return zip([
    { name: 'dragonfly/dragonfly.exe', body: readFileSync(DRAGONFLY ?? '') },
    { name: 'dragonfly/helper.dll', body: 'a library' },
  ])
}

/** The project pins the archive by its checksum, and the site has it. */
async function withMirror(project: Project): Promise<ReleaseSite> {
  const site = await ReleaseSite.open()
  const archive = teamArchive()
  site.publish(VERSION, ASSET, archive)
  const sha256 = createHash('sha256').update(archive).digest('hex')
  const build = {
    url: `https://github.com/dragonflydb/dragonfly/releases/download/v${VERSION}/${ASSET}`,
    sha256,
  }
  const engines = { dragonfly: { version: VERSION, builds: { 'win32-x64': build } } }
  writeFileSync(join(project.dir, 'skyfly.lock'), JSON.stringify({ lockfileVersion: 1, engines }))
  mkdirSync(join(project.dir, 'bin-cache'))
  Object.assign(project.env, { SKYFLY_OFFLINE: '', SKYFLY_MIRROR: site.mirror, CI: 'true' })
  return site
}

describe.skipIf(skipped !== undefined)(`a dragonfly.exe of a team (${skipped ?? 'here'})`, () => {
  it('is fetched from its mirror, verified, started, and found in the cache the next time', async () => {
    await using project = newProject()
    await using site = await withMirror(project)
    const status = await project.start()
    expect(status).toMatchObject({ engine: 'dragonfly', version: VERSION })
    expect(status.binary).toContain(ENTRY)
    expect(isAlive(status.pid ?? 0)).toBe(true)
    expect(readdirSync(join(project.dir, 'bin-cache', ENTRY)).sort()).toEqual(
      expect.arrayContaining(['dragonfly.exe', 'helper.dll', 'manifest.json']),
    )
    await project.skyfly('stop')
    const before = site.requests.length
    await project.start()
    expect(site.requests).toHaveLength(before)
  })

  it('whose library is gone is fetched anew', async () => {
    await using project = newProject()
    await using site = await withMirror(project)
    expect((await project.skyfly('install')).exitCode).toBe(0)
    rmSync(join(project.dir, 'bin-cache', ENTRY, 'helper.dll'))
    expect((await project.skyfly('cache', 'verify')).exitCode).toBe(5)
    const before = site.requests.length
    await project.start()
    expect(site.requests.length).toBeGreaterThan(before)
    expect((await project.skyfly('cache', 'verify')).exitCode).toBe(0)
  })

  it('is fetched once by five starts at the same moment', async () => {
    await using project = newProject()
    await using site = await withMirror(project)
    const ran = await Promise.all(Array.from({ length: 5 }, () => project.skyfly('install')))
    expect(ran.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0])
    expect(site.requests.filter(({ path }) => path.includes(ASSET)).length).toBeLessThanOrEqual(2)
    expect(readdirSync(join(project.dir, 'bin-cache')).filter(name => name !== 'CACHEDIR.TAG')).toEqual([
      ENTRY,
    ])
  })

  it('is installed from a file, and taken by the next start', async () => {
    await using project = newProject()
    const installed = await project.skyfly('install', 'dragonfly', '--from', DRAGONFLY ?? '')
    expect(installed).toMatchObject({ exitCode: 0 })
    expect((await project.start()).engine).toBe('dragonfly')
  })
})

describe.skipIf(skipped !== undefined)(`a program on Windows (${skipped ?? 'here'})`, () => {
  it('that runs stays in the cache, whole, when that is cleaned', async () => {
    await using project = newProject()
    await project.skyfly('install', 'dragonfly', '--from', DRAGONFLY ?? '')
    const { version } = await project.start()
    const cleaned = await project.skyfly('cache', 'clean', '--older-than', '0s')
    expect(cleaned).toMatchObject({ exitCode: 5, stdout: expect.stringContaining('could not remove') })
    expect((await project.skyfly('cache', 'verify')).stdout).toContain(`dragonfly-${version}-win32-x64: ok`)
    expect((await project.skyfly('restart')).stdout).toContain('dragonfly')
    await project.skyfly('stop')
    expect((await project.skyfly('cache', 'clean', '--older-than', '0s')).exitCode).toBe(0)
  })

  it.each([
    ['cut off', 4000],
    ['no more than its first letters', 2],
  ])('that is %s is told, and no bug of skyfly', async (_, bytes) => {
    await using project = newProject()
    const file = join(project.dir, 'damaged.exe')
    writeFileSync(file, readFileSync(DRAGONFLY ?? '').subarray(0, bytes))
    const ran = await project.skyfly('start', '--detach', '--port', 'auto', '--binary', file)
    expect(ran.exitCode).toBe(4)
    expect(ran.stderr).toMatch(/damaged\.exe (?:cannot be loaded by Windows: it is damaged|is not a program)/)
  })

  it('may be named without its .exe, and in this folder by its path', async () => {
    await using project = newProject()
    copyFileSync(DRAGONFLY ?? '', join(project.dir, 'df.exe'))
    const ran = await project.skyfly('start', '--detach', '--port', 'auto', '--binary', 'df.exe')
    expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('use --binary .\\df.exe') })
    expect((await project.start('--binary', '.\\df')).engine).toBe('dragonfly')
  })
})

describe.skipIf(process.platform !== 'win32')('without a dragonfly.exe on Windows', () => {
  it('skyfly engines shows Valkey to download', async () => {
    await using project = newProject()
    Object.assign(project.env, { SKYFLY_OFFLINE: '' })
    const { stdout, exitCode } = await project.skyfly('engines')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^valkey +download +9\.0\.1 /m)
  })

  it('skyfly install means Valkey', async () => {
    await using project = newProject()
    const ran = await project.skyfly('install')
    expect(ran.exitCode).toBe(5)
    expect(ran.stderr).toContain('valkey 9.0.1 is not in the cache')
  })

  it('a start offline runs the embedded engine, and says why and what differs', async () => {
    await using project = newProject()
    const status = await project.start()
    expect(status.engine).toBe('embedded')
    expect(project.read('logs/dragonfly.log')).toContain(
      'runs instead, as dragonfly is published for Linux on x86_64 and arm64 only; it ',
    )
  })
})
