// Values in a snapshot that not every engine reads, by the number of their RDB type, and which one does.

interface ForeignValue {
  readonly what: string
  readonly readBy: string
}

const REDIS_72 = 'Redis 7.2 or newer, Valkey 8 or newer, or --engine dragonfly'
const REDIS_74 = 'Redis 7.4 or newer'
const DRAGONFLY = '--engine dragonfly'

const VALUES: Readonly<Record<number, ForeignValue>> = {
  20: { what: 'a set as newer servers write it', readBy: REDIS_72 },
  21: { what: 'a stream as newer servers write it', readBy: REDIS_72 },
  22: { what: 'a hash whose fields expire', readBy: REDIS_74 },
  23: { what: 'a hash whose fields expire', readBy: REDIS_74 },
  24: { what: 'a hash whose fields expire', readBy: REDIS_74 },
  25: { what: 'a hash whose fields expire', readBy: REDIS_74 },
  30: { what: 'a JSON document', readBy: DRAGONFLY },
  31: { what: 'a hash whose fields expire', readBy: DRAGONFLY },
  32: { what: 'a set whose members expire', readBy: DRAGONFLY },
  33: { what: 'a Bloom filter', readBy: DRAGONFLY },
  34: { what: 'a Bloom filter', readBy: DRAGONFLY },
  35: { what: 'a count-min sketch', readBy: DRAGONFLY },
  36: { what: 'a top-k sketch or a cuckoo filter', readBy: DRAGONFLY },
  37: { what: 'a top-k sketch or a cuckoo filter', readBy: DRAGONFLY },
}

/** Undefined: no server that skyfly knows writes such a type. */
export const foreignValue = (type: number): ForeignValue | undefined => VALUES[type]
