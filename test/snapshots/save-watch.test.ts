import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ENGINES } from '../../src/engines/table.js'
import { SaveWatch } from '../../src/snapshots/save-watch.js'

const GUID = '1b4e28ba-2fa1-11d2-883f-0016d3cca427'
const OTHER = '6fa459ea-ee8a-3ca4-894e-db77e160355e'

describe('a watch on a data folder', () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'skyfly-saving-'))
  })
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true })
  })
  const put = (name: string, content: string, seconds = 1000) => {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), content)
    utimesSync(join(dir, name), seconds, seconds)
  }
  const putCheckpoint = (guid: string, { info = 'info', seconds = 1000, store = 'Store' } = {}) => {
    put(`${store}/checkpoints/index-checkpoints/${guid}/ht.dat.0`, 'index', seconds)
    put(`${store}/checkpoints/cpr-checkpoints/${guid}/snapshot.dat.0`, 'data', seconds)
    if (info !== '') put(`${store}/checkpoints/cpr-checkpoints/${guid}/info.dat.0`, info, seconds)
  }
  const removeCheckpoint = (guid: string) => {
    for (const part of ['cpr', 'index'])
      rmSync(join(dir, 'Store', 'checkpoints', `${part}-checkpoints`, guid), { recursive: true })
  }

  it('sees the snapshot that was finished since, and none before', () => {
    put('dump.rdb', 'REDIS old', 1000)
    const watch = new SaveWatch(dir, ENGINES.redis)
    expect(watch.saved()).toBeUndefined()
    put('temp-12.rdb', 'REDIS new one', 2000)
    expect(watch.saved()).toBeUndefined()
    renameSync(join(dir, 'temp-12.rdb'), join(dir, 'dump.rdb'))
    expect(watch.saved()).toEqual({
      file: 'dump.rdb',
      bytes: 13,
      mtimeMs: 2_000_000,
      inode: expect.any(Number),
    })
  })

  it('takes no older snapshot for a new one when the newest goes', () => {
    put('dump.rdb', 'REDIS', 2000)
    put('copy.rdb', 'REDIS', 1000)
    const watch = new SaveWatch(dir, ENGINES.redis)
    rmSync(join(dir, 'dump.rdb'))
    expect(watch.saved()).toBeUndefined()
  })

  it('counts a whole set in the format of Dragonfly', () => {
    const watch = new SaveWatch(dir, ENGINES.dragonfly)
    put('dump-0000.dfs', '12345')
    put('dump-0001.dfs', '1234')
    put('dump-summary.dfs', '123', 2000)
    expect(watch.saved()).toMatchObject({ file: 'dump-summary.dfs', bytes: 12 })
  })

  it('does not count shards that stay from an earlier save with more threads', () => {
    put('dump-0002.dfs', 'stale')
    const watch = new SaveWatch(dir, ENGINES.dragonfly)
    put('dump-0000.dfs', '12345')
    put('dump-summary.dfs', '123', 2000)
    expect(watch.saved()).toMatchObject({ file: 'dump-summary.dfs', bytes: 8 })
  })

  it('makes progress while something is written, and knows how much', () => {
    const watch = new SaveWatch(dir, ENGINES.redis)
    expect(watch.look()).toEqual({ progress: false, bytes: 0 })
    put('temp-12.rdb', 'REDIS')
    expect(watch.look()).toEqual({ progress: true, bytes: 5 })
  })

  it('removes what was unfinished, and nothing that was there before', () => {
    put('temp-1.rdb', 'old')
    const watch = new SaveWatch(dir, ENGINES.redis)
    put('temp-2.rdb', 'REDIS')
    watch.removeUnfinished()
    expect(readdirSync(dir)).toEqual(['temp-1.rdb'])
  })

  it('sees a checkpoint of Garnet as saved when its last file is there', () => {
    putCheckpoint(GUID)
    const watch = new SaveWatch(dir, ENGINES.garnet)
    putCheckpoint(OTHER, { info: '', seconds: 2000 })
    expect(watch.saved()).toBeUndefined()
    putCheckpoint(OTHER, { seconds: 2000 })
    removeCheckpoint(GUID)
    expect(watch.saved()).toEqual({
      file: `checkpoint ${OTHER}`,
      bytes: 13,
      mtimeMs: 2_000_000,
      inode: expect.any(Number),
    })
  })

  it('sees nothing saved when Garnet said OK and wrote no checkpoint', () => {
    putCheckpoint(GUID)
    expect(new SaveWatch(dir, ENGINES.garnet).saved()).toBeUndefined()
  })

  it('counts the checkpoints of all stores', () => {
    const watch = new SaveWatch(dir, ENGINES.garnet)
    putCheckpoint(GUID)
    putCheckpoint(OTHER, { store: 'ObjectStore', seconds: 2000 })
    expect(watch.saved()).toMatchObject({ file: `checkpoint ${OTHER}`, bytes: 26 })
  })

  it('makes progress while a checkpoint grows, and removes it when it never ends', () => {
    putCheckpoint(GUID, { info: '' })
    const watch = new SaveWatch(dir, ENGINES.garnet)
    expect(watch.look()).toEqual({ progress: false, bytes: 0 })
    putCheckpoint(OTHER, { info: '' })
    expect(watch.look()).toEqual({ progress: true, bytes: 9 })
    watch.removeUnfinished()
    expect(readdirSync(join(dir, 'Store', 'checkpoints', 'cpr-checkpoints'))).toEqual([GUID])
    expect(readdirSync(join(dir, 'Store', 'checkpoints', 'index-checkpoints'))).toEqual([GUID])
  })

  it.each(['dragonfly', 'valkey', 'redis', 'memurai', 'embedded'] as const)(
    'of %s looks at no checkpoint of Garnet',
    engine => {
      const watch = new SaveWatch(dir, ENGINES[engine])
      putCheckpoint(GUID)
      expect(watch.saved()).toBeUndefined()
      expect(watch.look().progress).toBe(false)
    },
  )

  it('on a folder that is gone has saved nothing', () => {
    const watch = new SaveWatch(dir, ENGINES.garnet)
    rmSync(dir, { recursive: true })
    expect([watch.look(), watch.saved()]).toEqual([{ progress: false, bytes: 0 }, undefined])
  })
})
