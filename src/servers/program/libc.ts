// Whether this machine has the C library that a build for Linux needs, checked before anything is downloaded.
import { SkyflyError } from '../../errors.js'
import type { Release } from '../install/release-asset.js'
import { compareVersions } from './compare-versions.js'

/**
 * @param glibc of this machine; undefined: another C library, such as Alpine's musl
 * @throws SkyflyError `no-engine` where there is none, or one that is too old
 */
export function assertRunsHere(
  { engine, releases, target }: Pick<Release, 'engine' | 'releases' | 'target'>,
  glibc: string | undefined,
): void {
  const { minGlibc } = releases
  if (!target.startsWith('linux-') || minGlibc === undefined) return
  if (glibc !== undefined && compareVersions(glibc, minGlibc) >= 0) return
  const has = glibc === undefined ? 'has another C library (musl, as on Alpine)' : `has glibc ${glibc}`
  throw new SkyflyError('no-engine', `${engine} needs glibc ${minGlibc} or newer, and this system ${has}`, {
    hint: 'install a compatible server (on Alpine: apk add valkey), or use a system with glibc, such as Debian or Ubuntu',
  })
}
