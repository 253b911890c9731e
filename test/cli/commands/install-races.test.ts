import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ENTRY, Shop, VERSION } from '../../download-project.js'
import { archive, PROGRAM, standInArchive } from '../../fixtures/archive.js'
import { Hold } from '../../fixtures/release-site.js'
import { until } from '../../project.js'
import { isLinux } from '../../system.js'

/** Large enough to be unpacked in more than a moment. */
const large = () => standInArchive({ version: VERSION, padBytes: 24 * 1024 * 1024 })

const folderHolds = (shop: Shop, file: RegExp) =>
  shop
    .cached()
    .filter(name => name.includes('.partial-'))
    .some(name => filesIn(join(shop.cache, name)).some(found => file.test(found)))

const filesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder)
  } catch {
    // It was published in this very moment.
    return []
  }
}

/** One that downloads, and one that has said that it waits for it. */
const oneAndOneWaiting = async (shop: Shop, hold: Hold) => {
  const first = shop.project.spawn(['install'])
  await hold.reached
  const second = shop.project.spawn(['install'])
  await new Promise(resolve => second.stderr.once('data', resolve))
  return [first, second] as const
}

// What they install is a Dragonfly, which is published for Linux alone.
describe.runIf(isLinux)('installations of the same at the same time', () => {
  it('are one download for twenty, and all succeed', async () => {
    const hold = new Hold('headers')
    await using shop = await Shop.open({ behaviour: { hold } })
    const all = Array.from({ length: 20 }, () => shop.project.spawn(['install']))
    await hold.reached
    hold.release()
    const ends = await Promise.all(all)
    for (const { exitCode, stdout } of ends) {
      expect(exitCode).toBe(0)
      expect(stdout).toContain(`in the cache: ${shop.program}`)
    }
    expect(shop.site.requests.filter(({ path }) => path.startsWith('/assets/'))).toHaveLength(1)
    expect(shop.cached()).toEqual([ENTRY])
  })

  it('tell whom they wait for', async () => {
    const hold = new Hold('headers')
    await using shop = await Shop.open({ behaviour: { hold } })
    const [first, second] = await oneAndOneWaiting(shop, hold)
    hold.release()
    const [{ exitCode }, waited] = await Promise.all([first, second])
    expect([exitCode, waited.exitCode]).toEqual([0, 0])
    expect(waited.stderr).toMatch(
      new RegExp(
        `^waiting for skyfly \\(pid ${first.pid}, since [\\d:]+\\), which installs dragonfly 99\\.0\\.0$`,
        'm',
      ),
    )
  })

  it('go on without a holder that was killed', async () => {
    const hold = new Hold('headers')
    await using shop = await Shop.open({ behaviour: { hold } })
    const [first, second] = await oneAndOneWaiting(shop, hold)
    hold.release()
    first.kill('SIGKILL')
    const { exitCode } = await second
    expect(exitCode).toBe(0)
    expect(shop.cached()).toEqual([ENTRY])
  })
})

describe.runIf(isLinux)('an installation that is killed', () => {
  it.each([0, 0.1, 0.25, 0.5, 0.75, 0.99])(
    'at a share of %d of the download leaves what the next one puts right',
    async share => {
      const archive = await standInArchive({ version: VERSION, padBytes: 2 * 1024 * 1024 })
      const hold = new Hold(share === 0 ? 'headers' : Math.floor(archive.length * share))
      await using shop = await Shop.open({ archive, behaviour: { hold } })
      const running = shop.project.spawn(['install'])
      await hold.reached
      running.kill('SIGKILL')
      await running
      expect(shop.cached()).not.toContain(ENTRY)
      hold.release()
      await succeeds(shop)
    },
  )

  it.each<[name: string, when: (shop: Shop) => boolean]>([
    ['once it holds the lock', shop => shop.cached().some(name => name.endsWith('.lock'))],
    ['with the archive on the disk', shop => folderHolds(shop, /^archive$/)],
    ['while the program is unpacked', shop => folderHolds(shop, /^dragonfly-/)],
    ['with the licence unpacked, too', shop => folderHolds(shop, /^LICENSE/)],
    ['with the manifest written', shop => folderHolds(shop, /^manifest/) || shop.cached().includes(ENTRY)],
  ])('%s leaves what the next one puts right', async (_, when) => {
    await using shop = await Shop.open({ archive: await large() })
    const running = shop.project.spawn(['install'])
    // A change in the cache is seen as it happens: the kill comes in the middle of what follows.
    await until(() => when(shop))
    running.kill('SIGKILL')
    await running
    await succeeds(shop)
  })

  async function succeeds(shop: Shop): Promise<void> {
    const { exitCode, stderr } = await shop.project.skyfly('install')
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    expect(shop.cached()).toEqual([ENTRY])
    expect((await shop.project.skyfly('cache', 'verify')).exitCode).toBe(0)
  }
})

describe.runIf(isLinux)('Ctrl-C', () => {
  it.each([
    ['install', ['install']],
    ['start', ['start', '--port', 'auto']],
    ['start --detach', ['start', '--detach', '--port', 'auto']],
  ])('in %s leaves no lock and no half of a file', async (_, args) => {
    const hold = new Hold(1_000_000)
    await using shop = await Shop.open({ archive: await large(), behaviour: { hold } })
    const running = shop.project.spawn(args)
    await hold.reached
    running.kill('SIGINT')
    const { exitCode, stderr } = await running
    hold.release()
    expect(exitCode).toBe(130)
    expect(stderr).toContain('skyfly: interrupted by SIGINT; nothing half-done was left')
    expect(shop.cached()).toEqual([])
    expect(await shop.project.status()).toBeUndefined()
  })

  it.each([
    ['install', ['install']],
    ['start --detach', ['start', '--detach', '--port', 'auto']],
  ])('in %s is obeyed while the program is asked who it is', async (_, args) => {
    const slow = `#!/bin/sh\ntouch "${'$'}{0%/*}/asked"\nwhile :; do sleep 0.05; done\n`
    await using shop = await Shop.open({
      archive: await archive([{ name: PROGRAM, body: slow, mode: 0o755 }]),
    })
    const running = shop.project.spawn(args)
    await until(() => folderHolds(shop, /^asked$/))
    running.kill('SIGINT')
    const { exitCode } = await running
    expect(exitCode).toBe(130)
    expect(shop.cached()).toEqual([])
    expect(await shop.project.status()).toBeUndefined()
  })

  it('pressed twice, as npm passes it on, is once', async () => {
    const hold = new Hold(1_000_000)
    await using shop = await Shop.open({ archive: await large(), behaviour: { hold } })
    const running = shop.project.spawn(['install'])
    await hold.reached
    running.kill('SIGINT')
    running.kill('SIGINT')
    expect((await running).exitCode).toBe(130)
    hold.release()
    expect(shop.cached()).toEqual([])
  })

  it('while waiting for another one leaves that alone', async () => {
    const hold = new Hold('headers')
    await using shop = await Shop.open({ behaviour: { hold } })
    const [first, second] = await oneAndOneWaiting(shop, hold)
    second.kill('SIGINT')
    expect((await second).exitCode).toBe(130)
    hold.release()
    expect((await first).exitCode).toBe(0)
  })
})
