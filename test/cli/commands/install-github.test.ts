import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ENTRY, Shop, sha256, TARGET, VERSION } from '../../download-project.js'
import { ASSET, standInArchive } from '../../fixtures/archive.js'
import { ProxyServer } from '../../fixtures/proxy.js'
import { CA_FILE, GITHUB_HOSTS } from '../../fixtures/release-site.js'
import { isLinux } from '../../system.js'

/** The real addresses, through a proxy for which github.com and its kin are a site on this machine. */
async function open() {
  const shop = await Shop.open({ tls: true })
  const proxy = await ProxyServer.open({
    hosts: Object.fromEntries(GITHUB_HOSTS.map(host => [host, shop.site.port])),
  })
  shop.unpin()
  Object.assign(shop.project.env, {
    SKYFLY_MIRROR: '',
    HTTPS_PROXY: proxy.url,
    NODE_EXTRA_CA_CERTS: CA_FILE,
    GITHUB_TOKEN: 'token-of-the-user',
  })
  return {
    shop,
    proxy,
    [Symbol.asyncDispose]: async () => {
      await shop[Symbol.asyncDispose]()
      await proxy[Symbol.asyncDispose]()
    },
  }
}

const PAGE = '/dragonflydb/dragonfly/releases'

// What they install is a Dragonfly, which is published for Linux alone.
describe.runIf(isLinux)('from the addresses of GitHub, by way of a proxy', () => {
  it('a version that skyfly does not know is verified by the digest of the API', async () => {
    await using opened = await open()
    const { shop, proxy } = opened
    const { exitCode, stderr } = await shop.project.skyfly('install', `dragonfly@${VERSION}`)
    expect(stderr).toMatch(/^downloading dragonfly 99\.0\.0 from github\.com /)
    expect(exitCode).toBe(0)
    expect(shop.cached()).toEqual([ENTRY])
    const asked = shop.site.requests.map(({ host, path }) => `${host}${path.replace(/\?.*/, '')}`)
    expect(asked).toEqual([
      `api.github.com/repos/dragonflydb/dragonfly/releases/tags/v${VERSION}`,
      `github.com${PAGE}/download/v${VERSION}/${ASSET}`,
      `release-assets.githubusercontent.com/assets/v${VERSION}/${ASSET}`,
    ])
    expect(proxy.requests).toContain('CONNECT github.com:443')
    const manifest = JSON.parse(shop.project.read(`bin-cache/${ENTRY}/manifest.json`))
    expect(manifest).toMatchObject({
      verifiedBy: 'github',
      source: `https://github.com${PAGE}/download/v${VERSION}/${ASSET}`,
    })
  })

  it('the token is shown to the API and to nobody else', async () => {
    await using opened = await open()
    const { shop } = opened
    await shop.project.skyfly('install', `dragonfly@${VERSION}`)
    const shown = shop.site.requests.map(({ host, headers }) => [host, headers.authorization])
    expect(shown).toEqual([
      ['api.github.com', 'Bearer token-of-the-user'],
      ['github.com', undefined],
      ['release-assets.githubusercontent.com', undefined],
    ])
  })

  it('a version of its own table costs no call of the API', async () => {
    await using opened = await open()
    const { shop } = opened
    shop.site.publish('1.40.1', ASSET, await standInArchive())
    const { exitCode, stderr } = await shop.project.skyfly('install')
    // What is published here is not the real one, and found out.
    expect(exitCode).toBe(5)
    expect(stderr).toContain(
      `https://github.com${PAGE}/download/v1.40.1/${ASSET} is not the published dragonfly 1.40.1: `,
    )
    expect(shop.site.requests.map(({ host }) => host)).not.toContain('api.github.com')
  })

  it('the latest version is where a redirect leads', async () => {
    await using opened = await open()
    const { shop } = opened
    shop.site.latest = VERSION
    const { exitCode, stdout } = await shop.project.skyfly('install', 'dragonfly@latest')
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`dragonfly ${VERSION} is in the cache`)
    expect(shop.site.requests[0]).toMatchObject({ host: 'github.com', path: `${PAGE}/latest` })
  })

  it('the latest version is the newest in the cache where GitHub cannot be asked', async () => {
    await using opened = await open()
    const { shop } = opened
    shop.site.latest = VERSION
    const latest = ['start', '--detach', '--port', 'auto', '--engine-version', 'latest']
    expect((await shop.project.skyfly(...latest)).exitCode).toBe(0)
    await shop.project.skyfly('stop')
    const { exitCode, stdout, stderr } = await shop.project.spawn(latest, {
      HTTPS_PROXY: 'http://127.0.0.1:9',
    })
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^dragonfly 99\.0\.0 ready/)
    expect(stderr).toMatch(/^warning: dragonfly 99\.0\.0 runs instead, as .*127\.0\.0\.1:9/m)
  })

  it('a version is refused when the API limits its answers and nobody else knows it', async () => {
    await using opened = await open()
    const { shop } = opened
    shop.site.api = 'limited'
    const { exitCode, stderr } = await shop.project.skyfly('install', `dragonfly@${VERSION}`)
    expect(exitCode).toBe(5)
    expect(stderr).toMatch(
      /no known checksum for dragonfly 99\.0\.0: .*GitHub could not be asked: .*rate limit/,
    )
    expect(stderr).toMatch(/hint: .*GITHUB_TOKEN.*; or take it as it comes: --allow-unverified$/)
    expect(shop.cached()).toEqual([])
  })
})

describe.runIf(isLinux)('skyfly lock', () => {
  /** The other platform has an archive of its own. */
  const publishBoth = async (shop: Shop) => {
    const other = await standInArchive({ version: VERSION, padBytes: 1 })
    for (const asset of ['dragonfly-x86_64.tar.gz', 'dragonfly-aarch64.tar.gz'])
      shop.site.publish(VERSION, asset, asset === ASSET ? shop.archive : other)
  }

  const pins = (shop: Shop) => JSON.parse(shop.project.read('skyfly.lock'))

  it('pins every platform from what skyfly knows, without a connection', async () => {
    await using opened = await open()
    const { shop } = opened
    const { exitCode, stdout } = await shop.project.skyfly('lock', '--offline')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(
      /^dragonfly 1\.40\.1 is pinned in skyfly\.lock; commit that file\n {2}linux-x64 +[\da-f]{64} {2}known to skyfly\n {2}linux-arm64 +[\da-f]{64} {2}known to skyfly$/,
    )
    expect(Object.keys(pins(shop).engines.dragonfly.builds)).toEqual(['linux-arm64', 'linux-x64'])
    expect(shop.site.connections).toBe(0)
  })

  it('pins what GitHub says of a version that skyfly does not know', async () => {
    await using opened = await open()
    const { shop } = opened
    await publishBoth(shop)
    await shop.project.skyfly('lock')
    const { exitCode, stdout } = await shop.project.skyfly('lock', `dragonfly@${VERSION}`)
    expect(exitCode).toBe(0)
    expect(stdout).toContain('dragonfly 99.0.0 is pinned in skyfly.lock, 1.40.1 before; commit that file')
    expect(stdout).toContain(`${sha256(shop.archive)}  from GitHub's release page`)
    expect(pins(shop).engines.dragonfly).toMatchObject({
      version: VERSION,
      builds: {
        [TARGET]: {
          url: `https://github.com${PAGE}/download/v${VERSION}/${ASSET}`,
          sha256: sha256(shop.archive),
        },
      },
    })
    expect(await shop.project.start()).toMatchObject({ version: VERSION })
  })

  it('downloads what has no known checksum, says so, and does not trust another one later', async () => {
    await using opened = await open()
    const { shop } = opened
    shop.site.api = 'off'
    await publishBoth(shop)
    const { exitCode, stdout } = await shop.project.skyfly('lock', `dragonfly@${VERSION}`)
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`${sha256(shop.archive)}  downloaded now: trusted from here on`)
    shop.site.publish(VERSION, ASSET, await standInArchive({ version: VERSION, padBytes: 10 }))
    const again = await shop.project.skyfly('lock', `dragonfly@${VERSION}`)
    expect(again.stdout).toContain(`${sha256(shop.archive)}  as it was`)
    const { exitCode: refused, stderr } = await shop.project.skyfly('install')
    expect(refused).toBe(5)
    expect(stderr).toMatch(/is not the published dragonfly 99\.0\.0: .* by skyfly\.lock it must be/)
  })

  it('pins nothing where GitHub does not answer, but on demand', async () => {
    await using opened = await open()
    const { shop } = opened
    shop.site.api = 'limited'
    await publishBoth(shop)
    const { exitCode, stderr } = await shop.project.skyfly('lock', `dragonfly@${VERSION}`)
    expect(exitCode).toBe(5)
    expect(stderr).toMatch(/could not be asked: .*rate limit.*\nhint: .*GITHUB_TOKEN.*--allow-unverified/)
    expect(existsSync(join(shop.project.dir, 'skyfly.lock'))).toBe(false)
    const anyway = await shop.project.skyfly('lock', `dragonfly@${VERSION}`, '--allow-unverified')
    expect(anyway.stdout).toContain('downloaded now: trusted from here on')
  })

  it('keeps the version that is pinned when none is named', async () => {
    await using opened = await open()
    const { shop } = opened
    await shop.project.skyfly('lock', 'dragonfly@1.39.0', '--offline')
    expect((await shop.project.skyfly('lock', '--offline')).stdout).toMatch(/^dragonfly 1\.39\.0 is pinned/)
  })

  it('does not take one file of a mirror for two platforms', async () => {
    await using opened = await open()
    const { shop } = opened
    shop.site.api = 'off'
    const SKYFLY_MIRROR = `https://github.com${PAGE}/download/v${VERSION}/${ASSET}`
    const ran = await shop.project.spawn(['lock', `dragonfly@${VERSION}`], { SKYFLY_MIRROR })
    expect(ran.exitCode).toBe(2)
    expect(ran.stderr).toMatch(/the mirror \(SKYFLY_MIRROR\) gives the same file .*\nhint: .*\{asset\}/)
  })

  it('pins the builds of valkey for every system that there is one for', async () => {
    await using opened = await open()
    const { shop } = opened
    const { exitCode } = await shop.project.skyfly('lock', 'valkey', '--offline')
    expect(exitCode).toBe(0)
    const { version, builds } = pins(shop).engines.valkey
    expect(version).toBe('9.0.1')
    expect(Object.keys(builds)).toEqual(['darwin-arm64', 'darwin-x64', 'win32-x64'])
    expect(builds['win32-x64'].url).toBe(
      'https://github.com/robertjbass/hostdb/releases/download/valkey-9.0.1/valkey-9.0.1-win32-x64.zip',
    )
    expect(shop.site.connections).toBe(0)
  })

  it("pins a team's own build of dragonfly for Windows from a mirror that is trusted, and keeps it", async () => {
    await using opened = await open()
    const { shop } = opened
    const own = Buffer.from('a build of the own')
    shop.site.publish('1.40.1', 'dragonfly-win32-x64.zip', own)
    const address = 'github.com/{repo}/releases/download/v{version}/{asset}'
    const SKYFLY_MIRROR = `https://user:secret@${address}`
    const ran = await shop.project.spawn(['lock', '--allow-unverified'], { SKYFLY_MIRROR })
    expect(ran.exitCode).toBe(0)
    const pinned = {
      url: `https://github.com${PAGE}/download/v1.40.1/dragonfly-win32-x64.zip`,
      sha256: sha256(own),
    }
    expect(pins(shop).engines.dragonfly.builds['win32-x64']).toEqual(pinned)
    expect((await shop.project.skyfly('lock', '--offline')).stdout).toMatch(
      /win32-x64 +[\da-f]{64} {2}as it was/,
    )
    expect(pins(shop).engines.dragonfly.builds['win32-x64']).toEqual(pinned)
  })

  it('says so where the mirror has no such build, and pins the others', async () => {
    await using opened = await open()
    const { shop } = opened
    const SKYFLY_MIRROR = 'https://github.com/{repo}/releases/download/v{version}/{asset}'
    const { exitCode, stderr } = await shop.project.spawn(['lock', '--allow-unverified'], { SKYFLY_MIRROR })
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(/nothing is pinned for win32-x64: .* there is no such file at /)
    expect(Object.keys(pins(shop).engines.dragonfly.builds)).toEqual(['linux-arm64', 'linux-x64'])
  })

  it('says what it can pin', async () => {
    await using opened = await open()
    const { exitCode, stderr } = await opened.shop.project.skyfly('lock', 'memurai')
    expect(exitCode).toBe(2)
    expect(stderr).toContain(
      'skyfly knows no build of memurai to pin\nhint: it knows those of dragonfly, valkey, redis, garnet',
    )
  })

  it('writes beside skyfly.json, from wherever in the project it is called', async () => {
    await using opened = await open()
    const { project } = opened.shop
    opened.shop.write('skyfly.json', '{}')
    mkdirSync(join(project.dir, 'deep'))
    const { stdout } = await project.spawn(['lock', '--offline'], {}, { cwd: join(project.dir, 'deep') })
    expect(stdout).toContain('is pinned in ../skyfly.lock')
    expect(project.read('skyfly.lock')).toMatch(/^\{\n {2}"lockfileVersion": 1,\n/)
  })
})
