import { chmodSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ENTRY, Shop, sha256, TARGET, VERSION } from '../../download-project.js'
import { PROGRAM, standInArchive, standInProgram, zip } from '../../fixtures/archive.js'
import { isLinux } from '../../system.js'

// What they install is a Dragonfly, which is published for Linux alone.
describe.runIf(isLinux)('skyfly install --from FILE', () => {
  it('takes the archive of the release that skyfly.lock pins, and opens no connection', async () => {
    await using shop = await Shop.open()
    shop.write('bundle.tar.gz', shop.archive)
    const { exitCode, stdout, stderr } = await shop.project.skyfly(
      'install',
      '--from',
      'bundle.tar.gz',
      '--offline',
    )
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toBe(`dragonfly ${VERSION} is in the cache: ${shop.program}`)
    expect(readdirSync(join(shop.cache, ENTRY)).sort()).toEqual(['LICENSE.md', PROGRAM, 'manifest.json'])
    expect(await shop.project.start('--offline')).toMatchObject({ version: VERSION, binary: shop.program })
    expect(shop.site.connections).toBe(0)
  })

  it('takes a .zip as well, by what it is and not by its name', async () => {
    await using shop = await Shop.open()
    shop.unpin()
    shop.write('bundle', zip([{ name: `own/${PROGRAM}`, body: standInProgram({ version: '9.0.0' }) }]))
    const { exitCode, stdout } = await shop.project.skyfly('install', '--from', 'bundle')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^dragonfly 9\.0\.0 is in the cache: /)
    expect(readdirSync(join(shop.cache, `dragonfly-9.0.0-${TARGET}`)).sort()).toEqual([
      PROGRAM,
      'manifest.json',
    ])
  })

  it('finds a flipped byte in it', async () => {
    await using shop = await Shop.open()
    const flipped = Buffer.from(shop.archive)
    flipped[100] = (flipped[100] ?? 0) ^ 1
    shop.write('bundle.tar.gz', flipped)
    const { exitCode, stderr } = await shop.project.skyfly('install', '--from', 'bundle.tar.gz')
    expect(exitCode).toBe(5)
    expect(stderr).toContain(
      `bundle.tar.gz is not the published dragonfly ${VERSION} for ${TARGET}: its sha256 is ${sha256(flipped)}, and by skyfly.lock it must be ${sha256(shop.archive)}`,
    )
    expect(shop.cached()).toEqual([])
  })

  it('asks an archive that it does not know for its version, and says that it has no known checksum', async () => {
    await using shop = await Shop.open()
    shop.unpin()
    const file = shop.write('bundle.tar.gz', await standInArchive({ version: '98.0.0' }))
    const { exitCode, stdout, stderr } = await shop.project.skyfly('install', '--from', 'bundle.tar.gz')
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(
      new RegExp(`no known checksum for ${file}, it is taken at your word: sha256 [\\da-f]{64}`),
    )
    expect(stdout).toContain('dragonfly 98.0.0 is in the cache')
    expect(await shop.project.start('--engine-version', '98.0.0')).toMatchObject({ version: '98.0.0' })
  })

  it('refuses what says that it is a release whose checksum is known, and is not', async () => {
    await using shop = await Shop.open()
    shop.unpin()
    shop.write('bundle.tar.gz', await standInArchive({ version: '1.40.1' }))
    const { exitCode, stderr } = await shop.project.skyfly('install', '--from', 'bundle.tar.gz')
    expect(exitCode).toBe(5)
    expect(stderr).toMatch(/bundle\.tar\.gz is not the published dragonfly 1\.40\.1 .* by skyfly it must be/)
    expect(shop.cached()).toEqual([])
    const own = await shop.project.skyfly('install', '--from', 'bundle.tar.gz', '--allow-unverified')
    expect(own.exitCode).toBe(0)
  })

  it('has no way around a pin', async () => {
    await using shop = await Shop.open()
    shop.write('bundle.tar.gz', await standInArchive({ version: VERSION, padBytes: 1 }))
    const { exitCode, stderr } = await shop.project.skyfly(
      'install',
      '--from',
      'bundle.tar.gz',
      '--allow-unverified',
    )
    expect(exitCode).toBe(5)
    expect(stderr).toMatch(/by skyfly\.lock it must be .*\nhint: .*skyfly start --binary FILE/)
  })

  it('takes a program as it is, executable or not', async () => {
    await using shop = await Shop.open()
    shop.unpin()
    chmodSync(shop.write('my-dragonfly', standInProgram({ version: '97.1.0' })), 0o644)
    const { exitCode, stdout } = await shop.project.skyfly('install', '--from', 'my-dragonfly')
    expect(exitCode).toBe(0)
    expect(stdout).toContain(join(shop.cache, `dragonfly-97.1.0-${TARGET}`, PROGRAM))
  })

  it('runs the newest that somebody installed where the one it knows best cannot be had', async () => {
    await using shop = await Shop.open()
    shop.unpin()
    for (const version of ['9.0.0', '10.0.0']) {
      shop.write('program', standInProgram({ version }))
      await shop.project.skyfly('install', '--from', 'program')
    }
    const { exitCode, stdout, stderr } = await shop.project.skyfly(
      'start',
      '--detach',
      '--port',
      'auto',
      '--offline',
    )
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^dragonfly 10\.0\.0 ready/)
    expect(stderr).toBe(
      'warning: dragonfly 10.0.0 runs instead, as dragonfly 1.40.1 is not in the cache, and nothing is downloaded (--offline)',
    )
  })

  it('refuses another version than it is told', async () => {
    await using shop = await Shop.open()
    shop.unpin()
    shop.write('program', standInProgram({ version: '9.0.0' }))
    const { exitCode, stderr } = await shop.project.skyfly('install', 'dragonfly@9.0.1', '--from', 'program')
    expect(exitCode).toBe(5)
    expect(stderr).toMatch(/program holds dragonfly 9\.0\.0, not 9\.0\.1\nhint: .*dragonfly@9\.0\.0/)
    expect(shop.cached()).toEqual([])
  })

  it.each<[what: string, file: (shop: Shop) => string, exitCode: number, message: RegExp]>([
    ['that is not there', () => 'nowhere.tar.gz', 2, /nowhere\.tar\.gz \(from --from\) does not exist/],
    ['that is no file', () => 'https://host.example/a.tar.gz', 2, /is an address, not a file/],
    ['without a name', () => '', 2, /--from names no file/],
    ['that is a folder', () => 'bin-cache', 2, /is a folder/],
    ['that is empty', shop => shop.write('empty', ''), 5, /is neither a \.tar\.gz nor a \.zip nor a program/],
    [
      'that is a text',
      shop => shop.write('text', 'hello\n'),
      5,
      /is neither a \.tar\.gz nor a \.zip nor a program/,
    ],
    [
      'that is half an archive',
      shop => shop.write('half.tar.gz', shop.archive.subarray(0, 150)),
      5,
      /half\.tar\.gz is damaged: it ends too early/,
    ],
    [
      'of another engine',
      shop => shop.write('redis', '#!/bin/sh\necho "Redis server v=7.0.15 sha=0:0"\n'),
      5,
      /says that it is redis 7\.0\.15\nhint: .*skyfly install redis --from FILE/,
    ],
  ])('refuses a file %s, and leaves nothing', async (_, file, exitCode, message) => {
    await using shop = await Shop.open()
    shop.unpin()
    const ran = await shop.project.skyfly('install', '--from', file(shop))
    expect(ran.stderr).toMatch(message)
    expect(ran.stderr).toContain('hint: ')
    expect(ran.exitCode).toBe(exitCode)
    expect(shop.cached()).toEqual([])
  })
})
