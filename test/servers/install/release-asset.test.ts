import { describe, expect, it } from 'vitest'
import { DRAGONFLY_SHA256 } from '../../../src/engines/dragonfly/sha256.js'
import { RELEASES, type Releases } from '../../../src/engines/releases.js'
import { SkyflyError } from '../../../src/errors.js'
import { localChecksum } from '../../../src/servers/install/checksum-source.js'
import { addressOf, latestAddress, type Release } from '../../../src/servers/install/release-asset.js'
import { assertRunsHere } from '../../../src/servers/program/libc.js'
import { accepts, releaseFor, requestVersion } from '../../../src/servers/search/version-request.js'

const dragonfly = RELEASES.dragonfly as Releases
const release = (more: Partial<Release> = {}): Release => ({
  ...(releaseFor({ engine: 'dragonfly', target: 'linux-x64', pin: undefined }, '1.40.1') as Release),
  ...more,
})
const PIN = { url: 'https://host.example/pinned.tar.gz', sha256: 'b'.repeat(64) }

describe('the address of a release', () => {
  it('is the one that Dragonfly publishes it at', () => {
    expect(addressOf(release())).toBe(
      'https://github.com/dragonflydb/dragonfly/releases/download/v1.40.1/dragonfly-x86_64.tar.gz',
    )
    const arm = releaseFor(
      { engine: 'dragonfly', target: 'linux-arm64', pin: undefined },
      '1.39.0',
    ) as Release
    expect(addressOf(arm)).toBe(
      'https://github.com/dragonflydb/dragonfly/releases/download/v1.39.0/dragonfly-aarch64.tar.gz',
    )
  })

  it('is the one that skyfly.lock pins, but the mirror goes before', () => {
    expect(addressOf(release({ pin: PIN }))).toBe(PIN.url)
    expect(addressOf(release({ pin: PIN }), 'http://mirror.example/{engine}/{repo}/{version}/{asset}')).toBe(
      'http://mirror.example/dragonfly/dragonflydb/dragonfly/1.40.1/dragonfly-x86_64.tar.gz',
    )
  })

  it('of the latest is a redirect of GitHub, or of a mirror with its paths', () => {
    expect(latestAddress('dragonfly', dragonfly)).toBe(
      'https://github.com/dragonflydb/dragonfly/releases/latest',
    )
    expect(
      latestAddress(
        'dragonfly',
        dragonfly,
        'http://mirror.example/x/{repo}/releases/download/v{version}/{asset}',
      ),
    ).toBe('http://mirror.example/x/dragonflydb/dragonfly/releases/latest')
  })

  it('of the latest is not guessed where a mirror has other paths', () => {
    const failure = () => latestAddress('dragonfly', dragonfly, 'http://mirror.example/{asset}')
    expect(failure).toThrow(/cannot tell which dragonfly is the latest/)
    expect(failure).toThrow(
      expect.objectContaining({ code: 'usage', hint: expect.stringContaining('1.40.1') }),
    )
  })
})

describe('the checksum of a release', () => {
  it('is known of every file of the versions that skyfly knows', async () => {
    expect(Object.keys(DRAGONFLY_SHA256)).toHaveLength(87)
    for (const sums of Object.values(DRAGONFLY_SHA256))
      for (const sum of sums) expect(sum).toMatch(/^[\da-f]{64}$/)
    const sum = await dragonfly.sha256('1.40.1', 'dragonfly-aarch64.tar.gz')
    expect(sum).toBe(DRAGONFLY_SHA256['1.40.1']?.[1])
    expect(await dragonfly.bySha256(String(sum))).toEqual({
      version: '1.40.1',
      asset: 'dragonfly-aarch64.tar.gz',
    })
    expect(await dragonfly.bySha256('0'.repeat(64))).toBeUndefined()
  })

  it("is skyfly's own where there is one, else that of skyfly.lock, else unknown", async () => {
    expect((await localChecksum(release()))?.by).toBe('skyfly')
    expect(await localChecksum(release({ version: '99.0.0', pin: PIN }))).toEqual({
      by: 'skyfly.lock',
      sha256: PIN.sha256,
    })
    expect(await localChecksum(release({ version: '99.0.0' }))).toBeUndefined()
  })

  it('may not be another in skyfly.lock than the one that was published', async () => {
    await expect(localChecksum(release({ pin: PIN }))).rejects.toThrow(
      /pins another sha256 for dragonfly 1\.40\.1/,
    )
  })
})

describe('the version that is wanted', () => {
  const config = (engineVersion?: string) => ({
    engineVersion,
    sources: engineVersion === undefined ? {} : { engineVersion: '--engine-version' },
  })
  const pins = { dragonfly: { version: '1.39.0', builds: { 'linux-x64': PIN } } }

  it('is what a setting says, else what skyfly.lock pins, else the one that skyfly was tried with', () => {
    expect(requestVersion('dragonfly', config('1.38.0'), {}, 'linux-x64')).toMatchObject({
      version: '1.38.0',
      decidedBy: 'setting',
    })
    expect(requestVersion('dragonfly', config(), pins, 'linux-x64')).toMatchObject({
      version: '1.39.0',
      decidedBy: 'lock',
      pin: PIN,
    })
    expect(requestVersion('dragonfly', config(), {}, 'linux-x64')).toMatchObject({
      version: '1.40.1',
      decidedBy: 'default',
    })
    expect(requestVersion('memurai', config(), pins, 'linux-x64')).toMatchObject({
      version: undefined,
      decidedBy: 'default',
    })
  })

  it.each([
    ['auto', 'dragonfly', '1.38.0', 'setting'],
    ['auto', 'valkey', '9.0.1', 'default'],
    ['auto', 'embedded', undefined, 'default'],
    ['valkey', 'valkey', '1.38.0', 'setting'],
    ['embedded', 'embedded', '1.38.0', 'setting'],
  ] as const)('with --engine %s is for %s %s, by the %s', (asked, engine, version, decidedBy) => {
    const wanted = requestVersion(engine, { ...config('1.38.0'), engine: asked }, {}, 'linux-x64')
    expect(wanted).toMatchObject({ version, decidedBy })
  })

  it('of Dragonfly does not speak against a pin of another engine', () => {
    const pinned = { valkey: { version: '9.0.1', builds: {} } }
    const wanted = requestVersion('valkey', { ...config('1.40.1'), engine: 'auto' }, pinned, 'win32-x64')
    expect(wanted).toMatchObject({ version: '9.0.1', decidedBy: 'lock' })
  })

  it('cannot be another than skyfly.lock pins', () => {
    const failure = () => requestVersion('dragonfly', config('1.40.1'), pins, 'linux-x64')
    expect(failure).toThrow(SkyflyError)
    expect(failure).toThrow('skyfly.lock pins dragonfly 1.39.0, and --engine-version asks for 1.40.1')
    expect(failure).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('skyfly lock dragonfly@1.40.1') }),
    )
  })

  it('decides about a program on PATH only where somebody asked for it', () => {
    expect(accepts(requestVersion('dragonfly', config(), {}, 'linux-x64'), '1.20.0')).toBe(true)
    expect(accepts(requestVersion('dragonfly', config('1.40.1'), {}, 'linux-x64'), '1.20.0')).toBe(false)
    expect(accepts(requestVersion('dragonfly', config('1.40.1'), {}, 'linux-x64'), '1.40.1')).toBe(true)
    expect(accepts(requestVersion('dragonfly', config(), pins, 'darwin-arm64'), '1.40.1')).toBe(false)
  })
})

describe('a build for Linux', () => {
  it.each([
    [undefined, /has another C library \(musl, as on Alpine\)/],
    ['2.28', /needs glibc 2\.30 or newer, and this system has glibc 2\.28/],
    ['2.9', /has glibc 2\.9/],
  ])('is refused before a download where glibc is %s', (glibc, message) => {
    const failure = () => assertRunsHere(release(), glibc)
    expect(failure).toThrow(message)
    expect(failure).toThrow(
      expect.objectContaining({ code: 'no-engine', hint: expect.stringMatching(/Alpine/) }),
    )
  })

  it.each(['2.30', '2.36', '2.100'])('is taken where glibc is %s', glibc => {
    expect(assertRunsHere(release(), glibc)).toBeUndefined()
  })
})
