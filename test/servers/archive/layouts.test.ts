// The archives of every engine, with fixtures of the same layout: which files of each are taken, and what is known of them.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { EngineName } from '../../../src/config/config.js'
import { RELEASES } from '../../../src/engines/releases.js'
import { unpack } from '../../../src/servers/archive/unpack.js'
import { complete } from '../../../src/servers/cache/complete.js'
import { findChecksum, localChecksum } from '../../../src/servers/install/checksum-source.js'
import { addressOf, latestAddress, type Release } from '../../../src/servers/install/release-asset.js'
import { posixEmulationOf } from '../../../src/servers/program/cygwin.js'
import { releaseFor, requestVersion } from '../../../src/servers/search/version-request.js'
import type { BuildTarget } from '../../../src/system/platform.js'
import { archive, zip } from '../../fixtures/archive.js'
import { temporaryCache, temporaryFolder } from '../cache/entries.js'

const releaseOf = (engine: EngineName, target: BuildTarget, version?: string): Release => {
  const release = releaseFor(
    { engine, target, pin: undefined },
    version ?? RELEASES[engine]?.defaultVersion ?? '',
  )
  if (release === undefined) throw new Error(`no build of ${engine} for ${target}`)
  return release
}

const named = (...names: readonly string[]) => names.map(name => ({ name, body: `content of ${name}` }))

interface Layout {
  readonly engine: EngineName
  readonly target: BuildTarget
  readonly url: string
  readonly archive: () => Buffer | Promise<Buffer>
  readonly kept: readonly string[]
  readonly emulation?: 'cygwin'
}

const VALKEY_URL = 'https://github.com/robertjbass/hostdb/releases/download/valkey-9.0.1/valkey-9.0.1-'
const VALKEY_ON_MAC = named(
  ...['valkey/bin/valkey-cli', 'valkey/bin/valkey-server', 'valkey/valkey.conf', 'valkey/sentinel.conf'],
  ...['valkey/lib/libssl.3.dylib', 'valkey/lib/libcrypto.3.dylib', 'valkey/.hostdb-metadata.json'],
)
const GARNET = named(
  ...[
    'net10.0/GarnetServer.exe',
    'net10.0/native_device.dll',
    'net8.0/garnet.conf',
    'net8.0/GarnetServer.exe',
  ],
  ...['net8.0/GarnetServer.pdb', 'net8.0/native_device.dll', 'net8.0/extensions/GarnetJSON.dll'],
  ...['Service/Garnet.worker.exe', 'Service/GarnetServer.exe'],
)
const GARNET_KEPT = [
  ...['net8.0/GarnetServer.exe', 'net8.0/extensions/GarnetJSON.dll'],
  ...['net8.0/garnet.conf', 'net8.0/native_device.dll'],
]
const GARNET_URL = 'https://github.com/microsoft/garnet/releases/download/v2.1.5/'

const LAYOUTS: readonly Layout[] = [
  {
    engine: 'valkey',
    target: 'win32-x64',
    url: `${VALKEY_URL}win32-x64.zip`,
    archive: () =>
      zip([
        ...named('valkey/', 'valkey/bin/'),
        ...named('valkey/bin/valkey-cli.exe', 'valkey/bin/valkey-server.exe', 'valkey/bin/redis-server.exe'),
        ...named('valkey/bin/cygwin1.dll', 'valkey/bin/cygssl-3.dll', 'valkey/bin/cyggcc_s-seh-1.dll'),
        ...named('valkey/valkey.conf', 'valkey/.hostdb-metadata.json'),
      ]),
    kept: ['bin/cyggcc_s-seh-1.dll', 'bin/cygssl-3.dll', 'bin/cygwin1.dll', 'bin/valkey-server.exe'],
    emulation: 'cygwin',
  },
  ...(['darwin-arm64', 'darwin-x64'] as const).map(target => ({
    engine: 'valkey' as const,
    target,
    url: `${VALKEY_URL}${target}.tar.gz`,
    archive: () => archive(VALKEY_ON_MAC),
    kept: ['bin/valkey-server', 'lib/libcrypto.3.dylib', 'lib/libssl.3.dylib'],
  })),
  {
    engine: 'redis',
    target: 'win32-x64',
    url: 'https://github.com/redis-windows/redis-windows/releases/download/8.10.2/Redis-8.10.2-Windows-x64-cygwin.zip',
    archive: () =>
      zip(
        ['redis-cli.exe', 'redis-server.exe', 'redis.conf', 'cygwin1.dll', 'cygz.dll', 'start.bat'].flatMap(
          name => named(`Redis-8.10.2-Windows-x64-cygwin/${name}`),
        ),
      ),
    kept: ['cygwin1.dll', 'cygz.dll', 'redis-server.exe'],
    emulation: 'cygwin',
  },
  ...(['win32-x64', 'win32-arm64'] as const).map(target => ({
    engine: 'garnet' as const,
    target,
    url: `${GARNET_URL}${target.replace('32', '')}-based-readytorun.zip`,
    archive: () => zip(GARNET),
    kept: GARNET_KEPT,
  })),
]

describe.each(LAYOUTS)('the release of $engine for $target', layout => {
  const { engine, target, kept } = layout
  const release = releaseOf(engine, target)

  it('has its address', () => {
    expect(addressOf(release)).toBe(layout.url)
  })

  it('becomes an entry of the cache with all that its program needs, in place', async () => {
    const cache = temporaryCache()
    const stage = cache.stage(release)
    const file = join(temporaryFolder(), 'archive')
    writeFileSync(file, await layout.archive())
    const { build, releases } = release
    const { program } = build
    const what = { program, keeps: build.keeps, licenceFile: releases.licenceFile }
    const unpacked = await unpack({ archive: file, folder: stage, ...what })
    const probed = { path: join(stage, program), engine, version: undefined, flags: undefined }
    const origin = { source: layout.url, archiveSha256: '0'.repeat(64), verifiedBy: 'skyfly' } as const
    const { dir } = await complete(stage, { cache, id: release, program, unpacked, probed, ...origin })

    expect(filesIn(dir)).toEqual([...kept, 'manifest.json'].sort())
    const found = await cache.lookup(release, { rehash: true })
    if (found.kind !== 'ok') throw new Error(`it is ${found.kind}`)
    expect(found.entry.manifest.files?.map(({ name }) => name).sort()).toEqual(
      kept.filter(name => name !== program),
    )
    const binary = cache.use(found.entry)
    expect(binary).toMatchObject({ engine, path: join(dir, ...program.split('/')) })
    expect(binary.emulation).toBe(layout.emulation)
  })
})

function filesIn(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(dir, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()
}

describe('the checksum of a release', () => {
  it.each<[EngineName, BuildTarget]>([
    ['valkey', 'win32-x64'],
    ['valkey', 'darwin-arm64'],
    ['valkey', 'darwin-x64'],
    ['garnet', 'win32-x64'],
  ])('of %s for %s is known, and leads back to it', async (engine, target) => {
    const release = releaseOf(engine, target)
    const { sha256, by } = (await localChecksum(release)) ?? {}
    expect(by).toBe('skyfly')
    expect(sha256).toMatch(/^[\da-f]{64}$/)
    expect(await release.releases.bySha256(String(sha256))).toMatchObject({
      version: release.version,
      asset: release.build.asset,
    })
  })

  it.each<[EngineName, BuildTarget, string?]>([
    ['redis', 'win32-x64'],
    ['garnet', 'win32-arm64'],
    ['garnet', 'win32-x64', '2.2.1'],
    ['valkey', 'win32-x64', '9.0.2'],
  ])(
    'of %s for %s %s is not known: GitHub, skyfly.lock or the user has to say',
    async (engine, target, version) => {
      expect(await localChecksum(releaseOf(engine, target, version))).toBeUndefined()
    },
  )
})

describe('the latest release', () => {
  it.each([
    ['redis', 'redis-windows/redis-windows'],
    ['garnet', 'microsoft/garnet'],
  ] as const)('of %s is asked by a redirect', (engine, repo) => {
    const { releases } = releaseOf(engine, 'win32-x64')
    expect(latestAddress(engine, releases)).toBe(`https://github.com/${repo}/releases/latest`)
  })

  it.each([undefined, 'https://mirror.example/{repo}/releases/download/v{version}/{asset}'])(
    'of valkey is not, as it is published among other programs',
    mirror => {
      const { releases } = releaseOf('valkey', 'win32-x64')
      expect(() => latestAddress('valkey', releases, mirror)).toThrow(
        expect.objectContaining({
          code: 'usage',
          message:
            'robertjbass/hostdb publishes other programs as well, and cannot tell which valkey is the latest',
          hint: 'name a version: --engine-version 9.0.1',
        }),
      )
    },
  )
})

describe("a team's own build of dragonfly for Windows", () => {
  const PIN = { url: 'https://host.example/dragonfly.zip', sha256: 'b'.repeat(64) }
  const of = (config: { mirror?: string; allowUnverified?: boolean }, pin?: typeof PIN) => {
    const builds = pin === undefined ? {} : { 'win32-x64': pin }
    const pins = { dragonfly: { version: '1.40.1', builds } }
    const settings = { mirror: undefined, allowUnverified: false, ...config }
    return releaseFor(
      requestVersion('dragonfly', { engineVersion: undefined, sources: {}, ...settings }, pins, 'win32-x64'),
      '1.40.1',
    )
  }
  const mirror = 'https://mirror.example/{engine}/{version}/{asset}'

  it('is what skyfly.lock pins', async () => {
    const release = of({}, PIN)
    expect(release && addressOf(release)).toBe(PIN.url)
    expect(release && (await localChecksum(release))).toEqual({ sha256: PIN.sha256, by: 'skyfly.lock' })
  })

  it('comes from the mirror, if there is one', () => {
    const release = of({ mirror }, PIN)
    expect(release && addressOf(release, mirror)).toBe(
      'https://mirror.example/dragonfly/1.40.1/dragonfly-win32-x64.zip',
    )
  })

  it('is looked for unpinned where a mirror is to be trusted, and nobody else is asked about it', async () => {
    const release = of({ mirror, allowUnverified: true })
    if (release === undefined) throw new Error('it is not looked for')
    const config = { offline: false, mirror, downloadTimeoutMs: 1 }
    expect(await findChecksum(release, { config, env: {} })).toEqual({
      by: 'nobody',
      reason: 'nobody publishes it',
    })
  })

  it.each([{}, { mirror }, { allowUnverified: true }])('is not looked for with %j', config => {
    expect(of(config)).toBeUndefined()
  })
})

describe('the layer between a program and Windows', () => {
  it.each([
    ['cygwin1.dll', 'cygwin'],
    ['msys-2.0.dll', 'msys2'],
    ['libssl.dll', undefined],
  ] as const)('is known by %s, beside the program or in the folder above: %s', (library, layer) => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'bin'))
    writeFileSync(join(folder, library), '')
    expect(posixEmulationOf(join(folder, 'server.exe'), 'win32')).toBe(layer)
    expect(posixEmulationOf(join(folder, 'bin', 'server.exe'), 'win32')).toBe(layer)
    expect(posixEmulationOf(join(folder, 'server.exe'), 'linux')).toBeUndefined()
  })
})
