// Whether a program in the cache is still the one that was installed: by a look at its file, or by its hash.
import { renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { sha256Of } from '../../system/hash.js'
import { whileInUse } from '../../system/retry-in-use.js'
import { whyNotRunnable } from '../search/executable-path.js'
import { MANIFEST_FILE, type Manifest, manifestText, stampOf } from './manifest.js'

interface Installed {
  readonly dir: string
  /** Of the program. */
  readonly path: string
  readonly manifest: Manifest
}

/**
 * What is wrong with the program, or with what it needs beside it; undefined: nothing.
 *
 * It is hashed where its file is not the one that was hashed last, as after the restore of a CI cache, or if told so.
 */
export async function changed(
  installed: Installed,
  { rehash }: { readonly rehash: boolean },
): Promise<string | undefined> {
  return (await changedProgram(installed, rehash)) ?? changedFile(installed, rehash)
}

async function changedProgram(
  { dir, path, manifest }: Installed,
  rehash: boolean,
): Promise<string | undefined> {
  const { program, stamp, bytes, sha256 } = manifest
  const wrong = whyNotRunnable(path)
  if (wrong !== undefined) return `its program ${program} ${wrong}`
  try {
    // Before the hash: a change while it is computed shows the next time.
    const seen = stampOf(path)
    const isKnown = isDeepStrictEqual(seen, stamp)
    if (isKnown && !rehash) return undefined
    if (seen.bytes !== bytes) return `its program ${program} has ${seen.bytes} bytes instead of ${bytes}`
    const found = await sha256Of(path)
    // A disk that fails changes no stamp: from now on every look is to see it.
    if (found !== sha256 && isKnown) restamp(dir, { ...manifest, stamp: { ...seen, ctimeMs: 0 } })
    if (found !== sha256) return `its program ${program} has the sha256 ${found} instead of ${sha256}`
    if (!isKnown) restamp(dir, { ...manifest, stamp: seen })
    return undefined
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return `its program ${program} cannot be read (${code ?? message})`
  }
}

/** By their sizes: libraries go missing, as when a virus scanner takes one away; that one changed shows when all is hashed. */
async function changedFile({ dir, manifest }: Installed, rehash: boolean): Promise<string | undefined> {
  for (const { name, bytes, sha256 } of manifest.files ?? []) {
    const path = join(dir, name)
    try {
      const size = statSync(path, { throwIfNoEntry: false })?.size
      if (size === undefined) return `its file ${name} does not exist`
      if (size !== bytes) return `its file ${name} has ${size} bytes instead of ${bytes}`
      const found = rehash ? await sha256Of(path) : sha256
      if (found !== sha256) return `its file ${name} has the sha256 ${found} instead of ${sha256}`
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      return `its file ${name} cannot be read (${code ?? message})`
    }
  }
  return undefined
}

/** Its time stays: it says when the program was last used. */
function restamp(dir: string, manifest: Manifest): void {
  const file = join(dir, MANIFEST_FILE)
  const beside = `${file}.${process.pid}.tmp`
  try {
    const { atime, mtime } = statSync(file)
    writeFileSync(beside, manifestText(manifest))
    utimesSync(beside, atime, mtime)
    whileInUse(() => renameSync(beside, file))
  } catch {
    // A cache that this user may only read: the next start hashes again.
    rmSync(beside, { force: true })
  }
}
