// An installation that is killed at a chosen moment, and the next one, which puts right what that left.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { ENTRY, Shop, VERSION } from '../../download-project.js'
import { standInArchive } from '../../fixtures/archive.js'
import { Hold } from '../../fixtures/release-site.js'
import { until } from '../../project.js'

/** Large enough to be unpacked in more than a moment. */
export const large = () => standInArchive({ version: VERSION, padBytes: 24 * 1024 * 1024 })

/** Whether an unfinished installation holds a file of that name. */
export const folderHolds = (shop: Shop, file: RegExp): boolean =>
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

/** @param share of the archive that had arrived: 0 to 1 */
export async function killedAtShare(share: number): Promise<void> {
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
}

export async function killedWhen(isThen: (shop: Shop) => boolean): Promise<void> {
  await using shop = await Shop.open({ archive: await large() })
  const running = shop.project.spawn(['install'])
  // A change in the cache is seen as it happens: the kill comes in the middle of what follows.
  await until(() => isThen(shop))
  running.kill('SIGKILL')
  await running
  await succeeds(shop)
}

async function succeeds(shop: Shop): Promise<void> {
  const { exitCode, stderr } = await shop.project.skyfly('install')
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
  expect(shop.cached()).toEqual([ENTRY])
  expect((await shop.project.skyfly('cache', 'verify')).exitCode).toBe(0)
}
