// Which files of a log came after the one that somebody has open, whatever that one is called by now.
import { fstatSync, statSync } from 'node:fs'
import { closeFiles, type OpenFile, openFiles } from './open-files.js'
import { isSame } from './same-file.js'

/** Opens the files that were begun after `known`, oldest first; all of them if there is none. */
export function newerThan(file: string, known: OpenFile | undefined): OpenFile[] {
  if (known !== undefined && statSync(file, { bigint: true, throwIfNoEntry: false })?.ino === known.inode)
    return []
  const files = openFiles(file)
  if (known === undefined) return files.reverse()
  // Whole milliseconds, because the time that a compressed file was given has no more.
  const modifiedMs = Math.floor(fstatSync(known.fd).mtimeMs)
  // One that is older ends the search too: then the known one was deleted. In doubt, lines come twice rather than never.
  const isOlder = (other: OpenFile) => Math.floor(other.modifiedMs) < modifiedMs
  const end = files.findIndex(other => isOlder(other) || isSame(other, known))
  if (end !== -1) closeFiles(files.splice(end))
  return files.reverse()
}
