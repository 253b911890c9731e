// Which version of an engine is to run, and who says so: a setting, skyfly.lock, or skyfly's own default.
import type { Config, EngineName } from '../../config/config.js'
import { type Build, RELEASES } from '../../engines/releases.js'
import { SkyflyError } from '../../errors.js'
import type { BuildTarget } from '../../system/platform.js'
import { LOCK_FILE, type Pin, type Pins } from '../install/lock-file.js'
import type { Release } from '../install/release-asset.js'

export interface VersionRequest {
  readonly engine: EngineName
  /** A plain number, or `latest`; undefined: any. */
  readonly version: string | undefined
  readonly decidedBy: 'setting' | 'lock' | 'default'
  readonly target: BuildTarget
  /** What skyfly.lock says of the file for this machine. */
  readonly pin: Pin | undefined
  /** Whether a build that nobody publishes is looked for where this user downloads from. @default false */
  readonly mayBePrivate?: boolean
}

/**
 * A version that a setting asks for is one of the engine that is asked for, and with `auto` of Dragonfly.
 * @throws SkyflyError `usage` when it is another one than skyfly.lock pins
 */
export function requestVersion(
  engine: EngineName,
  config: Pick<Config, 'engineVersion' | 'sources'> &
    Partial<Pick<Config, 'engine' | 'mirror' | 'allowUnverified'>>,
  pins: Pins,
  target: BuildTarget,
): VersionRequest {
  const { sources, mirror, allowUnverified = false, engine: asked = engine } = config
  const isMeant = engine === (asked === 'auto' ? 'dragonfly' : asked)
  const engineVersion = isMeant ? config.engineVersion : undefined
  const pinned = pins[engine]
  // Of a mirror's own build nothing but skyfly.lock knows the checksum.
  const of = { engine, target, mayBePrivate: mirror !== undefined && allowUnverified }
  if (pinned !== undefined) {
    if (engineVersion !== undefined && engineVersion !== pinned.version)
      throw new SkyflyError(
        'usage',
        `${LOCK_FILE} pins ${engine} ${pinned.version}, and ${sources.engineVersion} asks for ${engineVersion}`,
        { hint: `change the pin: skyfly lock ${engine}@${engineVersion}; or leave the version out` },
      )
    return { ...of, version: pinned.version, decidedBy: 'lock', pin: pinned.builds[target] }
  }
  if (engineVersion !== undefined)
    return { ...of, version: engineVersion, decidedBy: 'setting', pin: undefined }
  return { ...of, version: RELEASES[engine]?.defaultVersion, decidedBy: 'default', pin: undefined }
}

/** Whether a program that says it is of this version will do. By default, any version of a program that somebody put there. */
export function accepts({ version, decidedBy }: VersionRequest, reported: string | undefined): boolean {
  return (
    decidedBy === 'default' || version === 'latest' || version === undefined || isSaidBy(version, reported)
  )
}

/** Programs do not tell that they are no release yet: 1.41.0-rc1 says that it is 1.41.0. */
export function isSaidBy(version: string, reported: string | undefined): boolean {
  return reported === version || reported === version.replace(/-.*$/, '')
}

/** The file of a release that would serve; undefined: there is none for this machine. */
export function releaseFor(wanted: Buildable, version: string): Release | undefined {
  const { engine, target, pin } = wanted
  const releases = RELEASES[engine]
  const build = buildFor(wanted)
  if (releases === undefined || build === undefined) return undefined
  const asset = build.asset.replaceAll('{version}', version)
  return { engine, version, target, releases, build: { ...build, asset }, pin }
}

type Buildable = Pick<VersionRequest, 'engine' | 'target' | 'pin' | 'mayBePrivate'>

/** What there is of an engine for a machine; undefined: nothing that can be fetched. */
export function buildFor({ engine, target, pin, mayBePrivate = false }: Buildable): Build | undefined {
  const { builds, privateBuilds } = RELEASES[engine] ?? {}
  const isKnown = pin !== undefined || mayBePrivate
  return builds?.[target] ?? (isKnown ? privateBuilds?.[target] : undefined)
}
