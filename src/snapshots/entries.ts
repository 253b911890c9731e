// What lies in a data folder: files and checkpoints, whichever of them are snapshots. They come and go while
// a server saves.
import { readdirSync, type Stats, statSync } from 'node:fs'

/** A file of the data folder, or a checkpoint of Garnet, finished or not. */
export interface Entry {
  /** Of the file; for a checkpoint see engines/garnet/checkpoint-names.ts. */
  readonly name: string
  /** What it consists of, absolute. */
  readonly paths: readonly string[]
  readonly bytes: number
  /** Of the newest of its files. */
  readonly mtimeMs: number
  /** Of the file or folder. */
  readonly inode: number
}

/** Something that is no folder, or is gone by now, has nothing in it. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}

export const statOf = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false })
