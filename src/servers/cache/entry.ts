// One server program in the cache: what its folder says of it, and whether the program is still the one that
// was installed.
import { lstatSync, readFileSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { SkyflyError } from '../../errors.js'
import { sha256Of } from '../../system/hash.js'
import { replaceFile } from '../../system/replace-file.js'
import { whyNotRunnable } from '../search/executable-path.js'
import { type EntryId, entryName } from './entry-id.js'
import {
  MANIFEST_FILE,
  type Manifest,
  manifestText,
  type ParsedManifest,
  parseManifest,
  type Stamp,
  stampOf,
} from './manifest.js'

/** A server program in the cache, with what is recorded about it. */
export interface Entry {
  readonly id: EntryId
  readonly dir: string
  /** Of the program. */
  readonly path: string
  readonly manifest: Manifest
}

/**
 * `garbage`: a folder that no installation can have left like this; `newer`: one that a newer skyfly made.
 */
type RecordedEntry =
  | { readonly kind: 'ok'; readonly entry: Entry }
  | { readonly kind: 'missing' }
  | { readonly kind: 'garbage'; readonly why: string }
  | { readonly kind: 'newer'; readonly error: SkyflyError }

/** `damaged`: its program is no longer the one that was installed. */
export type CacheLookup =
  | RecordedEntry
  | { readonly kind: 'damaged'; readonly why: string; readonly entry: Entry }

/**
 * What is there, as cheaply as every start needs it: a program is hashed only where its file is not the one
 * that was hashed last, as after the restore of a CI cache.
 * @param cacheDir the cache that it is in
 * @param options `rehash`: hash it, and the files beside it, in any case
 */
export async function lookUp(cacheDir: string, id: EntryId, { rehash = false } = {}): Promise<CacheLookup> {
  const found = readEntry(cacheDir, id)
  if (found.kind !== 'ok') return found
  const { entry } = found
  const why = (await programDamage(entry, rehash)) ?? (await fileDamage(entry, rehash))
  return why === undefined ? found : { kind: 'damaged', why, entry }
}

/** What the manifest says; the program is not looked at. */
export function readEntry(cacheDir: string, id: EntryId): RecordedEntry {
  const dir = join(cacheDir, entryName(id))
  const read = readManifest(dir)
  if ('newer' in read) return { kind: 'newer', error: madeByNewer(dir, read.newer) }
  if ('garbage' in read) return isThere(dir) ? { kind: 'garbage', why: read.garbage } : { kind: 'missing' }
  const { manifest } = read
  if (entryName(manifest) !== entryName(id))
    return { kind: 'garbage', why: `its manifest is that of ${entryName(manifest)}` }
  return { kind: 'ok', entry: { id, dir, path: join(dir, manifest.program), manifest } }
}

export function readManifest(dir: string): ParsedManifest {
  let text: string
  try {
    text = readFileSync(join(dir, MANIFEST_FILE), 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return { garbage: code === 'ENOENT' ? 'it has no manifest' : `its manifest cannot be read (${code})` }
  }
  return parseManifest(text)
}

/** What is wrong with the program; undefined: nothing. */
async function programDamage({ dir, path, manifest }: Entry, rehash: boolean): Promise<string | undefined> {
  const { program, stamp, bytes, sha256 } = manifest
  const wrong = whyNotRunnable(path)
  if (wrong !== undefined) return `its program ${program} ${wrong}`
  try {
    // Taken before the hash: a change while it is computed shows the next time.
    const seen = stampOf(path)
    const isKnown = isDeepStrictEqual(seen, stamp)
    if (isKnown && !rehash) return undefined
    if (seen.bytes !== bytes) return `its program ${program} has ${seen.bytes} bytes instead of ${bytes}`
    const found = await sha256Of(path)
    // A failing disk changes no stamp, so this one is spoilt: from now on every look finds the damage.
    if (found !== sha256 && isKnown) restamp(dir, manifest, { ...seen, ctimeMs: 0 })
    if (found !== sha256) return `its program ${program} has the sha256 ${found} instead of ${sha256}`
    if (!isKnown) restamp(dir, manifest, seen)
    return undefined
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return `its program ${program} cannot be read (${code ?? message})`
  }
}

/**
 * What is wrong with the files beside it; undefined: nothing. A library that goes missing, as when a virus
 * scanner takes it away, shows by its size; one whose content changed, only when everything is hashed.
 */
async function fileDamage({ dir, manifest }: Entry, rehash: boolean): Promise<string | undefined> {
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

/** The time of the manifest stays: it says when the program was last used. */
function restamp(dir: string, manifest: Manifest, stamp: Stamp): void {
  const file = join(dir, MANIFEST_FILE)
  try {
    const { atime, mtime } = statSync(file)
    replaceFile(file, manifestText({ ...manifest, stamp }))
    utimesSync(file, atime, mtime)
  } catch {
    // A cache that this user may only read: the next start hashes again.
  }
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    // A file is where a folder of the path should be.
    return false
  }
}

function madeByNewer(dir: string, format: number): SkyflyError {
  return new SkyflyError('download', `${dir} was made by a newer skyfly (format ${format})`, {
    hint: 'update skyfly, or use another cache: SKYFLY_CACHE_DIR=FOLDER',
  })
}
