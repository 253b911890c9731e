// The checkpoints of Garnet in a data folder: which there are, which are finished, and how large they are.
import { join } from 'node:path'
import { type Entry, namesIn, statOf } from './entries.js'

/** Version 1 keeps the objects apart, with checkpoints of their own. */
const STORES = ['Store', 'ObjectStore'] as const

/**
 * The checkpoints below a folder, which lie in `Store/checkpoints/{cpr,index}-checkpoints/GUID/`; without the
 * folder, none.
 */
export function listCheckpoints(dir: string): readonly Entry[] {
  return STORES.flatMap(store =>
    namesIn(join(dir, store))
      // Each database has a folder: `checkpoints`, `checkpoints_1`.
      .filter(name => /^checkpoints(?:_\d+)?$/.test(name))
      .flatMap(name => inFolder(join(dir, store, name))),
  )
}

function inFolder(folder: string): readonly Entry[] {
  const [data, index] = [join(folder, 'cpr-checkpoints'), join(folder, 'index-checkpoints')]
  const guids = new Set([...namesIn(data), ...namesIn(index)])
  return [...guids].flatMap(guid => checkpoint(guid, join(data, guid), join(index, guid)) ?? [])
}

function checkpoint(guid: string, data: string, index: string): Entry | undefined {
  const parts = [data, index].flatMap(folder => {
    const stat = statOf(folder)
    return stat?.isDirectory() ? [{ folder, stat }] : []
  })
  const [first] = parts
  // It was removed while we looked: Garnet removes outdated ones.
  if (first === undefined) return undefined
  const files = parts.flatMap(({ folder }) =>
    namesIn(folder).flatMap(name => statOf(join(folder, name)) ?? []),
  )
  // This file is written last. Garnet answers `SAVE` with OK even if it never gets written.
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
