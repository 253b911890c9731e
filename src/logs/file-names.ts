// How the files of one log are called: NAME.log, then NAME.log.1, and NAME.log.2.gz (at first NAME.log.2) and
// older ones.
import { readdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'

/** A rotated file; the higher its number, the older it is. */
export interface RotatedName {
  readonly number: number
  readonly gzipped: boolean
}

export function rotatedPath(file: string, { number, gzipped }: RotatedName): string {
  return gzipped ? `${file}.${number}.gz` : `${file}.${number}`
}

/** Where a file is compressed to before it gets its name. */
export function compressingPath(file: string): string {
  return `${file}.gz.tmp`
}

/** The rotated files in the log's folder, newest first; none where the folder cannot be read. */
export function listRotated(file: string): RotatedName[] {
  return namesBeside(file)
    .flatMap(name => {
      const [, number, gz] = /^\.([1-9]\d{0,8})(\.gz)?$/.exec(name.slice(basename(file).length)) ?? []
      return number === undefined ? [] : [{ number: Number(number), gzipped: gz !== undefined }]
    })
    .sort((a, b) => a.number - b.number)
}

function namesBeside(file: string): string[] {
  try {
    return readdirSync(dirname(file), { withFileTypes: true })
      .filter(entry => entry.isFile() && entry.name.startsWith(`${basename(file)}.`))
      .map(entry => entry.name)
  } catch {
    return [] // no folder yet, or not ours to read: opening the log itself will say so
  }
}
