// Replacing a folder by renames, so that everybody sees either the old one or the new one, whole.
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { SkyflyError } from '../../errors.js'
import { host } from '../../system/platform.js'
import { whileInUse, whileInUseAsync } from '../../system/retry-in-use.js'

export interface Publication {
  /** The folder that is ready. */
  readonly stage: string
  /** The name it gets. */
  readonly place: string
  /** An unused name, for moving aside what is in the way. */
  readonly aside: string
  /** Whether what is in the way is as good, and may stay. */
  readonly mayStay: () => Promise<boolean>
  readonly signal?: AbortSignal | undefined
}

const MAX_ATTEMPTS = 10

/**
 * @throws the system's error, SkyflyError `download` where somebody holds the folder, or the signal's reason
 */
export async function publishFolder(publication: Publication): Promise<void> {
  const { stage, place, aside, mayStay, signal } = publication
  for (const name of readdirSync(stage, { recursive: true, encoding: 'utf8' })) persist(join(stage, name))
  persist(stage)
  for (let attempt = 1; !(await isMoved(publication, attempt === MAX_ATTEMPTS)); attempt += 1) {
    signal?.throwIfAborted()
    if (await mayStay()) return whileInUseAsync(() => rmSync(stage, { recursive: true, force: true }))
    await removeFolder(place, aside)
  }
  persist(dirname(place))
}

/**
 * Nobody sees it from the first moment on, although removing a large file takes time.
 * @throws the system's error, on Windows while a program in the folder runs; nothing is changed then
 */
export async function removeFolder(place: string, aside: string): Promise<void> {
  try {
    if (host().platform === 'win32') assertUnused(place)
    whileInUse(() => renameSync(place, aside))
  } catch (error) {
    // Another process was faster.
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  await whileInUseAsync(() => rmSync(aside, { recursive: true, force: true }))
}

/** Windows would rename the folder of a running program and remove all but the program. So ask first. */
function assertUnused(folder: string): void {
  // A file in its place is nobody's program.
  if (!statSync(folder).isDirectory()) return
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name)
    if (statSync(path).isFile()) whileInUse(() => closeSync(openSync(path, 'r+')))
  }
}

/** Removes a staged folder if it is still there. One that is held open goes with the next installation. */
export async function discard(stage: string, signal?: AbortSignal): Promise<void> {
  try {
    await whileInUseAsync(() => rmSync(stage, { recursive: true, force: true }), signal)
  } catch {
    // This must not hide the error that is being reported.
  }
}

/** What a rename fails with where a full folder, a file or, on Windows, any folder is in the way. */
const IN_THE_WAY: ReadonlySet<string | undefined> = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM'])

/**
 * What Windows says where a program holds a file of the folder open. Elsewhere it means a lack of permission.
 */
const HELD: ReadonlySet<string | undefined> = new Set(['EPERM', 'EACCES', 'EBUSY'])

/** False: something is in the way. */
async function isMoved({ stage, place, signal }: Publication, isLast: boolean): Promise<boolean> {
  try {
    // Windows refuses it for a while when a virus scanner looks at the new program.
    return await whileInUseAsync(() => {
      if (!isLast && existsSync(place)) return false
      renameSync(stage, place)
      return true
    }, signal)
  } catch (error) {
    if (HELD.has(codeOf(error)) && !existsSync(place)) throw heldBack(place, error)
    if (isLast || !IN_THE_WAY.has(codeOf(error))) throw error
    return false
  }
}

function heldBack(place: string, cause: unknown): unknown {
  if (host().platform !== 'win32') return cause
  return new SkyflyError(
    'download',
    `${place} cannot be made: an antivirus or another program holds what is to become it (${codeOf(cause)})`,
    {
      hint: 'try again; if it stays, except the folder from the scan, or use another: SKYFLY_CACHE_DIR=FOLDER',
      cause,
    },
  )
}

/** Syncs it before the rename: otherwise a power loss could leave a folder of empty files. */
function persist(path: string): void {
  let fd: number | undefined
  try {
    fd = openSync(path, 'r')
    fsyncSync(fd)
  } catch {
    // Windows syncs neither folders nor files that are open for reading, and some network disks sync nothing.
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}
