// Making a folder that may be missing.
import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Step by step: Node's own recursion never returns where a folder cannot be made and its parent can be entered, as in /proc.
 * @returns whether it was missing
 */
export function makeFolder(folder: string): boolean {
  if (isFolder(folder)) return false
  if (dirname(folder) !== folder) makeFolder(dirname(folder))
  try {
    mkdirSync(folder)
    return true
  } catch (error) {
    // Another process may have been faster.
    if (isFolder(folder)) return false
    throw error
  }
}

export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    // Missing, or behind something that is no folder: making it tells why.
    return false
  }
}
