// The checkpoints of Garnet in a data folder: which there are, which are finished, and how large they are.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Its files: `Store/checkpoints/cpr-checkpoints/GUID/` and `Store/checkpoints/index-checkpoints/GUID/`. */
export interface Checkpoint {
  /** `checkpoint GUID`, or `unfinished checkpoint GUID`: see engines/garnet/checkpoint-names.ts. */
  readonly name: string
  /** Its folders, absolute. */
  readonly paths: readonly string[]
  /** Of all its files. */
  readonly bytes: number
  /** Of the newest of its files. */
  readonly mtimeMs: number
  /** Of its folder. */
  readonly inode: number
}

/** Version 1 keeps the objects apart, with checkpoints of their own. */
const STORES = ['Store', 'ObjectStore'] as const

/** The checkpoints below a folder; a folder that is not there has none. */
export function listCheckpoints(dir: string): readonly Checkpoint[] {
  return STORES.flatMap(store =>
    namesIn(join(dir, store))
      // Each database has a folder: `checkpoints`, `checkpoints_1`.
      .filter(name => /^checkpoints(?:_\d+)?$/.test(name))
      .flatMap(name => inFolder(join(dir, store, name))),
  )
}

function inFolder(folder: string): readonly Checkpoint[] {
  const [data, index] = [join(folder, 'cpr-checkpoints'), join(folder, 'index-checkpoints')]
  const guids = new Set([...namesIn(data), ...namesIn(index)])
  return [...guids].flatMap(guid => checkpoint(guid, join(data, guid), join(index, guid)) ?? [])
}

function checkpoint(guid: string, data: string, index: string): Checkpoint | undefined {
  const parts = [data, index].flatMap(folder => {
    const stat = statOf(folder)
    return stat?.isDirectory() ? [{ folder, stat }] : []
  })
  const [first] = parts
  // It was removed while we looked, as an outdated one is.
  if (first === undefined) return undefined
  const files = parts.flatMap(({ folder }) =>
    namesIn(folder).flatMap(name => statOf(join(folder, name)) ?? []),
  )
  // Written last. `SAVE` is answered with OK even where this never came.
  const isFinished = (statOf(join(data, 'info.dat.0'))?.size ?? 0) > 0
  return {
    name: `${isFinished ? '' : 'unfinished '}checkpoint ${guid}`,
    paths: parts.map(({ folder }) => folder),
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    mtimeMs: Math.max(
      ...(files.length === 0 ? parts.map(({ stat }) => stat) : files).map(stat => stat.mtimeMs),
    ),
    inode: first.stat.ino,
  }
}

/** Folders come and go while the server saves: what is not there has nothing in it. */
function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}

const statOf = (path: string) => statSync(path, { throwIfNoEntry: false })
