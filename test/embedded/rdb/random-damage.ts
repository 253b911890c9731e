// A snapshot whose bytes are changed by chance, loaded again and again.
import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Embedded } from '../../../src/embedded/embedded.js'
import { loadSnapshot, SnapshotError } from '../../../src/embedded/rdb/snapshot.js'
import { DEFAULTS } from '../compare-with-redis.js'
import { everything } from './rdb-cases.js'
import { bytes, SnapshotFolder, summed } from './rdb-file.js'

export function describeRandomDamage(rounds: number): void {
  describe('a file that is damaged by chance', () => {
    it('never crashes, hangs or takes memory without end, whatever its bytes are', async () => {
      const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
      const next = randomFrom(seed)
      const original = everything()
      const before = process.memoryUsage().rss
      using folder = new SnapshotFolder()
      const engine = new Embedded({ ...DEFAULTS, dir: folder.dir, dbfilename: 'dump.rdb' })
      let refused = 0
      for (let round = 0; round < rounds; round++) {
        const file = broken(original, next)
        // Half of them without a checksum, so that the damage gets further.
        writeFileSync(
          folder.path,
          round % 2 === 0 && file.length > 17 ? summed(file, { isSummed: false }) : file,
        )
        for (const db of engine.databases) db.clear()
        const started = performance.now()
        const error = await loadSnapshot(engine).then(
          () => undefined,
          (problem: unknown) => problem,
        )
        const told = `seed ${seed}, round ${round}: ${String(error)}`
        if (error !== undefined) {
          refused++
          expect(error instanceof SnapshotError ? '' : told).toBe('')
          expect(error instanceof Error && error.cause instanceof SnapshotError ? '' : told).toBe('')
          expect(engine.databases.map(db => db.size)).toEqual(engine.databases.map(() => 0))
        }
        expect(performance.now() - started < 2000 ? '' : told).toBe('')
      }
      expect(refused).toBeGreaterThan(rounds / 2)
      expect(process.memoryUsage().rss - before).toBeLessThan(500 * 1024 * 1024)
    }, 120_000)
  })
}

function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b_79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** A copy with some bytes changed, cut off, doubled or left out. */
function broken(file: Buffer, next: (below: number) => number): Buffer {
  const copy = Buffer.from(file)
  for (let count = next(6); count >= 0; count--) {
    const at = next(copy.length)
    copy[at] = [next(256), 0xff, 0, (copy[at] ?? 0) ^ (1 << next(8))][next(4)] ?? 0
  }
  const [from, to] = [next(copy.length), next(copy.length)]
  const how = next(6)
  if (how === 0) return copy.subarray(0, from)
  if (how === 1) return bytes(copy.subarray(0, from), copy.subarray(to))
  return copy
}
