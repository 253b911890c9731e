// Asking the publisher of an engine, or a mirror, for the archive of a release and for the latest version.
import type { Config, EngineName } from '../../config/config.js'
import type { Releases } from '../../engines/releases.js'
import { SkyflyError } from '../../errors.js'
import type { Downloaded, DownloadPolicy } from '../http/download.js'
import type { OnInstall } from './events.js'
import { addressOf, latestAddress, nameOf, type Release } from './release-asset.js'

/** What a download works with. */
export interface FetchContext {
  readonly config: Pick<Config, 'offline' | 'allowUnverified' | 'mirror' | 'downloadTimeoutMs' | 'sources'>
  /** With the proxies; programs that are asked get it as well. */
  readonly env: NodeJS.ProcessEnv
  readonly onEvent: OnInstall
  readonly signal?: AbortSignal | undefined
  /** Parts of the standard policy to replace. */
  readonly policy?: Partial<DownloadPolicy> | undefined
}

/** Downloads the archive of a release to a file. @throws SkyflyError `download` */
export async function fetchArchive(
  file: string,
  release: Release,
  context: FetchContext,
): Promise<Downloaded> {
  const { download } = await import('../http/download.js')
  const { onEvent } = context
  return download({
    ...asking(context),
    url: addressOf(release, context.config.mirror),
    file,
    onProgress: (receivedBytes, totalBytes, from) =>
      onEvent({ kind: 'downloading', what: nameOf(release), from, receivedBytes, totalBytes }),
    onRetry: (reason, inMs) => onEvent({ kind: 'retrying', reason, inMs }),
  }).catch((error: unknown) => {
    if (!(error instanceof SkyflyError) || error.code !== 'download') throw error
    const { message, hint, details } = error
    throw new SkyflyError('download', `${nameOf(release)} cannot be downloaded: ${message}`, {
      hint,
      details,
      cause: error,
    })
  })
}

/**
 * The version of the latest release. @throws SkyflyError `download`, or `usage` for a mirror that cannot tell
 */
export async function latestOf(
  engine: EngineName,
  releases: Releases,
  context: FetchContext,
): Promise<string> {
  const url = latestAddress(engine, releases, context.config.mirror)
  const { latestVersion } = await import('./github.js')
  return latestVersion({ ...asking(context), url })
}

function asking({ config, env, signal, policy }: FetchContext) {
  return {
    env,
    signal,
    // The user named the mirror, and may know why it speaks plain http.
    insecureAllowed: config.mirror !== undefined,
    policy: { stallMs: config.downloadTimeoutMs, ...policy },
  }
}
