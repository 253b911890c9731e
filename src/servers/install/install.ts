// Installing a release: once for all processes, verified before it is unpacked, tried before it is published.
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SkyflyError } from '../../errors.js'
import { glibcVersion } from '../../system/platform.js'
import { whileInUseAsync } from '../../system/retry-in-use.js'
import { trace } from '../../system/trace.js'
import type { Cache, Entry } from '../cache/cache.js'
import { complete, selfCheck } from '../cache/complete.js'
import { discard } from '../cache/publish.js'
import { redacted } from '../http/http-failures.js'
import { assertDotnet } from '../program/dotnet.js'
import { assertRunsHere } from '../program/libc.js'
import type { FetchContext } from './fetch.js'
import { withInstallLock } from './install-lock.js'
import { addressOf, nameOf, type Release } from './release-asset.js'
import { downloadVerified } from './verified-download.js'

export interface InstallContext extends FetchContext {
  readonly cache: Cache
}

/**
 * Downloads a release, unless it is in the cache or another process is about to put it there.
 * @throws SkyflyError `download`, `unverified`, or `no-engine` where it could not run; nothing half-done is
 * left then
 */
export async function installRelease(release: Release, context: InstallContext): Promise<Entry> {
  const { cache, onEvent, signal } = context
  const there = await cache.runnable(release, release.pin)
  if (there.entry !== undefined) return there.entry
  assertRunsHere(release, glibcVersion())
  assertDotnet(release, context.env)
  const what = nameOf(release)
  trace('install', () => what)
  onEvent({ kind: 'begin', what })
  if (there.damaged !== undefined) onEvent({ kind: 'note', text: `${there.damaged}; it is fetched anew` })
  try {
    const lock = {
      file: cache.lockFile(release),
      what,
      signal,
      onWait: (holder: string) => onEvent({ kind: 'waiting', what, holder }),
      isDone: unlessUnchanged(
        () => cache.folderFingerprint(release),
        async () => (await cache.runnable(release, release.pin)).entry !== undefined,
      ),
    }
    const install = async () => {
      // The process that held the lock may have installed it.
      const { entry } = await cache.runnable(release, release.pin)
      if (entry !== undefined) return entry
      await cache.sweep(release)
      return await installInto(cache.stage(release), release, context)
    }
    return await cache.inFolder(() => withInstallLock(lock, install))
  } finally {
    onEvent({ kind: 'end', what })
  }
}

/** Looking costs a hash where the program is damaged, so the same thing is not looked at twice. */
function unlessUnchanged(sight: () => string, look: () => Promise<boolean>): () => Promise<boolean> {
  let seen: string | undefined
  return async () => {
    const now = sight()
    if (now === seen) return false
    seen = now
    return look()
  }
}

async function installInto(stage: string, release: Release, context: InstallContext): Promise<Entry> {
  const { onEvent } = context
  const since = performance.now()
  try {
    const archive = join(stage, 'archive')
    const { bytes, ...origin } = await downloadVerified(archive, release, context)
    onEvent({ kind: 'unpacking', what: nameOf(release) })
    const unpacked = await unpackProgram(archive, release, context)
    const { program } = release.build
    const name = `the downloaded ${nameOf(release)}`
    const { engine } = release
    const probed = await selfCheck(join(stage, program), { engine, name, ...context })
    const entry = await complete(stage, { ...context, id: release, program, unpacked, probed, ...origin })
    const tookMs = performance.now() - since
    onEvent({ kind: 'installed', what: nameOf(release), path: entry.path, bytes, tookMs })
    return entry
  } catch (error) {
    throw error instanceof SkyflyError ? inWordsOf(error, { stage, release, context }) : error
  } finally {
    await discard(stage, context.signal)
  }
}

/** Names the cache and the source instead of the staged folder, which is gone when the user reads this. */
function inWordsOf(
  { code, message, hint, details, cause }: SkyflyError,
  { stage, release, context }: { stage: string; release: Release; context: InstallContext },
): SkyflyError {
  const source = redacted(addressOf(release, context.config.mirror))
  const told = message.replaceAll(join(stage, 'archive'), source).replaceAll(stage, context.cache.dir)
  return new SkyflyError(code, told, { hint, details, cause })
}

async function unpackProgram(archive: string, { build, releases }: Release, { signal }: FetchContext) {
  const { unpack } = await import('../archive/unpack.js')
  const unpacked = await unpack({
    archive,
    program: build.program,
    keeps: build.keeps,
    licenceFile: releases.licenceFile,
    folder: dirname(archive),
    signal,
  })
  await whileInUseAsync(() => rmSync(archive), signal)
  return unpacked
}
