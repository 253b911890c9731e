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
  /** Whether the user's mirror may be asked for a build that nobody publishes. @default false */
  readonly mayBePrivate?: boolean
}

/**
 * Which version of an engine to look for. A version in the settings belongs to the engine in the settings,
 * with `auto` to Dragonfly.
 * @throws SkyflyError `usage` when skyfly.lock pins another version than a setting asks for
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
  // Only skyfly.lock can know the checksum of a mirror's own build.
  const build = { engine, target, mayBePrivate: mirror !== undefined && allowUnverified }
  if (pinned !== undefined) {
    if (engineVersion !== undefined && engineVersion !== pinned.version)
      throw new SkyflyError(
        'usage',
        `${LOCK_FILE} pins ${engine} ${pinned.version}, and ${sources.engineVersion} asks for ${engineVersion}`,
        { hint: `change the pin: skyfly lock ${engine}@${engineVersion}; or leave the version out` },
      )
    return { ...build, version: pinned.version, decidedBy: 'lock', pin: pinned.builds[target] }
  }
  if (engineVersion !== undefined)
    return { ...build, version: engineVersion, decidedBy: 'setting', pin: undefined }
  return { ...build, version: RELEASES[engine]?.defaultVersion, decidedBy: 'default', pin: undefined }
}

/**
 * Whether a program that reports this version may be taken. Where nobody asked for a version, any one may.
 */
export function accepts({ version, decidedBy }: VersionRequest, reported: string | undefined): boolean {
  return (
    decidedBy === 'default' || version === 'latest' || version === undefined || isSaidBy(version, reported)
  )
}

/** Whether a program of this version reports that one: 1.41.0-rc1 says that it is 1.41.0. */
export function isSaidBy(version: string, reported: string | undefined): boolean {
  return reported === version || reported === version.replace(/-.*$/, '')
}

/** The file of a release; undefined: there is none for this machine. */
export function releaseFor(request: BuildRequest, version: string): Release | undefined {
  const { engine, target, pin } = request
  const releases = RELEASES[engine]
  const build = buildFor(request)
  if (releases === undefined || build === undefined) return undefined
  const asset = build.asset.replaceAll('{version}', version)
  return { engine, version, target, releases, build: { ...build, asset }, pin }
}

type BuildRequest = Pick<VersionRequest, 'engine' | 'target' | 'pin' | 'mayBePrivate'>

/** The build of an engine for a machine; undefined: there is none to fetch. */
export function buildFor({ engine, target, pin, mayBePrivate = false }: BuildRequest): Build | undefined {
  const { builds, privateBuilds } = RELEASES[engine] ?? {}
  const isKnown = pin !== undefined || mayBePrivate
  return builds?.[target] ?? (isKnown ? privateBuilds?.[target] : undefined)
}
