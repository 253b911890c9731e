// Replacing a file whole: whoever reads it meanwhile finds what it was or what it becomes, never half of it.
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { whileInUse } from './retry-in-use.js'

export interface ReplaceOptions {
  /** Who may do what with the file. @default what the umask leaves of 0o666 */
  readonly mode?: number
  /** How long to try again where Windows says that the file is in use. @default 1000 */
  readonly limitMs?: number | undefined
}

/**
 * Writes beside the file, then renames.
 * @throws the system's error, and the file is as it was then
 */
export function replaceFile(file: string, text: string, { mode, limitMs }: ReplaceOptions = {}): void {
  const beside = `${file}.${process.pid}.tmp`
  try {
    writeFileSync(beside, text, { mode })
    whileInUse(() => renameSync(beside, file), limitMs)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
}
