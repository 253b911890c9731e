import { describe, it } from 'vitest'
import { ENTRY, type Shop } from '../../download-project.js'
import { isLinux } from '../../system.js'
import { folderHolds, killedAtShare, killedWhen } from './install-kills.js'

// What it installs is a Dragonfly, which is published for Linux alone.
describe.runIf(isLinux)('an installation that is killed', () => {
  it.each([0, 0.1, 0.25, 0.5, 0.75, 0.99])(
    'at a share of %d of the download leaves what the next one puts right',
    killedAtShare,
  )

  it.each<[name: string, isThen: (shop: Shop) => boolean]>([
    ['once it holds the lock', shop => shop.cached().some(name => name.endsWith('.lock'))],
    ['with the archive on the disk', shop => folderHolds(shop, /^archive$/)],
    ['while the program is unpacked', shop => folderHolds(shop, /^dragonfly-/)],
    ['with the licence unpacked, too', shop => folderHolds(shop, /^LICENSE/)],
    ['with the manifest written', shop => folderHolds(shop, /^manifest/) || shop.cached().includes(ENTRY)],
  ])('%s leaves what the next one puts right', (_, isThen) => killedWhen(isThen))
})
