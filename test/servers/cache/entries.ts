// A cache in a temporary folder, and server programs to put into it.
import { createHash } from 'node:crypto'
import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Cache, type Entry, type EntryId } from '../../../src/servers/cache/cache.js'
import { MANIFEST_FILE, type Manifest, manifestText, stampOf } from '../../../src/servers/cache/manifest.js'

export const PROGRAM = 'dragonfly-x86_64'
export const ID: EntryId = { engine: 'dragonfly', version: '1.40.1', target: 'linux-x64' }

export const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex')

/** A folder that goes with the test. Anybody may read it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'skyfly-cache-'))
  chmodSync(folder, 0o755)
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const temporaryCache = (): Cache => new Cache(temporaryFolder())

export function manifestOf(folder: string, id: EntryId = ID, more: Partial<Manifest> = {}): Manifest {
  return {
    format: 1,
    ...id,
    program: PROGRAM,
    sha256: sha256('a program'),
    bytes: 'a program'.length,
    source: `https://mirror.test/v${id.version}/dragonfly-x86_64.tar.gz`,
    archiveSha256: sha256('an archive'),
    verifiedBy: 'skyfly',
    reportedVersion: id.version,
    flags: ['port', 'df_snapshot_format'],
    installedAt: '2026-01-21T10:30:00.000Z',
    stamp: stampOf(join(folder, PROGRAM)),
    ...more,
  }
}

/** A staged folder, ready to be published. */
export function staged(
  cache: Cache,
  id: EntryId = ID,
  content: string | Buffer = 'a program',
  more: Partial<Manifest> = {},
): string {
  const stage = cache.stage(id)
  writeFileSync(join(stage, PROGRAM), content, { mode: 0o755 })
  writeFileSync(join(stage, 'LICENSE.md'), 'a licence\n')
  const own = { sha256: sha256(content), bytes: Buffer.byteLength(content) }
  writeFileSync(join(stage, MANIFEST_FILE), manifestText(manifestOf(stage, id, { ...own, ...more })))
  return stage
}

export function install(cache: Cache, id: EntryId = ID, content?: string | Buffer): Promise<Entry> {
  return cache.publish(id, staged(cache, id, content))
}

/** As a user who owns nothing: to root, nothing is read-only. */
export async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  const isRoot = process.getuid?.() === 0
  if (isRoot) process.seteuid?.(65534)
  try {
    return await work()
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}
