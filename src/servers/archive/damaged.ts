// The error for an archive that is damaged.
import { SkyflyError } from '../../errors.js'

/** @param archive what errors call it */
export function damagedArchive(archive: string, why: string, cause?: unknown): SkyflyError {
  const hint = 'download it again with skyfly install, or give --from the whole archive of a release'
  return new SkyflyError('download', `the archive ${archive} is damaged: ${why}`, { hint, cause })
}
