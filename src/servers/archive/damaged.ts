// What is said of an archive that is not what a release is.
import { SkyflyError } from '../../errors.js'

/** @param archive what it is called in errors */
export function damagedArchive(archive: string, why: string, cause?: unknown): SkyflyError {
  const hint = 'download it again with skyfly install, or give --from the whole archive of a release'
  return new SkyflyError('download', `the archive ${archive} is damaged: ${why}`, { hint, cause })
}
