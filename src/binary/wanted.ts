// Which version of an engine is to run, and who says so: a setting, skyfly.lock, or skyfly's own default.
import type { Config, EngineName } from '../config/config.js'
import { RELEASES } from '../engines/releases.js'
import { SkyflyError } from '../errors.js'
import type { Target } from '../platform.js'
import { LOCK_FILE, type Pin, type Pins } from './pins.js'
import type { Release } from './release.js'

export interface Wanted {
  readonly engine: EngineName
  /** A plain number, or `latest`; undefined: any. */
  readonly version: string | undefined
  readonly decidedBy: 'setting' | 'lock' | 'default'
  readonly target: Target
  /** What skyfly.lock says of the file for this machine. */
  readonly pin: Pin | undefined
}

/** @throws SkyflyError `usage` when a setting asks for another version than skyfly.lock pins */
export function wantedOf(
  engine: EngineName,
  config: Pick<Config, 'engineVersion' | 'sources'>,
  pins: Pins,
  target: Target,
): Wanted {
  const { engineVersion, sources } = config
  const pinned = pins[engine]
  if (pinned !== undefined) {
    if (engineVersion !== undefined && engineVersion !== pinned.version)
      throw new SkyflyError(
        'usage',
        `${LOCK_FILE} pins ${engine} ${pinned.version}, and ${sources.engineVersion} asks for ${engineVersion}`,
        { hint: `change the pin: skyfly lock ${engine}@${engineVersion}; or leave the version out` },
      )
    return { engine, target, version: pinned.version, decidedBy: 'lock', pin: pinned.builds[target] }
  }
  if (engineVersion !== undefined)
    return { engine, target, version: engineVersion, decidedBy: 'setting', pin: undefined }
  return { engine, target, version: RELEASES[engine]?.defaultVersion, decidedBy: 'default', pin: undefined }
}

/** Whether a program that says it is of this version will do. By default, any version of a program that somebody put there. */
export function accepts({ version, decidedBy }: Wanted, reported: string | undefined): boolean {
  return (
    decidedBy === 'default' || version === 'latest' || version === undefined || isSaidBy(version, reported)
  )
}

/** Programs do not tell that they are no release yet: 1.41.0-rc1 says that it is 1.41.0. */
export function isSaidBy(version: string, reported: string | undefined): boolean {
  return reported === version || reported === version.replace(/-.*$/, '')
}

/** The file of a release that would serve; undefined: there is none for this machine. */
export function releaseFor(
  { engine, target, pin }: Pick<Wanted, 'engine' | 'target' | 'pin'>,
  version: string,
): Release | undefined {
  const releases = RELEASES[engine]
  const build = releases?.builds[target]
  return releases && build && { engine, version, target, releases, build, pin }
}
