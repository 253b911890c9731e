import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ENTRY, Shop, type ShopOptions, VERSION } from '../../download-project.js'
import { ASSET, archive, PROGRAM, standInArchive, standInProgram } from '../../fixtures/archive.js'
import { ProxyServer } from '../../fixtures/proxy.js'
import { fixture, redisServer } from '../../project.js'
import { isLinux } from '../../system.js'

/** The head of a Linux program for the other processor. */
const elsewhere = () => {
  const head = Buffer.alloc(64)
  head.write('\x7fELF\x02\x01\x01', 'latin1')
  head.writeUInt16LE(process.arch === 'arm64' ? 62 : 183, 18)
  return head
}

const holding = (body: string | Buffer) => archive([{ name: PROGRAM, body, mode: 0o755 }])

interface Case extends ShopOptions {
  readonly message: RegExp
  readonly hint: RegExp
  readonly env?: Readonly<Record<string, string>>
}

const CASES: Readonly<Record<string, () => Case | Promise<Case>>> = {
  'a version that is not there': () => ({
    behaviour: { answer: { status: 404, body: 'Not Found' } },
    message: /dragonfly 99\.0\.0 cannot be downloaded: there is no such file at http/,
    hint: /version/,
  }),
  'a refusal': () => ({
    behaviour: { answer: { status: 403, body: '{"message":"API rate limit exceeded for 192.0.2.1."}' } },
    message: /403.*rate limit exceeded/,
    hint: /SKYFLY_MIRROR/,
  }),
  'a page of a web site': () => ({
    behaviour: {
      answer: { status: 200, body: '<!doctype html><p>Sign in', headers: { 'content-type': 'text/html' } },
    },
    message: /web page/,
    hint: /browser/,
  }),
  'a redirect that never ends': () => ({
    behaviour: { redirect: path => path },
    message: /redirect/,
    hint: /SKYFLY_MIRROR|address/,
  }),
  'a bit that was flipped on the way': () => ({
    behaviour: { flipped: true },
    message:
      /is not the published dragonfly 99\.0\.0: its sha256 is [\da-f]{64}, and by skyfly\.lock it must be [\da-f]{64}/,
    hint: /nothing of it was kept/,
  }),
  'an archive with the program above its folder': async () => ({
    archive: await archive([{ name: `../../${PROGRAM}`, body: standInProgram(), mode: 0o755 }]),
    message: new RegExp(
      `there is no file ${PROGRAM} in the archive http://\\S+, which holds \\.\\./\\.\\./${PROGRAM}$`,
      'm',
    ),
    hint: /./,
  }),
  'an archive with an absolute name': async () => ({
    archive: await archive([{ name: `/tmp/${PROGRAM}`, body: standInProgram(), mode: 0o755 }]),
    message: new RegExp(`there is no file ${PROGRAM} in the archive .* holds /tmp/${PROGRAM}$`, 'm'),
    hint: /./,
  }),
  'an archive with a link in place of the program': async () => ({
    archive: await archive([{ name: PROGRAM, type: 'symlink', linkname: '/bin/sh' }]),
    message: /link/,
    hint: /./,
  }),
  'an archive without the program': async () => ({
    archive: await archive([{ name: 'README.md', body: 'nothing here' }]),
    message: /README\.md/,
    hint: /./,
  }),
  'a program for another processor': async () => ({
    archive: await holding(elsewhere()),
    message: /the downloaded dragonfly 99\.0\.0 does not run on this machine: it is a program for/,
    hint: /./,
  }),
  'a program that finds no loader here': async () => ({
    archive: await holding('#!/no/such/loader\n'),
    message: /does not run on this machine: it cannot be run: the loader or interpreter/,
    hint: /./,
  }),
  'a program that needs a newer C library': async () => ({
    archive: await holding(
      '#!/bin/sh\necho "$0: /lib/libc.so.6: version \\`GLIBC_2.38\' not found (required by $0)" >&2\nexit 1\n',
    ),
    message: /does not run on this machine: it needs a newer C library than this system has: GLIBC_2\.38/,
    hint: /newer system/,
  }),
  'another program': async () => ({
    archive: await holding('#!/bin/sh\necho "Redis server v=7.0.15 sha=00000000:0"\n'),
    message: /the downloaded dragonfly 99\.0\.0 says that it is redis 7\.0\.15/,
    hint: /./,
  }),
  'a program that says nothing': async () => ({
    archive: await holding('#!/bin/sh\necho hello\n'),
    message: /the downloaded dragonfly 99\.0\.0 does not say that it is dragonfly$/m,
    hint: /./,
  }),
  'a certificate of an authority that nobody knows': () => ({
    tls: true,
    message: /certificate/,
    hint: /NODE_EXTRA_CA_CERTS/,
  }),
  'a certificate that nobody knows, even where checks are turned off': () => ({
    tls: true,
    env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    message: /certificate/,
    hint: /NODE_EXTRA_CA_CERTS/,
  }),
  'a proxy that is not there': () => ({
    // Port 9 is the discard service, which nobody runs.
    env: { http_proxy: 'http://user:secret@127.0.0.1:9' },
    message: /proxy.*127\.0\.0\.1:9/,
    hint: /proxy/i,
  }),
  'an address that is none': () => ({
    env: { SKYFLY_MIRROR: 'ftp://user:secret@host.example/{asset}' },
    message: /mirror "ftp:.*SKYFLY_MIRROR/,
    hint: /http or https/,
  }),
  'a name of a host that does not exist': () => ({
    env: { SKYFLY_MIRROR: 'https://skyfly.invalid/{asset}' },
    message: /skyfly\.invalid cannot be found/,
    hint: /./,
  }),
}

// What they install is a Dragonfly, which is published for Linux alone.
describe.runIf(isLinux)('skyfly install meets', () => {
  it.each(Object.entries(CASES))('%s, and leaves nothing', async (name, make) => {
    const { message, hint, env = {}, ...options } = await make()
    await using shop = await Shop.open(options)
    const { exitCode, stderr } = await shop.project.spawn(['install'], { ...env })
    expect(stderr).toMatch(message)
    expect(stderr.slice(stderr.indexOf('hint:'))).toMatch(hint)
    expect(stderr).not.toMatch(/secret|bug in skyfly|undefined/)
    expect(exitCode).toBe(name === 'an address that is none' ? 2 : 5)
    expect(shop.cached()).toEqual([])
  })

  it('a proxy that refuses', async () => {
    await using proxy = await ProxyServer.open({ refuses: 403 })
    await using shop = await Shop.open()
    const { exitCode, stderr } = await shop.project.spawn(['install'], { http_proxy: proxy.url })
    expect(exitCode).toBe(5)
    expect(stderr).toMatch(/403/)
    expect(shop.cached()).toEqual([])
    expect(shop.site.connections).toBe(0)
  })

  it('a version without a known checksum, and does not even download it', async () => {
    await using shop = await Shop.open()
    shop.unpin()
    const { exitCode, stderr } = await shop.project.skyfly('install', `dragonfly@${VERSION}`)
    expect(exitCode).toBe(5)
    expect(stderr).toMatch(
      /no known checksum for dragonfly 99\.0\.0: neither skyfly nor skyfly\.lock has one; /,
    )
    expect(stderr).toMatch(/hint: .*; or take it as it comes: --allow-unverified/)
    expect(shop.site.requests).toEqual([])
    expect(shop.cached()).toEqual([])
  })

  it('a version of its own table from a site that serves something else', async () => {
    await using shop = await Shop.open()
    shop.unpin()
    shop.site.publish('1.40.1', ASSET, await standInArchive())
    const { exitCode, stderr } = await shop.project.skyfly('install', '--allow-unverified')
    expect(exitCode).toBe(5)
    expect(stderr).toMatch(/is not the published dragonfly 1\.40\.1: .* by skyfly it must be/)
    expect(shop.cached()).toEqual([])
  })

  it('a skyfly.lock that contradicts its own table', async () => {
    await using shop = await Shop.open()
    shop.pin('1.40.1')
    const { exitCode, stderr } = await shop.project.skyfly('install')
    expect(exitCode).toBe(5)
    expect(stderr).toMatch(/skyfly\.lock pins another sha256 for dragonfly 1\.40\.1/)
    expect(shop.site.connections).toBe(0)
  })
})

describe.runIf(isLinux)('a cache', () => {
  /** Runs in a mount namespace of its own with a small, or read-only, disk as the cache. */
  const onDisk = (shop: Shop, mount: string) =>
    shop.project.sh(
      `unshare --mount sh -c 'mount -t tmpfs ${mount} none bin-cache && exec "$0" "$@"' "$NODE" "$SKYFLY" install`,
    )

  it('without space for the download is told so, and nothing is left', async () => {
    await using shop = await Shop.open({
      archive: await standInArchive({ version: VERSION, padBytes: 4_000_000 }),
    })
    const { exitCode, stderr } = await onDisk(shop, '-o size=1m')
    expect(stderr).toMatch(/the folder \S+\/bin-cache cannot be written: ENOSPC/)
    expect(stderr).toMatch(/hint: .*free some space.*SKYFLY_CACHE_DIR/)
    expect(exitCode).toBe(5)
  })

  it('that can only be read is told so', async () => {
    await using shop = await Shop.open()
    const { exitCode, stderr } = await onDisk(shop, '-o ro')
    expect(stderr).toMatch(/the cache .*bin-cache cannot be written: .*read-only/i)
    expect(stderr).toMatch(/hint: .*SKYFLY_CACHE_DIR/)
    expect(exitCode).toBe(5)
    expect(shop.site.connections).toBe(0)
  })

  it('is in the project where the user has no home folder', async () => {
    await using shop = await Shop.open()
    rmSync(shop.cache, { recursive: true })
    const { exitCode, stdout, stderr } = await shop.project.spawn(['cache', 'path'], {
      HOME: '',
      XDG_CACHE_HOME: '',
    })
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: shop.cache })
    expect(stderr).toContain('has no home folder')
  })

  it('that was made for a download which failed does not stay, as everybody would use it from then on', async () => {
    await using shop = await Shop.open({ behaviour: { answer: { status: 404, body: 'Not Found' } } })
    rmSync(shop.cache, { recursive: true })
    const homeless = { HOME: '', XDG_CACHE_HOME: '' }
    const { exitCode, stderr } = await shop.project.spawn(['install'], homeless)
    expect(exitCode).toBe(5)
    expect(stderr).toContain('cannot be downloaded')
    expect(existsSync(shop.cache)).toBe(false)
    const file = shop.write('no-archive.tar.gz', 'nothing')
    expect((await shop.project.spawn(['install', '--from', file], homeless)).exitCode).not.toBe(0)
    expect(existsSync(shop.cache)).toBe(false)
  })

  it('that is a file is told so', async () => {
    await using shop = await Shop.open()
    const file = shop.write('a-file', '')
    const { exitCode, stderr } = await shop.project.skyfly('install', '--cache-dir', file)
    expect(exitCode).toBe(5)
    expect(stderr).toMatch(/the cache .*a-file cannot be/)
  })

  it('that can only be read serves what is in it', async () => {
    await using shop = await Shop.open()
    await shop.project.skyfly('install')
    const { exitCode, stdout } = await shop.project.sh(
      `unshare --mount sh -c 'mount --bind bin-cache bin-cache && mount -o remount,ro,bind bin-cache && exec "$0" "$@"' "$NODE" "$SKYFLY" install --offline`,
    )
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: `dragonfly ${VERSION} is already in the cache: ${shop.program}`,
    })
    expect(shop.cached()).toEqual([ENTRY])
  })
})

describe.runIf(isLinux)('auto', () => {
  it('goes on with a compatible server, and says what runs instead and why', async () => {
    await using shop = await Shop.open()
    shop.unpin()
    const { exitCode, stdout, stderr } = await shop.project.spawn(['start', '--detach', '--port', 'auto'], {
      SKYFLY_MIRROR: 'https://skyfly.invalid/{asset}',
    })
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^(?:redis|embedded) \S+ ready on /)
    expect(stderr).toMatch(
      /^warning: (?:redis|embedded) \S+ runs instead, as .*skyfly\.invalid cannot be found.*$/m,
    )
  })

  // The embedded engine alone is no reason to give up a network that may come back.
  it.skipIf(redisServer === undefined)(
    'does not wait for a network where redis-server could run',
    async () => {
      await using shop = await Shop.open()
      shop.unpin()
      const { exitCode, stdout, stderr } = await shop.project.spawn(['start', '--detach', '--port', 'auto'], {
        // Port 9 is the discard service, which nobody runs.
        SKYFLY_MIRROR: 'http://127.0.0.1:9/{asset}',
      })
      expect(exitCode).toBe(0)
      expect(stdout).toMatch(/^redis \S+ ready on /)
      expect(stderr).toMatch(/^warning: redis \S+ runs instead, as .*127\.0\.0\.1:9.*$/m)
      expect(stderr).not.toContain('trying again')
    },
  )

  it('does not go on with another engine than --engine names', async () => {
    await using shop = await Shop.open()
    shop.unpin()
    const { exitCode, stderr } = await shop.project.spawn(
      ['start', '--detach', '--port', 'auto', '--engine', 'dragonfly'],
      { SKYFLY_MIRROR: 'https://skyfly.invalid/{asset}' },
    )
    expect(exitCode).toBe(5)
    expect(stderr).toMatch(/skyfly\.invalid cannot be found/)
    expect(await shop.project.status()).toBeUndefined()
  })

  it('does not go on where a download was not what it must be', async () => {
    await using shop = await Shop.open()
    shop.unpin()
    shop.site.publish('1.40.1', ASSET, await standInArchive())
    const { exitCode, stderr } = await shop.project.skyfly('start', '--detach', '--port', 'auto')
    expect(exitCode).toBe(5)
    expect(stderr).toMatch(/is not the published dragonfly 1\.40\.1/)
  })

  it('tells of a program on PATH that is of another version', async () => {
    await using shop = await Shop.open()
    shop.unpin()
    mkdirSync(join(shop.project.dir, 'bin'))
    symlinkSync(fixture('stand-in-dragonfly.mjs'), join(shop.project.dir, 'bin', 'dragonfly'))
    const PATH = `bin:${dirname(process.execPath)}`
    const args = ['start', '--detach', '--port', 'auto', '--engine', 'dragonfly', '--offline']
    const other = await shop.project.spawn([...args, '--engine-version', '99.1.0'], { PATH })
    expect(other.exitCode).toBe(4)
    expect(other.stderr).toContain(
      'dragonfly 99.1.0 is not in the cache, and nothing is downloaded (--offline); on PATH there is dragonfly 1.40.1',
    )
    const found = await shop.project.spawn(args, { PATH })
    expect(found.exitCode).toBe(0)
    expect((await shop.project.status())?.binary).toBe(join(shop.project.dir, 'bin', 'dragonfly'))
  })

  it('goes on with nothing else than skyfly.lock pins', async () => {
    await using shop = await Shop.open()
    const { exitCode, stderr } = await shop.project.skyfly('start', '--detach', '--port', 'auto', '--offline')
    expect(exitCode).toBe(4)
    expect(stderr).toBe(
      'skyfly: no dragonfly found: dragonfly 99.0.0 is not in the cache, and nothing is downloaded (--offline)\n' +
        'hint: skyfly.lock pins it: fetch it once with a connection: skyfly install; or from a file: skyfly install --from FILE',
    )
  })

  it('goes on with nothing else than the version that was asked for', async () => {
    await using shop = await Shop.open()
    shop.unpin()
    const start = ['start', '--detach', '--port', 'auto', '--engine-version', '99.0.0', '--allow-unverified']
    const { exitCode, stderr } = await shop.project.spawn(start, {
      SKYFLY_MIRROR: 'https://skyfly.invalid/{asset}',
      PATH: '/nonexistent',
    })
    expect(exitCode).toBe(5)
    expect(stderr).toMatch(/dragonfly 99\.0\.0 cannot be downloaded: .*skyfly\.invalid cannot be found/)
  })
})
