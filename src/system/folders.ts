// Folders: making one that may be missing, whether it can be written, and its real path.
import { accessSync, constants, mkdirSync, mkdtempSync, realpathSync, rmdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cannotMakeFolder, type WriteFailure } from './cannot-write.js'
import { host } from './platform.js'

/**
 * Makes a folder where it is missing, and finds out whether it can be written.
 * @returns whether it was missing
 * @throws SkyflyError with the code of `failure`
 */
export function makeWritable(folder: string, failure: WriteFailure): boolean {
  try {
    const wasMissing = makeFolder(folder)
    assertWritable(folder)
    return wasMissing
  } catch (cause) {
    throw cannotMakeFolder(cause, failure)
  }
}

/**
 * Makes it step by step: Node's own recursion never returns where a folder cannot be made but its parent can
 * be entered, as in /proc.
 * @returns whether it was missing
 */
function makeFolder(folder: string): boolean {
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
    // Missing, or below something that is not a folder: making it will tell why.
    return false
  }
}

/** With links and mapped drives resolved. @throws the system's error when there is nothing */
export function realPath(path: string): string {
  try {
    return realpathSync.native(path)
  } catch {
    // Wine refuses paths of more than 260 characters there. The other function reports what is missing as
    // well.
    return realpathSync(path)
  }
}

/** @throws the system's error when this user may not write into the folder */
function assertWritable(folder: string): void {
  // On Windows only trying tells: access() ignores its access control lists.
  if (host().platform === 'win32') rmdirSync(mkdtempSync(join(folder, '.skyfly-')))
  else accessSync(folder, constants.W_OK | constants.X_OK)
}
