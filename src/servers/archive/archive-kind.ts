// What kind of archive a file is, judged by its first bytes and not by its name.

/** `other`: a known kind that skyfly does not read. */
export type ArchiveKind = 'tar.gz' | 'zip' | 'other'

/** Undefined: it is not an archive. */
export function archiveKind(head: Buffer): ArchiveKind | undefined {
  const start = head.toString('latin1', 0, 8)
  return MAGIC.find(([magic]) => start.startsWith(magic))?.[1]
}

const MAGIC: readonly (readonly [string, ArchiveKind])[] = [
  ['\x1f\x8b', 'tar.gz'],
  ['PK\x03\x04', 'zip'],
  // An empty one.
  ['PK\x05\x06', 'zip'],
  ['\xfd7zXZ\0', 'other'],
  ['7z\xbc\xaf\x27\x1c', 'other'],
  ['BZh', 'other'],
  ['\x28\xb5\x2f\xfd', 'other'],
]
