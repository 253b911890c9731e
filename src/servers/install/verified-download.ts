// A download is compared with the checksum that it must have, before anything else is done with it.
import { SkyflyError } from '../../errors.js'
import { archiveKind } from '../archive/archive-kind.js'
import type { Completion } from '../cache/complete.js'
import type { Downloaded } from '../http/download.js'
import { redacted } from '../http/http-failures.js'
import { findChecksum, type KnownChecksum, unverified } from './checksum-source.js'
import { type FetchContext, fetchArchive } from './fetch.js'
import { addressOf, nameOf, type Release } from './release-asset.js'

type Origin = Pick<Completion, 'source' | 'archiveSha256' | 'verifiedBy'>

/** Downloads the archive and verifies it. Looks for the checksum first: a refusal costs no download. */
export async function downloadVerified(
  archive: string,
  release: Release,
  context: FetchContext,
): Promise<Origin & Pick<Downloaded, 'bytes'>> {
  const { config, onEvent } = context
  const checksum = await findChecksum(release, context)
  if (checksum.by === 'nobody' && !config.allowUnverified) throw unverified(release, checksum)
  const source = redacted(addressOf(release, config.mirror))
  const downloaded = await fetchArchive(archive, release, context)
  const { sha256, bytes } = downloaded
  if (checksum.by === 'nobody') {
    const text = `no known checksum for ${nameOf(release)}, taken unverified (sha256 ${sha256}): ${checksum.reason}`
    onEvent({ kind: 'note', text })
  } else if (checksum.sha256 !== sha256) throw notPublished(release, source, downloaded, checksum)
  return { source, bytes, archiveSha256: sha256, verifiedBy: checksum.by }
}

function notPublished(
  release: Release,
  source: string,
  { sha256, head }: Downloaded,
  checksum: KnownChecksum,
): SkyflyError {
  const what = archiveKind(head) === undefined ? ', and is no archive at all' : ''
  return new SkyflyError(
    'unverified',
    `${source} is not the published ${nameOf(release)}${what}: its sha256 is ${sha256}, and by ${checksum.by} it must be ${checksum.sha256}`,
    {
      hint: 'nothing of it was kept; try again, and if it stays, do not use that address: set SKYFLY_MIRROR to another',
    },
  )
}
