// Which checksum a download must have, and who says so: skyfly's own table, skyfly.lock, or GitHub.
import type { Config } from '../../config/config.js'
import { asSkyflyError, SkyflyError } from '../../errors.js'
import type { Manifest } from '../cache/manifest.js'
import type { DownloadPolicy } from '../http/download.js'
import { LOCK_FILE } from './lock-file.js'
import { nameOf, type Release, tagOf } from './release-asset.js'

export interface KnownChecksum {
  /** In hex. */
  readonly sha256: string
  readonly by: Exclude<Manifest['verifiedBy'], 'nobody'>
}

export interface UnknownChecksum {
  readonly by: 'nobody'
  /** Why GitHub did not help, a clause. */
  readonly reason: string
  /** GitHub did not answer, which is not the same as knowing none. */
  readonly refusal?: SkyflyError
}

export interface ChecksumContext {
  readonly config: Pick<Config, 'offline' | 'mirror' | 'downloadTimeoutMs'>
  /** With the proxies and GITHUB_TOKEN. */
  readonly env: NodeJS.ProcessEnv
  readonly signal?: AbortSignal | undefined
  readonly policy?: Partial<DownloadPolicy> | undefined
}

/**
 * The checksum of a release. GitHub's API is asked only for versions that neither skyfly nor skyfly.lock
 * knows.
 * @throws SkyflyError `unverified` when skyfly.lock and skyfly's own table differ
 */
export async function findChecksum(
  release: Release,
  input: ChecksumContext,
): Promise<KnownChecksum | UnknownChecksum> {
  const known = await localChecksum(release)
  if (known !== undefined) return known
  if (input.config.offline) return { by: 'nobody', reason: 'GitHub is not asked offline' }
  const { releases, version, build } = release
  if (releases.builds[release.target] === undefined) return { by: 'nobody', reason: 'nobody publishes it' }
  try {
    const { publishedSha256 } = await import('./github.js')
    const sha256 = await publishedSha256({
      repo: releases.repo,
      tag: tagOf(releases, version),
      asset: build.asset,
      token: input.env.GITHUB_TOKEN,
      env: input.env,
      signal: input.signal,
      policy: {
        stallMs: input.config.downloadTimeoutMs,
        // Whoever needs a mirror may not reach GitHub at all.
        ...(input.config.mirror === undefined ? {} : { attempts: 1, connectMs: 5_000 }),
        ...input.policy,
      },
    })
    if (sha256 !== undefined) return { sha256, by: 'github' }
    return { by: 'nobody', reason: 'GitHub knows no checksum of it' }
  } catch (error) {
    input.signal?.throwIfAborted()
    const refusal = asSkyflyError(error)
    return { by: 'nobody', reason: `GitHub could not be asked: ${refusal.message}`, refusal }
  }
}

/** The checksum that needs no connection. */
export async function localChecksum(release: Release): Promise<KnownChecksum | undefined> {
  const { releases, version, build, pin } = release
  const own = await releases.sha256(version, build.asset)
  if (own !== undefined && pin !== undefined && own !== pin.sha256)
    throw new SkyflyError(
      'unverified',
      `${LOCK_FILE} pins another sha256 for ${nameOf(release)} (${release.target}) than the one that was published: ${pin.sha256}, not ${own}`,
      {
        hint: `find out who changed it; to write it anew, remove ${release.engine} from ${LOCK_FILE} and run skyfly lock`,
      },
    )
  if (own !== undefined) return { sha256: own, by: 'skyfly' }
  return pin && { sha256: pin.sha256, by: LOCK_FILE }
}

/** The refusal of a download without a known checksum. */
export function unverified(release: Release, { reason, refusal }: UnknownChecksum): SkyflyError {
  const { engine, version } = release
  const anyway = 'or take it as it comes: --allow-unverified'
  return new SkyflyError(
    'unverified',
    `no known checksum for ${nameOf(release)}: neither skyfly nor ${LOCK_FILE} has one; ${reason}`,
    {
      hint: refusal?.hint
        ? `${refusal.hint}; ${anyway}`
        : `pin it, which downloads it once and trusts that: skyfly lock ${engine}@${version}; ${anyway}`,
      cause: refusal,
    },
  )
}
