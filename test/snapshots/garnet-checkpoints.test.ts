import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ENGINES } from '../../src/engines/table.js'
import { errorOf } from '../../src/errors.js'
import { listCheckpoints } from '../../src/snapshots/garnet-checkpoints.js'
import { unreadableSnapshot } from '../../src/snapshots/snapshot.js'
import { listSnapshots } from '../../src/snapshots/snapshot-files.js'

function assertReadable(...asked: Parameters<typeof unreadableSnapshot>): void {
  const finding = unreadableSnapshot(...asked)
  if (finding !== undefined) throw errorOf(finding)
}

const GUID = '1b4e28ba-2fa1-11d2-883f-0016d3cca427'
const OTHER = '6fa459ea-ee8a-3ca4-894e-db77e160355e'

describe('the checkpoints in a data folder of Garnet', () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'skyfly-checkpoints-'))
  })
  afterEach(() => {
    rmSync(dir, { recursive: true })
  })
  const put = (name: string, content: string, seconds = 1000) => {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), content)
    utimesSync(join(dir, name), seconds, seconds)
  }
  const putCheckpoint = (guid: string, { seconds = 1000, store = 'Store', folder = 'checkpoints' } = {}) => {
    put(`${store}/${folder}/index-checkpoints/${guid}/ht.dat.0`, 'index', seconds)
    put(`${store}/${folder}/cpr-checkpoints/${guid}/snapshot.dat.0`, 'data', seconds)
    put(`${store}/${folder}/cpr-checkpoints/${guid}/info.dat.0`, 'info', seconds)
  }

  it('are none where there is no folder', () => {
    expect(listCheckpoints(join(dir, 'nowhere'))).toEqual([])
  })

  it('are as large as all their files, and as new as the newest', () => {
    putCheckpoint(GUID)
    put(`Store/checkpoints/cpr-checkpoints/${GUID}/info.dat.0`, 'info', 2000)
    expect(listCheckpoints(dir)).toEqual([
      {
        name: `checkpoint ${GUID}`,
        paths: ['cpr-checkpoints', 'index-checkpoints'].map(part =>
          join(dir, 'Store', 'checkpoints', part, GUID),
        ),
        bytes: 13,
        mtimeMs: 2_000_000,
        inode: expect.any(Number),
      },
    ])
  })

  it('are found for every database, and for the objects of version 1', () => {
    putCheckpoint(GUID, { folder: 'checkpoints_3' })
    putCheckpoint(OTHER, { store: 'ObjectStore' })
    expect(listCheckpoints(dir).map(({ name }) => name)).toEqual([
      `checkpoint ${GUID}`,
      `checkpoint ${OTHER}`,
    ])
  })

  it.each([
    [
      'only its index is there',
      (guid: string) => put(`Store/checkpoints/index-checkpoints/${guid}/ht.dat.0`, 'x'),
    ],
    [
      'its last file is missing',
      (guid: string) => put(`Store/checkpoints/cpr-checkpoints/${guid}/snapshot.dat.0`, 'x'),
    ],
    [
      'its last file is empty',
      (guid: string) => put(`Store/checkpoints/cpr-checkpoints/${guid}/info.dat.0`, ''),
    ],
  ])('are unfinished while %s', (_, make) => {
    make(GUID)
    expect(listCheckpoints(dir).map(({ name }) => name)).toEqual([`unfinished checkpoint ${GUID}`])
    expect(listSnapshots(dir)).toEqual([])
  })

  it('are started from by Garnet, and by nobody else', () => {
    putCheckpoint(GUID)
    expect(() => assertReadable(ENGINES.garnet, dir, { serverArgs: [] })).not.toThrow()
    for (const engine of ['dragonfly', 'valkey', 'redis', 'memurai', 'embedded'] as const)
      expect(() => assertReadable(ENGINES[engine], dir, { serverArgs: [] })).toThrow(
        expect.objectContaining({
          message: `the newest data in ${dir} is checkpoint ${GUID}, which ${engine} would not load: only Garnet reads its checkpoints`,
          hint: 'use --engine garnet, or use another folder with --dir',
        }),
      )
  })

  it('are passed over for an older engine when its snapshot is newer, and the other way round', () => {
    putCheckpoint(GUID, { seconds: 1000 })
    put('dump.rdb', 'REDIS0011', 2000)
    expect(() => assertReadable(ENGINES.redis, dir, { serverArgs: [] })).not.toThrow()
    expect(() => assertReadable(ENGINES.garnet, dir, { serverArgs: [] })).toThrow(
      /dump\.rdb, which garnet would not load: it is a snapshot of Redis or Dragonfly/,
    )
    putCheckpoint(OTHER, { seconds: 3000 })
    expect(() => assertReadable(ENGINES.garnet, dir, { serverArgs: [] })).not.toThrow()
    expect(() => assertReadable(ENGINES.redis, dir, { serverArgs: [] })).toThrow(/only Garnet reads/)
  })

  it('are not started without: --recover false is refused', () => {
    putCheckpoint(GUID)
    expect(() => assertReadable(ENGINES.garnet, dir, { serverArgs: ['--recover', 'false'] })).toThrow(
      /told not to recover/,
    )
  })

  it.each([
    ['dump-summary.dfs', /Dragonfly's own format/],
    ['appendonly.aof', /append-only file/],
  ])('are not what %s is, so Garnet refuses it', (name, reason) => {
    put(name, 'REDIS0009')
    expect(() => assertReadable(ENGINES.garnet, dir, { serverArgs: [] })).toThrow(reason)
  })
})
