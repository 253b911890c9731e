import { describe, expect, it } from 'vitest'
import { Embedded } from '../../../src/embedded/embedded.js'
import { isDue, SAVE_POINTS_TEXT } from '../../../src/embedded/rdb/save-points.js'
import { DEFAULTS } from '../compare-with-redis.js'

describe('a snapshot that nobody asks for', () => {
  const due = (seconds: number, changes: number, config = {}) => {
    const engine = new Embedded({ ...DEFAULTS, dbfilename: 'dump.rdb', ...config })
    engine.dirty = changes
    engine.lastSaveAt = 0
    return isDue(engine, seconds * 1_000)
  }

  it.each([
    ['after a minute with ten thousand changes', 61, 10_000, true],
    ['not before', 59, 10_000, false],
    ['not with fewer', 61, 9_999, false],
    ['after five minutes with a hundred', 301, 100, true],
    ['after an hour with one', 3_601, 1, true],
    ['never without any', 1_000_000, 0, false],
  ])('is written %s', (_, seconds, changes, isWritten) => {
    expect(due(seconds, changes)).toBe(isWritten)
  })

  it('is not written by a server without a file for it, or one that is not to save', () => {
    expect(due(3_601, 1, { dbfilename: '' })).toBe(false)
    expect(due(3_601, 1, { savesAtStop: false })).toBe(false)
  })

  it('comes by the save points of Redis', () => {
    expect(SAVE_POINTS_TEXT).toBe('3600 1 300 100 60 10000')
  })
})
