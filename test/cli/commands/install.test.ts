import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ENTRY, Shop, sha256, TARGET, VERSION } from '../../download-project.js'
import { ASSET, LICENCE, PROGRAM, standInArchive } from '../../fixtures/archive.js'
import { fixture } from '../../project.js'
import { isLinux } from '../../system.js'

// What they install is a Dragonfly, which is published for Linux alone.
describe.runIf(isLinux)('skyfly install', () => {
  it('downloads a release, and keeps its licence beside it', async () => {
    await using shop = await Shop.open()
    const ran = await shop.project.skyfly('install')
    expect(ran).toMatchObject({
      exitCode: 0,
      stdout: `dragonfly ${VERSION} is in the cache: ${shop.program}`,
    })
    expect(ran.stderr.split('\n')).toEqual([
      expect.stringMatching(/^downloading dragonfly 99\.0\.0 from 127\.0\.0\.1:\d+ \(\d+ bytes\)$/),
      expect.stringMatching(/^installed dragonfly 99\.0\.0 \(\d+ bytes in .+\): /),
    ])
    expect(shop.cached()).toEqual([ENTRY])
    expect(readdirSync(join(shop.cache, ENTRY)).sort()).toEqual(['LICENSE.md', PROGRAM, 'manifest.json'])
    expect(shop.project.read(`bin-cache/${ENTRY}/LICENSE.md`)).toBe(LICENCE)
    expect(statSync(shop.program).mode & 0o777).toBe(0o755)
  })

  it('writes down what it installed, from where, and whose checksum it was verified by', async () => {
    await using shop = await Shop.open()
    await shop.project.skyfly('install')
    expect(JSON.parse(shop.project.read(`bin-cache/${ENTRY}/manifest.json`))).toMatchObject({
      engine: 'dragonfly',
      version: VERSION,
      target: TARGET,
      sha256: sha256(readFileSync(shop.program)),
      source: expect.stringContaining(`/dragonflydb/dragonfly/releases/download/v${VERSION}/`),
      archiveSha256: sha256(shop.archive),
      verifiedBy: 'skyfly.lock',
      reportedVersion: VERSION,
      flags: expect.arrayContaining(['dbfilename']),
    })
  })

  it('asks nobody for what it has', async () => {
    await using shop = await Shop.open()
    await shop.project.skyfly('install')
    const { connections } = shop.site
    const again = await shop.project.skyfly('install')
    expect(again).toMatchObject({ exitCode: 0, stderr: '' })
    expect(again.stdout).toBe(`dragonfly ${VERSION} is already in the cache: ${shop.program}`)
    expect(shop.site.connections).toBe(connections)
  })

  it('shows nothing with --quiet, and data with --json', async () => {
    await using shop = await Shop.open()
    const { stdout, stderr } = await shop.project.skyfly('install', '--quiet', '--json')
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({
      engine: 'dragonfly',
      version: VERSION,
      path: shop.program,
      already: false,
      isDefault: true,
    })
  })

  it('installs another version on demand, and says how to run it', async () => {
    await using shop = await Shop.open()
    shop.unpin()
    const { exitCode, stderr } = await shop.project.skyfly(
      'install',
      `dragonfly@${VERSION}`,
      '--allow-unverified',
    )
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(
      /no known checksum for dragonfly 99\.0\.0, taken unverified \(sha256 [\da-f]{64}\): /,
    )
    expect(stderr).toContain(`skyfly start --engine dragonfly --engine-version ${VERSION}`)
  })

  it('opens no connection with --offline', async () => {
    await using shop = await Shop.open()
    const { exitCode, stderr } = await shop.project.skyfly('install', '--offline')
    expect(exitCode).toBe(5)
    expect(stderr).toContain('dragonfly 99.0.0 is not in the cache, and nothing is downloaded (--offline)')
    expect(stderr).toContain('skyfly install --from FILE')
    expect(shop.site.connections).toBe(0)
  })

  it.each([
    ['memurai', /skyfly knows no build of memurai to download/],
    ['redis', /redis is published for Windows on x86_64 only, and this is linux-/],
    ['valkey@9.0.1', /valkey is published for Windows on x86_64 and macOS only, and this is linux-/],
    [
      'garnet',
      /as \.tar\.xz, which skyfly does not read.*\nhint: .*dotnet tool install --global garnet-server/,
    ],
  ])('says that it cannot install %s', async (spec, message) => {
    await using shop = await Shop.open()
    const { exitCode, stderr } = await shop.project.skyfly('install', spec)
    expect(exitCode).toBe(4)
    expect(stderr).toMatch(message)
  })

  it('goes by SKYFLY_CACHE_DIR, else the bin-cache of the project, else the cache folder of the user', async () => {
    await using shop = await Shop.open()
    const elsewhere = join(shop.project.dir, 'else where')
    await shop.project.spawn(['install'], { SKYFLY_CACHE_DIR: elsewhere })
    expect(existsSync(join(elsewhere, ENTRY, PROGRAM))).toBe(true)
    const path = await shop.project.spawn(['cache', 'path'], { SKYFLY_CACHE_DIR: elsewhere })
    expect(path.stdout).toBe(elsewhere)
    expect(path.stderr).toContain('SKYFLY_CACHE_DIR')
    expect(await shop.project.skyfly('cache', 'path')).toMatchObject({ stdout: shop.cache })
    mkdirSync(join(shop.project.dir, 'sub'))
    shop.write('sub/skyfly.json', '{}')
    const sub = await shop.project.spawn(['cache', 'path'], {}, { cwd: join(shop.project.dir, 'sub') })
    expect(sub.stdout).toBe(join(String(shop.project.env.XDG_CACHE_HOME), 'skyfly'))
  })
})

describe.runIf(isLinux)('skyfly start, with nothing on the machine', () => {
  it('runs what it downloads, and opens no connection the next time', async () => {
    await using shop = await Shop.open()
    const { project, site } = shop
    const first = await project.skyfly('start', '--detach', '--port', 'auto')
    expect(first).toMatchObject({ exitCode: 0 })
    expect(first.stdout).toMatch(/^dragonfly 99\.0\.0 ready on 127\.0\.0\.1:\d+ in \d+ ms \(pid \d+\)$/)
    expect(first.stderr).toMatch(/^downloading .*\ninstalled /)
    expect((await project.status())?.binary).toBe(shop.program)
    expect((await project.skyfly('cache', 'list')).stdout).toMatch(
      /dragonfly +99\.0\.0 +linux-\w+ .* skyfly\.lock$/m,
    )
    await project.skyfly('stop')
    const { connections } = site
    const second = await project.skyfly('start', '--detach', '--port', 'auto')
    expect(second).toMatchObject({ exitCode: 0, stderr: '' })
    expect(site.connections).toBe(connections)
  })

  it('does the same in the foreground, with the download on standard error', async () => {
    await using shop = await Shop.open()
    const running = shop.project.spawn(['start', '--port', 'auto'])
    running.stdout.once('data', () => running.kill('SIGINT'))
    const { exitCode, stdout, stderr } = await running
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(/^downloading dragonfly 99\.0\.0 from .*\ninstalled /)
    expect(stdout).toContain(`starting dragonfly 99.0.0 (${shop.program})`)
  })

  it('downloads for a restart what that asks for, before anything is stopped', async () => {
    await using shop = await Shop.open()
    const { project, site } = shop
    shop.unpin()
    site.publish('98.0.0', ASSET, await standInArchive({ version: '98.0.0' }))
    await project.start('--engine-version', VERSION, '--allow-unverified')
    const { exitCode, stdout, stderr } = await project.skyfly('restart', '--engine-version', '98.0.0')
    expect(stderr).toMatch(/downloading dragonfly 98\.0\.0 from .*\n.*installed dragonfly 98\.0\.0 /s)
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^dragonfly 98/),
    })
    const missing = await project.skyfly('restart', '--engine-version', '97.0.0')
    expect(missing.exitCode).toBe(5)
    expect(missing.stderr).toContain('dragonfly 97.0.0 cannot be downloaded: there is no such file')
    expect(await project.status()).toMatchObject({ state: 'running', version: '98.0.0', restarts: 0 })
  })

  it('says so when what runs is of another version than is asked for', async () => {
    await using shop = await Shop.open()
    shop.unpin()
    await shop.project.start('--engine-version', VERSION, '--allow-unverified')
    const { exitCode, stderr } = await shop.project.skyfly('start', '--detach', '--engine-version', '98.0.0')
    expect(exitCode).toBe(6)
    expect(stderr).toMatch(/runs already \(pid \d+\), but with engine-version 99\.0\.0, not 98\.0\.0/)
    expect(stderr).toContain('hint: to change that: skyfly restart --engine-version 98.0.0')
  })

  it('obeys skyfly.lock', async () => {
    await using shop = await Shop.open()
    const { exitCode, stderr } = await shop.project.skyfly('start', '--engine-version', '98.0.0')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('skyfly.lock pins dragonfly 99.0.0, and --engine-version asks for 98.0.0')
  })

  it('takes no program from PATH in place of what skyfly.lock pins', async () => {
    await using shop = await Shop.open()
    const { project } = shop
    mkdirSync(join(project.dir, 'bin'))
    symlinkSync(fixture('stand-in-dragonfly.mjs'), join(project.dir, 'bin', 'dragonfly'))
    project.env.PATH = `${join(project.dir, 'bin')}:${project.env.PATH}`
    expect(await project.start()).toMatchObject({ version: VERSION, binary: shop.program })
  })
})

describe.runIf(isLinux)('what is in the cache', () => {
  const flip = (path: string) => {
    const { atime, mtime } = statSync(path)
    const bytes = readFileSync(path)
    const last = bytes.length - 2
    bytes[last] = (bytes[last] ?? 0) ^ 1
    writeFileSync(path, bytes)
    // As a bad disk, or somebody who hides it, would leave it.
    utimesSync(path, atime, mtime)
  }

  it('is fetched anew when a byte of the program was flipped', async () => {
    await using shop = await Shop.open()
    const { project } = shop
    await project.skyfly('install')
    flip(shop.program)
    const ran = await project.skyfly('start', '--detach', '--port', 'auto')
    expect(ran).toMatchObject({ exitCode: 0 })
    expect(ran.stderr).toMatch(
      /99\.0\.0-linux-\w+ is damaged: .* has the sha256 [\da-f]+ instead of [\da-f]+; it is fetched anew/,
    )
    expect((await project.skyfly('cache', 'verify')).exitCode).toBe(0)
  })

  it('is not run when a byte of the program was flipped and there is no connection', async () => {
    await using shop = await Shop.open()
    const { project } = shop
    await project.skyfly('install')
    flip(shop.program)
    const ran = await project.skyfly(
      'start',
      '--detach',
      '--port',
      'auto',
      '--engine',
      'dragonfly',
      '--offline',
    )
    expect(ran.exitCode).toBe(5)
    expect(ran.stderr).toMatch(
      /is damaged: .* sha256 [\da-f]+ instead of [\da-f]+, and nothing is downloaded \(--offline\)$/m,
    )
    expect((await project.skyfly('cache', 'verify')).exitCode).toBe(5)
  })

  it('is used as it is after it was copied to another place, as caches of CI are', async () => {
    await using shop = await Shop.open()
    const { project, site } = shop
    await project.skyfly('install')
    const { connections } = site
    const moved = `${shop.program}.moved`
    writeFileSync(moved, readFileSync(shop.program), { mode: 0o755 })
    renameSync(moved, shop.program)
    expect(await project.start()).toMatchObject({ version: VERSION })
    expect(site.connections).toBe(connections)
  })

  it('is garbage without a manifest, and replaced', async () => {
    await using shop = await Shop.open()
    mkdirSync(join(shop.cache, ENTRY))
    writeFileSync(shop.program, '#!/bin/sh\necho half of it\n', { mode: 0o755 })
    expect(await shop.project.start()).toMatchObject({ version: VERSION })
    expect(shop.cached()).toEqual([ENTRY])
  })

  it('is left alone when a newer skyfly put it there', async () => {
    await using shop = await Shop.open()
    mkdirSync(join(shop.cache, ENTRY))
    writeFileSync(join(shop.cache, ENTRY, 'manifest.json'), '{"format":2}')
    const { exitCode, stderr } = await shop.project.skyfly('start', '--detach', '--port', 'auto')
    expect(exitCode).toBe(5)
    expect(stderr).toMatch(/was made by a newer skyfly \(format 2\)\nhint: update skyfly/)
    expect(shop.site.connections).toBe(0)
  })
})

describe('skyfly lock --allow-unverified', () => {
  it('pins what there is, and says of a platform that is not there that nothing is pinned for it', async () => {
    await using shop = await Shop.open()
    shop.unpin()
    const ran = await shop.project.skyfly('lock', `dragonfly@${VERSION}`, '--allow-unverified', '--json')
    expect(ran.stderr).toMatch(/nothing is pinned for linux-\w+: .*there is no such file/)
    expect(ran.exitCode).toBe(0)
    const { builds } = JSON.parse(ran.stdout) as { builds: { target: string }[] }
    expect(builds.map(({ target }) => target)).toEqual([TARGET])
  })
})
