// What the folder of a server program in the cache says, without a look at the program.
import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SkyflyError } from '../../errors.js'
import { type EntryId, entryName } from './entry-id.js'
import { MANIFEST_FILE, type Manifest, type ParsedManifest, parseManifest } from './manifest.js'

/** A server program in the cache, with what is recorded about it. */
export interface Entry {
  readonly id: EntryId
  readonly dir: string
  /** Of the program. */
  readonly path: string
  readonly manifest: Manifest
}

/** `garbage`: a folder that no installation left so; `newer`: one that a newer skyfly made. */
export type Found =
  | { readonly kind: 'ok'; readonly entry: Entry }
  | { readonly kind: 'missing' }
  | { readonly kind: 'garbage'; readonly why: string }
  | { readonly kind: 'newer'; readonly error: SkyflyError }

/** @param cacheDir the cache that it is in */
export function readEntry(cacheDir: string, id: EntryId): Found {
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

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    // Behind something that is no folder.
    return false
  }
}

function madeByNewer(dir: string, format: number): SkyflyError {
  return new SkyflyError('download', `${dir} was made by a newer skyfly (format ${format})`, {
    hint: 'update skyfly, or use another cache: SKYFLY_CACHE_DIR=FOLDER',
  })
}
