// The numbers that mark the parts of an RDB file, and the error for a file that cannot be read or written.

/** The message says which snapshot cannot be read or written, and why. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError'
}

/** Marks of everything that is not a key. */
export const OPCODES = {
  function2: 245,
  functionPreGa: 246,
  moduleAux: 247,
  idle: 248,
  freq: 249,
  aux: 250,
  resizeDb: 251,
  expireMs: 252,
  expireSeconds: 253,
  selectDb: 254,
  end: 255,
  /** Only in files of Dragonfly: sticky keys, and the flags of memcached. */
  dragonflyMask: 220,
} as const

/** How a value is encoded. */
export const TYPES = {
  string: 0,
  list: 1,
  set: 2,
  zset: 3,
  hash: 4,
  zset2: 5,
  listZiplist: 10,
  setIntset: 11,
  zsetZiplist: 12,
  hashZiplist: 13,
  listQuicklist: 14,
  hashListpack: 16,
  zsetListpack: 17,
  listQuicklist2: 18,
  setListpack: 20,
} as const

/** In older files of Dragonfly the same number means a JSON document. */
export const FIRST_VERSION_WITH_SET_LISTPACK = 10

/** Values that this engine does not support, by the number of their type. */
export const UNSUPPORTED: Readonly<Record<number, string>> = {
  6: 'a value of a module',
  7: 'a value of a module',
  9: 'a hash as Redis before 2.6 wrote it (zipmap)',
  15: 'a stream',
  19: 'a stream',
  21: 'a stream',
  22: 'a hash whose fields expire',
  23: 'a hash whose fields expire',
  24: 'a hash whose fields expire',
  25: 'a hash whose fields expire',
  30: 'a JSON document of Dragonfly',
  31: 'a hash whose fields expire',
  32: 'a set whose members expire',
  33: 'a Bloom filter',
  34: 'a Bloom filter',
  35: 'a count-min sketch',
  36: 'a top-k sketch or a cuckoo filter of Dragonfly',
  37: 'a top-k sketch or a cuckoo filter of Dragonfly',
}

/** Forms of a length, by the two upper bits of its first byte or by the whole byte. */
export const LENGTHS = { six: 0, fourteen: 1, encoded: 3, thirtyTwo: 0x80, sixtyFour: 0x81 } as const

/** Strings that are not written as plain bytes, by their first byte. */
export const ENCODED = { int8: 0xc0, int16: 0xc1, int32: 0xc2, lzf: 0xc3 } as const

/** Forms of a list's pieces. */
export const CONTAINERS = { plain: 1, packed: 2 } as const
