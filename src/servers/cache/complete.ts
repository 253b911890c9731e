// The last steps of an installation: the unpacked program is asked who it is, described in a manifest, and
// published.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EngineName } from '../../config/config.js'
import { asSkyflyError, SkyflyError } from '../../errors.js'
import { host } from '../../system/platform.js'
import type { Unpacked } from '../archive/unpack.js'
import { type Probed, probe } from '../program/probe.js'
import { isSaidBy } from '../search/version-request.js'
import type { Cache, Entry, EntryId } from './cache.js'
import { MANIFEST_FILE, MANIFEST_FORMAT, type Manifest, manifestText, stampOf } from './manifest.js'

export interface Completion extends Pick<Manifest, 'program' | 'source' | 'archiveSha256' | 'verifiedBy'> {
  readonly cache: Cache
  readonly id: EntryId
  /** Of the program. */
  readonly unpacked: Pick<Unpacked, 'sha256' | 'bytes' | 'files'>
  /** What the program said of itself. */
  readonly probed: Probed
  readonly signal?: AbortSignal | undefined
}

/**
 * @param stage folder with the program in it
 * @throws SkyflyError `download` when the program does not run here, or is something else than was asked for
 */
export async function complete(stage: string, completion: Completion): Promise<Entry> {
  const { cache, id, program, unpacked, probed, source, archiveSha256, verifiedBy } = completion
  // Where a checksum is known, the publisher's version counts, however the program words it.
  if (verifiedBy === 'nobody' && !isSaidBy(id.version, probed.version))
    throw new SkyflyError('download', `${source} holds ${id.engine} ${probed.version}, not ${id.version}`, {
      hint: `ask for it by its version: ${id.engine}@${probed.version}`,
    })
  const manifest: Manifest = {
    format: MANIFEST_FORMAT,
    engine: id.engine,
    version: id.version,
    target: id.target,
    program,
    sha256: unpacked.sha256,
    bytes: unpacked.bytes,
    ...(unpacked.files.length === 0 ? {} : { files: unpacked.files }),
    source,
    archiveSha256,
    verifiedBy,
    reportedVersion: probed.version ?? null,
    flags: probed.flags === undefined ? null : [...probed.flags],
    installedAt: new Date().toISOString(),
    stamp: stampOf(join(stage, program)),
  }
  // Let a signal be handled that came during the checks.
  await new Promise(resolve => setImmediate(resolve))
  completion.signal?.throwIfAborted()
  writeFileSync(join(stage, MANIFEST_FILE), manifestText(manifest))
  return cache.publish(id, stage, completion.signal)
}

export interface SelfCheck {
  readonly engine: EngineName
  /** What errors call it. */
  readonly name: string
  readonly env: NodeJS.ProcessEnv
  readonly signal?: AbortSignal | undefined
}

/** Runs it with --version: an undamaged file may still be for another machine, or another program. */
export async function selfCheck(path: string, { engine, name, env, signal }: SelfCheck): Promise<Probed> {
  const { platform } = host()
  const probed = await probe({ path, likely: engine, env, platform, signal }).catch((error: unknown) => {
    signal?.throwIfAborted()
    const { message, hint } = asSkyflyError(error)
    const why = message.replaceAll(path, 'it')
    throw new SkyflyError('download', `${name} does not run on this machine: ${why}`, { hint, cause: error })
  })
  if (probed.engine === engine) return probed
  if (probed.engine === undefined)
    throw new SkyflyError('download', `${name} does not say that it is ${engine}`, {
      hint: 'nothing of it was kept; check where it came from',
    })
  throw new SkyflyError('download', `${name} says that it is ${probed.engine} ${probed.version}`, {
    hint: `nothing of it was kept; a file that is ${probed.engine}: skyfly install ${probed.engine} --from FILE`,
  })
}
