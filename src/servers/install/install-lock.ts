// The lock between processes that install the same thing: who holds it, since when, and whether that process
// still lives.
import { randomUUID } from 'node:crypto'
import * as fs from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isProcess, ownIdentity, processSpace } from '../../system/processes.js'
import { whileInUse } from '../../system/retry-in-use.js'
import { cannotWriteCache } from '../cache/cache-folder.js'

export interface LockInput {
  /** In the cache folder: `dragonfly-1.40.1-linux-x64.lock` */
  readonly file: string
  /** `dragonfly 1.40.1` */
  readonly what: string
  readonly signal?: AbortSignal | undefined
  /** Called once for each holder: `skyfly (pid 4711, since 10:31:05)`, or `... on build-7`. */
  onWait(holder: string): void
  /** Asked at each poll. True: what is waited for is there, and the work begins without the lock. */
  isDone?(): boolean | Promise<boolean>
  readonly policy?: Partial<typeof POLICY>
}

type Work<T> = (signal: AbortSignal) => Promise<T>

/**
 * Does the work while no other process does the same. It only saves work: a holder that is taken for dead may
 * live, so the work has to be right when two processes do it at once.
 * @throws SkyflyError `download` when the folder cannot be written; the signal's reason; whatever the work
 * throws
 */
export async function withInstallLock<T>(input: LockInput, work: Work<T>): Promise<T> {
  const { signal = new AbortController().signal } = input
  const release = await acquire(input, { ...POLICY, ...input.policy }, signal)
  try {
    signal.throwIfAborted()
    return await work(signal)
  } finally {
    release()
  }
}

/** Whether a living process holds the lock, as far as can be told at once. */
export function isHeld(file: string): boolean {
  const seen = look(file)
  // This compares the clocks of two machines: a clean-up cannot wait for a minute to see whether the file
  // changes.
  return seen !== undefined && !isDead(seen, Date.now() - seen.mtimeMs, POLICY)
}

// A waiter looks every pollMs, and a holder gives a sign of life every heartbeatMs. A holder on another
// machine that gives none for staleMs is dead. So is one that has not said who it is after namelessMs: it
// died between two system calls.
const POLICY = { pollMs: 100, heartbeatMs: 5_000, staleMs: 60_000, namelessMs: 2_000 }

interface Holder {
  readonly pid: number
  /** Null: its system does not tell it. */
  readonly identity: string | null
  readonly space: string
  readonly since: string
  readonly token: string
}

interface Seen {
  readonly text: string
  readonly mtimeMs: number
  /** Undefined: it does not say. */
  readonly holder?: Holder | undefined
}

/** @returns what releases the lock; it does nothing where the lock was not needed any more */
async function acquire(input: LockInput, policy: typeof POLICY, signal: AbortSignal): Promise<() => void> {
  let last: { readonly seen: Seen; readonly atMs: number } | undefined
  let told: string | undefined
  for (;;) {
    signal.throwIfAborted()
    const release = onDisk(input, () => take(input.file, policy))
    if (release !== undefined) return release
    if (await input.isDone?.()) return () => {}
    const seen = onDisk(input, () => look(input.file))
    // Released a moment ago.
    if (seen === undefined) continue
    // Measured by the clock of this process: the one of another machine may be minutes off.
    if (last === undefined || !isSame(last.seen, seen)) last = { seen, atMs: performance.now() }
    if (isDead(seen, performance.now() - last.atMs, policy)) {
      onDisk(input, () => removeDead(input.file, seen))
      continue
    }
    if (seen.holder !== undefined && seen.holder.token !== told) input.onWait(describe(seen.holder))
    told = seen.holder?.token ?? told
    // An abort ends it early; the next round throws the reason.
    await sleep(policy.pollMs, undefined, { signal }).catch(() => {})
  }
}

/** Undefined: somebody has it. */
function take(file: string, { heartbeatMs }: typeof POLICY): (() => void) | undefined {
  // Windows frees the name of a file once nobody reads it any more.
  const fd = unless('EEXIST', () => whileInUse(() => fs.openSync(file, 'wx')))
  if (fd === undefined) return undefined
  const token = randomUUID()
  try {
    fs.writeSync(fd, JSON.stringify(own(token)))
  } catch (error) {
    fs.closeSync(fd)
    fs.unlinkSync(file)
    throw error
  }
  // By its descriptor: the file of that name may be another's by now.
  const touch = () => attempt(() => fs.futimesSync(fd, new Date(), new Date()))
  const heartbeat = setInterval(touch, heartbeatMs).unref()
  return () => {
    clearInterval(heartbeat)
    fs.closeSync(fd)
    // Somebody who took this process for dead has a lock of their own there.
    attempt(() => look(file)?.holder?.token === token && whileInUse(() => fs.unlinkSync(file)))
  }
}

/** If another waiter takes it over between this look and the removal, two work, and both are right. */
function removeDead(file: string, dead: Seen): void {
  const seen = look(file)
  if (seen !== undefined && isSame(seen, dead)) unless('ENOENT', () => whileInUse(() => fs.unlinkSync(file)))
}

function look(file: string): Seen | undefined {
  const mtimeMs = fs.lstatSync(file, { throwIfNoEntry: false })?.mtimeMs
  if (mtimeMs === undefined) return undefined
  try {
    const text = fs.readFileSync(file, 'utf8')
    return { text, mtimeMs, holder: parse(text) }
  } catch {
    // Not JSON yet, another user's, or gone.
    return { text: '', mtimeMs }
  }
}

/** Whether it is the same lock, and its holder gave no sign of life in between. */
const isSame = (a: Seen, b: Seen) => a.text === b.text && a.mtimeMs === b.mtimeMs

function own(token: string): Holder {
  const { pid } = process
  const identity = ownIdentity() ?? null
  return { pid, identity, space: processSpace(), since: new Date().toISOString(), token }
}

function parse(text: string): Holder | undefined {
  const { pid, identity, space, since, token } = JSON.parse(text) as Partial<Holder>
  if (typeof pid !== 'number' || typeof since !== 'string' || typeof token !== 'string') return undefined
  if (typeof space !== 'string' || /\p{C}/u.test(space)) return undefined
  return { pid, identity: typeof identity === 'string' ? identity : null, space, since, token }
}

/**
 * Whether a process of this host lives can be asked. A holder elsewhere, or one that does not say who it is,
 * has to touch the file now and then.
 */
function isDead({ holder }: Seen, unchangedMs: number, { staleMs, namelessMs }: typeof POLICY): boolean {
  if (holder === undefined) return unchangedMs > namelessMs
  const { pid, identity, space } = holder
  if (identity === null || space !== processSpace()) return unchangedMs > staleMs
  return !isProcess(pid, identity)
}

function describe({ pid, space, since }: Holder): string {
  const [here, there] = [processSpace(), space].map(name => name.split(' ')[0])
  const where = space === processSpace() ? '' : here === there ? ' in another container' : ` on ${there}`
  return `skyfly (pid ${pid}, since ${new Date(since).toTimeString().slice(0, 8)})${where}`
}

function attempt(act: () => unknown): void {
  try {
    act()
  } catch {
    // At worst the work is done twice, or somebody finds a lock whose holder is gone.
  }
}

/** Undefined: that error. */
function unless<T>(code: string, act: () => T): T | undefined {
  try {
    return act()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === code) return undefined
    throw error
  }
}

function onDisk<T>({ file }: LockInput, act: () => T): T {
  try {
    return act()
  } catch (cause) {
    throw cannotWriteCache(cause, `the cache ${dirname(file)}`)
  }
}
