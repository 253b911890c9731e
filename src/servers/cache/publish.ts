// Putting a folder in the place of another by renames, so that whoever looks sees one or the other, whole.
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
  /** An unused name for what is in the way. */
  readonly aside: string
  /** Whether what is in the way is as good. */
  readonly mayStay: () => Promise<boolean>
  readonly signal?: AbortSignal | undefined
}

const MAX_ATTEMPTS = 10

/** @throws the system's error, SkyflyError `download` where somebody holds the folder, or the signal's reason */
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
 * It is gone at once for all who look, though removing a large file takes time.
 * @throws the system's error, and nothing is changed then: on Windows while a program in it runs
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

/** Windows lets the folder of a running program be renamed, and then all of it be removed but the program: so it is asked before. */
function assertUnused(folder: string): void {
  // A file in its place is nobody's program.
  if (!statSync(folder).isDirectory()) return
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name)
    if (statSync(path).isFile()) whileInUse(() => closeSync(openSync(path, 'r+')))
  }
}

/** Removes a staged folder after whatever became of it. One that is held is swept by whoever installs next. */
export async function discard(stage: string, signal?: AbortSignal): Promise<void> {
  try {
    await whileInUseAsync(() => rmSync(stage, { recursive: true, force: true }), signal)
  } catch {
    // Not in place of what is to be told.
  }
}

/** What a full folder, a file and, on Windows, any folder in the way leads to. */
const IN_THE_WAY: ReadonlySet<string | undefined> = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM'])

/** What Windows says where a program has a file of the folder open; elsewhere, that this user may not. */
const HELD: ReadonlySet<string | undefined> = new Set(['EPERM', 'EACCES', 'EBUSY'])

/** False: something is in the way. */
async function isMoved({ stage, place, signal }: Publication, isLast: boolean): Promise<boolean> {
  try {
    // What Windows then refuses, since a virus scanner looks at the new program, is tried again.
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

/** On the disk before the rename is: otherwise a power loss could leave a published folder of empty files. */
function persist(path: string): void {
  let fd: number | undefined
  try {
    fd = openSync(path, 'r')
    fsyncSync(fd)
  } catch {
    // Windows syncs neither folders nor what is open for reading, and some network disks nothing: they do it by themselves.
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}
