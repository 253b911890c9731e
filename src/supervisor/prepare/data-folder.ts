// The data folder of a server: made, proven writable, and locked against other servers.
import { mkdtempSync, realpathSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../../config/config.js'
import { formatBytes } from '../../config/units.js'
import { caughtFinding, type Finding, SkyflyError } from '../../errors.js'
import { makeWritable, realPath } from '../../system/folders.js'
import { temporaryVariable } from '../../system/platform.js'
import { whileInUse } from '../../system/retry-in-use.js'
import { takeLock } from '../owner-lock.js'
import { temporaryPrefix } from '../status.js'

export interface Folder {
  readonly dir: string
  readonly temporaryDir: string | null
  release(): void
}

/**
 * Takes the folder, which is there already. @throws SkyflyError `start-failed` when another instance uses it
 */
export async function openFolder(config: Config): Promise<Folder> {
  if (config.ephemeral) {
    const dir = temporaryFolder(temporaryPrefix(config.name))
    return { dir, temporaryDir: dir, release: () => remove(dir) }
  }
  const lock = await takeLock(realPath(config.dir))
  if (!('heldBy' in lock)) return { dir: config.dir, temporaryDir: null, release: () => lock.release() }
  throw new SkyflyError(
    'start-failed',
    `the data folder ${config.dir} is in use by another skyfly instance${lock.heldBy === undefined ? '' : ` (supervisor ${lock.heldBy})`}`,
    { hint: 'two servers in one folder overwrite each other: use --dir with another folder' },
  )
}

function remove(dir: string): void {
  whileInUse(() => rmSync(dir, { recursive: true, force: true }))
}

/** @throws SkyflyError `start-failed` if there is no place for one */
export function temporaryFolder(prefix: string): string {
  try {
    return mkdtempSync(join(realpathSync(tmpdir()), prefix))
  } catch (cause) {
    throw new SkyflyError('start-failed', `no temporary folder can be made: ${(cause as Error).message}`, {
      hint: `set ${temporaryVariable()} to a folder that you may write to`,
      cause,
    })
  }
}

/** Makes the folder if it is missing, and finds out whether it can be written. */
export function unwritableDataFolder({ dir, sources }: Config): Finding | undefined {
  const from = sources.dir === undefined ? '' : ` (from ${sources.dir})`
  return caughtFinding(
    'Dragonfly starts in a folder that it cannot write to, and loses the data at its end',
    () => {
      makeWritable(dir, {
        code: 'start-failed',
        what: `the data folder ${dir}${from}`,
        hint: 'use --dir with a folder that you may write to',
      })
    },
  )
}

/** No snapshot with data worth keeping fits into less, nor does a log that anybody could read. */
const FULL_BYTES = 1024 ** 2

/** What to warn about where nothing more fits on the disk of a folder; undefined: it has room, or does not tell. */
export function fullDisk(dir: string): string | undefined {
  try {
    const { blocks, bavail, bsize } = statfsSync(dir)
    if (blocks === 0 || bavail * bsize >= FULL_BYTES) return undefined
    return `the disk of ${dir} is full (${formatBytes(bavail * bsize)} left), so no snapshot can be saved: free some space before you stop the server`
  } catch {
    return undefined
  }
}
