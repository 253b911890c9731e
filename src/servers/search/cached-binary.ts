// What is in the cache and may be run: it is whole, and what skyfly.lock pins.
import type { Binary } from '../../engines/engine.js'
import type { Cache, Entry, EntryId } from '../cache/cache.js'
import type { Pin } from '../install/lock-file.js'
import type { VersionRequest } from './version-request.js'

/** `entry` undefined: nothing that may be run; `damaged`: why not, a sentence about what is there. */
export interface Usable {
  readonly entry?: Entry
  readonly damaged?: string
}

/** @throws SkyflyError `download` when it was put there by a newer skyfly */
export async function usable(id: EntryId & { readonly pin: Pin | undefined }, cache: Cache): Promise<Usable> {
  const found = await cache.lookup(id)
  if (found.kind === 'newer') throw found.error
  if (found.kind === 'damaged' || found.kind === 'garbage')
    return { damaged: `${cache.folderOf(id)} is damaged: ${found.why}` }
  if (found.kind !== 'ok') return {}
  const isPinned = id.pin === undefined || id.pin.sha256 === found.entry.manifest.archiveSha256
  return isPinned ? { entry: found.entry } : {}
}

/** The newest version of an engine that is there, whatever was wanted. */
export async function newestUsable(
  { engine, target, pin }: VersionRequest,
  cache: Cache,
): Promise<Binary | undefined> {
  for (const id of cache.ids()) {
    if (id.engine !== engine || id.target !== target) continue
    const { entry } = await usable({ ...id, pin }, cache)
    if (entry !== undefined) return cache.use(entry)
  }
  return undefined
}
