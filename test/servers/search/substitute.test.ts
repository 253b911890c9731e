// What `auto` runs where Dragonfly has no build: real archives from a real site, for another system than this one.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EngineName } from '../../../src/config/config.js'
import { LOCK_FILE } from '../../../src/servers/install/lock-file.js'
import { ensureBinary } from '../../../src/servers/search/find-server.js'
import type { BuildTarget } from '../../../src/system/platform.js'
import { zip } from '../../fixtures/archive.js'
import { ReleaseSite } from '../../fixtures/release-site.js'
import { sha256, temporaryFolder } from '../cache/entries.js'

const NOT_PUBLISHED = 'dragonfly is published for Linux on x86_64 and arm64 only'
const VERSION = '9.9.9'

/** Whatever it is called, this system runs it. */
const says = (text: string) => `#!/bin/sh\nprintf '%s\\n' '${text}'\n`
const VALKEY = zip([
  { name: 'valkey/bin/cygwin1.dll', body: 'a library' },
  { name: 'valkey/bin/valkey-server.exe', body: says(`Valkey server v=${VERSION} sha=00000000:0`) },
])

// The programs of these tests are scripts.
describe.skipIf(process.platform === 'win32')('auto, where Dragonfly has no build', () => {
  let site: ReleaseSite
  let folder: string
  beforeEach(async () => {
    site = await ReleaseSite.open()
    folder = temporaryFolder()
  })
  afterEach(() => site[Symbol.asyncDispose]())

  interface Asked {
    readonly engine?: EngineName | 'auto'
    readonly engineVersion?: string
    readonly offline?: boolean
    readonly mirror?: string
    readonly allowUnverified?: boolean
    readonly mayDownload?: boolean
    readonly target?: BuildTarget
  }
  const find = ({ mayDownload = true, target = 'win32-x64', ...config }: Asked = {}) =>
    ensureBinary({
      config: {
        root: folder,
        engine: 'auto',
        engineVersion: undefined,
        binary: undefined,
        offline: false,
        allowUnverified: false,
        mirror: site.mirror,
        cacheDir: join(folder, 'cache'),
        downloadTimeoutMs: 5_000,
        sources: {},
        ...config,
      },
      env: { PATH: folder },
      mayDownload,
      // How programs are looked for; what they are built for is another matter.
      platform: 'linux',
      target,
    })

  const put = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o755 })
  const pin = (engine: EngineName, version: string, sum: string) => {
    const url = 'https://host.example/archive.zip'
    const engines = { [engine]: { version, builds: { 'win32-x64': { url, sha256: sum } } } }
    writeFileSync(join(folder, LOCK_FILE), JSON.stringify({ lockfileVersion: 1, engines }))
  }
  const publishValkey = () => {
    site.publish(VERSION, `valkey-${VERSION}-win32-x64.zip`, VALKEY)
    pin('valkey', VERSION, sha256(VALKEY))
  }

  it('fetches valkey, with what it needs beside it', async () => {
    publishValkey()
    expect(await find()).toMatchObject({
      engine: 'valkey',
      version: VERSION,
      path: join(folder, 'cache', `valkey-${VERSION}-win32-x64`, 'bin', 'valkey-server.exe'),
      emulation: 'cygwin',
      instead: NOT_PUBLISHED,
    })
    const again = await find({ offline: true })
    expect(again).toMatchObject({ engine: 'valkey', emulation: 'cygwin', instead: NOT_PUBLISHED })
  })

  it.each(['memurai', 'GarnetServer', 'redis-server'])('prefers a %s on PATH to a download', async name => {
    publishValkey()
    const banner = {
      memurai: 'Memurai 4.2.3',
      Garnet: 'GarnetServer 2.1.7+abc',
      redis: 'Redis server v=8.10.2 ',
    }
    const text = Object.entries(banner).find(([start]) => name.startsWith(start))?.[1] ?? ''
    put(name, says(text))
    expect(await find()).toMatchObject({ path: join(folder, name), instead: NOT_PUBLISHED })
    expect(site.connections).toBe(0)
  })

  it('takes a dragonfly.exe of the team before all others', async () => {
    publishValkey()
    put('valkey-server', says('Valkey server v=9.0.1 sha=00000000:0'))
    put('dragonfly', says('dragonfly v1.40.1-abc'))
    const { engine, instead } = await find()
    expect({ engine, instead }).toEqual({ engine: 'dragonfly', instead: undefined })
  })

  it('runs its own engine where the download fails, and says why', async () => {
    const { engine, instead } = await find()
    expect(engine).toBe('embedded')
    expect(instead).toMatch(
      new RegExp(`^${NOT_PUBLISHED}; valkey 9\\.0\\.1 cannot be downloaded: there is no such file at http`),
    )
  })

  it('runs its own engine where the download is not what was published, and says why', async () => {
    site.publish('9.0.1', 'valkey-9.0.1-win32-x64.zip', VALKEY)
    const { engine, instead } = await find()
    expect(engine).toBe('embedded')
    expect(instead).toMatch(
      / is not the published valkey 9\.0\.1: its sha256 is .*, and by skyfly it must be /,
    )
  })

  it.each<[string, Asked]>([
    ['offline', { offline: true }],
    ['where nothing may be fetched', { mayDownload: false }],
    ['on a system without a build of valkey', { target: 'freebsd-x64' }],
  ])('runs its own engine %s, without a word about valkey', async (_, asked) => {
    publishValkey()
    expect(await find(asked)).toMatchObject({ engine: 'embedded', instead: NOT_PUBLISHED })
    expect(site.connections).toBe(0)
  })

  it.each(['1.40.1', 'latest'])(
    'takes %s for a version of Dragonfly, and fetches valkey in its own',
    async engineVersion => {
      publishValkey()
      expect(await find({ engineVersion })).toMatchObject({
        engine: 'valkey',
        version: VERSION,
        instead: NOT_PUBLISHED,
      })
    },
  )

  it('runs its own engine, which has a version of its own, where a version of Dragonfly was asked for', async () => {
    const found = await find({ engineVersion: '1.40.1', offline: true })
    expect(found).toMatchObject({ engine: 'embedded', instead: NOT_PUBLISHED })
  })

  it('takes the version for one of the engine that was asked for', async () => {
    publishValkey()
    await expect(find({ engine: 'valkey', engineVersion: '1.40.1' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(`skyfly.lock pins valkey ${VERSION}, and`),
    })
  })

  it('finds what is missing in the cache, and fetches it anew', async () => {
    publishValkey()
    const { path } = await find()
    const library = join(path, '..', 'cygwin1.dll')
    writeFileSync(library, '')
    expect(await find({ engine: 'valkey' })).toMatchObject({ path, emulation: 'cygwin' })
    expect(site.requests.filter(({ path }) => path.startsWith('/assets/'))).toHaveLength(2)
  })

  describe("with a build of the team's own", () => {
    const DRAGONFLY = zip([
      { name: 'own/dragonfly.exe', body: says('dragonfly v1.40.1-own') },
      { name: 'own/cygwin1.dll', body: 'a library' },
    ])
    beforeEach(() => site.publish('1.40.1', 'dragonfly-win32-x64.zip', DRAGONFLY))

    it('fetches it from the mirror where skyfly.lock has its checksum', async () => {
      pin('dragonfly', '1.40.1', sha256(DRAGONFLY))
      expect(await find()).toMatchObject({ engine: 'dragonfly', version: '1.40.1', emulation: 'cygwin' })
    })

    it('fetches it from a mirror that is trusted', async () => {
      expect(await find({ allowUnverified: true })).toMatchObject({
        engine: 'dragonfly',
        emulation: 'cygwin',
      })
    })

    it('does not look at a mirror where no checksum is known', async () => {
      await expect(find({ engine: 'dragonfly' })).rejects.toMatchObject({ code: 'no-engine' })
      expect(site.connections).toBe(0)
    })
  })
})

describe.skipIf(process.platform === 'win32')('garnet', () => {
  it('is not downloaded where there is no .NET', async () => {
    await using site = await ReleaseSite.open()
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'net'))
    const found = ensureBinary({
      config: {
        root: folder,
        engine: 'garnet',
        engineVersion: undefined,
        binary: undefined,
        offline: false,
        allowUnverified: false,
        mirror: site.mirror,
        cacheDir: join(folder, 'cache'),
        downloadTimeoutMs: 5_000,
        sources: {},
      },
      env: { PATH: folder, DOTNET_ROOT: join(folder, 'net') },
      platform: 'win32',
      target: 'win32-x64',
    })
    await expect(found).rejects.toMatchObject({ code: 'no-engine', hint: expect.stringContaining('winget') })
    expect(site.connections).toBe(0)
  })
})
