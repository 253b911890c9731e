import { describe, expect, it } from 'vitest'
import { ENTRY, Shop } from '../../download-project.js'
import { archive, PROGRAM } from '../../fixtures/archive.js'
import { Hold } from '../../fixtures/release-site.js'
import { until } from '../../project.js'
import { isLinux } from '../../system.js'
import { folderHolds, killedAtShare, large } from './install-kills.js'

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
  // install-kills.slow.test.ts kills it at every moment.
  it('in the middle of the download leaves what the next one puts right', () => killedAtShare(0.5))
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
