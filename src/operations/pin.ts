// `skyfly lock`: writes what a project agrees on into skyfly.lock, for every platform that there is a build for.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config, EngineName } from '../config/config.js'
import { RELEASES } from '../engines/releases.js'
import { SkyflyError } from '../errors.js'
import { findChecksum, type KnownChecksum, unverified } from '../servers/install/checksum-source.js'
import type { OnInstall } from '../servers/install/events.js'
import { type FetchContext, fetchArchive, latestOf } from '../servers/install/fetch.js'
import { LOCK_FILE, type Pin, type PinnedEngine, readPins, writePin } from '../servers/install/lock-file.js'
import { addressOf, type Release } from '../servers/install/release-asset.js'
import { releaseFor } from '../servers/search/version-request.js'
import { type BuildTarget, temporaryVariable } from '../system/platform.js'

export interface LockOptions {
  readonly env: NodeJS.ProcessEnv
  readonly onInstall?: OnInstall | undefined
  readonly signal?: AbortSignal | undefined
}

interface LockedBuild extends Pin {
  readonly target: BuildTarget
  /** Who says that this is the checksum; `nobody`: it was downloaded now, and is trusted from now on. */
  readonly verifiedBy: KnownChecksum['by'] | 'nobody'
}

export interface Locked {
  readonly file: string
  readonly engine: EngineName
  readonly version: string
  /** What was pinned before; null: nothing. */
  readonly before: string | null
  readonly builds: readonly LockedBuild[]
}

/**
 * Pins the version that is asked for, else the one that was pinned before, else the one that skyfly knows best.
 * @throws SkyflyError `usage` for an engine without builds, `download` where one cannot be fetched
 */
export async function lock(
  config: Config,
  { env, onInstall = () => {}, signal }: LockOptions,
): Promise<Locked> {
  const engine = config.engine === 'auto' ? 'dragonfly' : config.engine
  const releases = RELEASES[engine]
  if (releases === undefined)
    throw new SkyflyError('usage', `skyfly knows no build of ${engine} to pin`, {
      hint: `it knows those of ${Object.keys(RELEASES).join(', ')}`,
    })
  const context = { config, env, onEvent: onInstall, signal }
  const before = readPins(config.root)[engine]
  const asked = config.engineVersion ?? before?.version ?? releases.defaultVersion
  if (asked === 'latest' && config.offline)
    throw new SkyflyError(
      'download',
      `the latest ${engine} cannot be asked for (${config.sources.offline})`,
      {
        hint: `name a version: skyfly lock ${engine}@${releases.defaultVersion}`,
      },
    )
  const version = asked === 'latest' ? await latestOf(engine, releases, context) : asked
  const targets = Object.keys(releases.builds) as readonly BuildTarget[]
  const builds: LockedBuild[] = []
  let missing: SkyflyError | undefined
  for (const target of targets) {
    const release = releaseFor({ engine, target, pin: pinOf(before, version, target) }, version)
    if (release === undefined) continue
    try {
      builds.push({ target, ...(await pinned(release, context)) })
    } catch (error) {
      // Others may have been published, or be on the mirror, without this one.
      if (!(error instanceof SkyflyError) || error.code !== 'download' || !mayMiss(config)) throw error
      missing ??= error
      context.onEvent({ kind: 'note', text: `nothing is pinned for ${target}: ${error.message}` })
    }
  }
  if (builds.length === 0 && missing !== undefined) throw missing
  builds.push(...(await privateBuilds(engine, version, { before, context })))
  assertDifferent(builds, config)
  const pins = Object.fromEntries(builds.map(({ target, url, sha256 }) => [target, { url, sha256 }]))
  writePin(config.root, engine, { version, builds: pins })
  return { file: join(config.root, LOCK_FILE), engine, version, before: before?.version ?? null, builds }
}

/** Whether a build that cannot be had is left out. Without a connection, every one would be. */
const mayMiss = ({ allowUnverified, offline }: Config): boolean => allowUnverified && !offline

/** Builds that nobody publishes: those that were pinned stay so; a mirror is asked for others where it may be trusted. */
async function privateBuilds(
  engine: EngineName,
  version: string,
  { before, context }: { before: PinnedEngine | undefined; context: FetchContext },
): Promise<readonly LockedBuild[]> {
  const { mirror, allowUnverified, offline } = context.config
  const mayBePrivate = mirror !== undefined && allowUnverified && !offline
  const builds: LockedBuild[] = []
  for (const target of Object.keys(RELEASES[engine]?.privateBuilds ?? {}) as readonly BuildTarget[]) {
    const pin = pinOf(before, version, target)
    const release = releaseFor({ engine, target, pin, mayBePrivate }, version)
    if (pin !== undefined) builds.push({ target, ...pin, verifiedBy: LOCK_FILE })
    else if (release !== undefined) builds.push(...(await ofMirror(release, context)))
  }
  return builds
}

/** There is no other address of it; credentials are a matter of the machine. */
async function ofMirror(release: Release, context: FetchContext): Promise<readonly LockedBuild[]> {
  const { target } = release
  const url = new URL(addressOf(release, context.config.mirror))
  url.username = ''
  url.password = ''
  try {
    return [{ target, url: url.href, sha256: await firstSeen(release, context), verifiedBy: 'nobody' }]
  } catch (error) {
    if (!(error instanceof SkyflyError) || error.code !== 'download') throw error
    context.onEvent({ kind: 'note', text: `nothing is pinned for ${target}: ${error.message}` })
    return []
  }
}

/** What was once trusted at first sight stays what it was. */
function pinOf(before: PinnedEngine | undefined, version: string, target: BuildTarget): Pin | undefined {
  return before?.version === version ? before.builds[target] : undefined
}

/** The address is the publisher's, whatever mirror was used: a mirror is a matter of the machine, not of the project. */
async function pinned(release: Release, context: FetchContext): Promise<Omit<LockedBuild, 'target'>> {
  const url = addressOf({ ...release, pin: undefined })
  const checksum = await findChecksum(release, context)
  if (checksum.by !== 'nobody') return { url, sha256: checksum.sha256, verifiedBy: checksum.by }
  // That GitHub knows none is an answer; that it does not answer is none.
  if (checksum.refusal !== undefined && !context.config.allowUnverified) throw unverified(release, checksum)
  return { url, sha256: await firstSeen(release, context), verifiedBy: 'nobody' }
}

/** Downloads it for its checksum alone. */
async function firstSeen(release: Release, context: FetchContext): Promise<string> {
  const { config, onEvent } = context
  const what = `${release.engine} ${release.version} (${release.target})`
  if (config.offline)
    throw new SkyflyError(
      'download',
      `no checksum of ${what} is known, and nothing is downloaded (${config.sources.offline})`,
      {
        hint: 'run skyfly lock where there is a connection',
      },
    )
  onEvent({ kind: 'begin', what })
  let folder: string | undefined
  try {
    folder = await mkdtemp(join(tmpdir(), 'skyfly-lock-')).catch(noTemporaryFolder)
    return (await fetchArchive(join(folder, 'archive'), release, context)).sha256
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    onEvent({ kind: 'end', what })
  }
}

function noTemporaryFolder(cause: Error): never {
  throw new SkyflyError('download', `no temporary folder can be made: ${cause.message}`, {
    hint: `set ${temporaryVariable()} to a folder that you may write to`,
    cause,
  })
}

/** One file for two platforms can serve but one of them. */
function assertDifferent(builds: readonly LockedBuild[], { sources, mirror }: Config): void {
  const same = builds.find(
    (build, index) => builds.findIndex(({ sha256 }) => sha256 === build.sha256) < index,
  )
  if (same === undefined) return
  const from = mirror === undefined ? 'the publisher' : `the mirror (${sources.mirror})`
  throw new SkyflyError('usage', `${from} gives the same file for ${same.target} as for another platform`, {
    hint: 'a mirror needs {asset} in its address, and {version} where it has several',
  })
}
