import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { ENGINES } from '../../src/engines/table.js'
import { errorOf, SkyflyError } from '../../src/errors.js'
import { markPassedOver, passedOverMs } from '../../src/snapshots/passed-over.js'
import { judgeSnapshots, unreadableSnapshot } from '../../src/snapshots/snapshot.js'
import { listSnapshots } from '../../src/snapshots/snapshot-files.js'

function assertReadable(...asked: Parameters<typeof unreadableSnapshot>): void {
  const finding = unreadableSnapshot(...asked)
  if (finding !== undefined) throw errorOf(finding)
}

const file = (name: string, mtimeMs = 1, head: string | undefined = 'REDIS0009') => ({ name, mtimeMs, head })
const STAMPED = 'dump-2026-01-21T10:30:00-summary.dfs'

describe('the newest snapshot of a folder', () => {
  it.each([
    ['redis', 'an empty folder', [], [], 'none', undefined],
    ['redis', 'its own', [file('dump.rdb')], [], 'readable', 'dump.rdb'],
    ['dragonfly', 'the common one', [file('dump.rdb')], [], 'readable', 'dump.rdb'],
    ['valkey', 'its own since version 9', [file('dump.rdb', 1, 'VALKEY080')], [], 'readable', 'dump.rdb'],
    ['dragonfly', 'its own format', [file('dump-summary.dfs')], [], 'readable', 'dump-summary.dfs'],
    [
      'redis',
      'an older .dfs',
      [file('dump.rdb', 2), file('dump-summary.dfs', 1)],
      [],
      'readable',
      'dump.rdb',
    ],
    [
      'redis',
      'an older append-only file',
      [file('dump.rdb', 2), file('appendonlydir', 1, '')],
      [],
      'readable',
      'dump.rdb',
    ],
    [
      'redis',
      'an append-only file, asked for',
      [file('dump.rdb', 2), file('appendonlydir', 1, '')],
      ['--appendonly', 'yes'],
      'readable',
      'appendonlydir',
    ],
    [
      'dragonfly',
      'a newer copy of it under another name',
      [file('dump.rdb', 1), file('dump-backup.rdb', 2)],
      [],
      'readable',
      'dump.rdb',
    ],
    [
      'redis',
      'another name, asked for',
      [file('old.rdb')],
      ['--dbfilename', 'old.rdb'],
      'readable',
      'old.rdb',
    ],
    [
      'dragonfly',
      'its default name, asked for',
      [file(STAMPED)],
      ['--dbfilename=dump-{timestamp}'],
      'readable',
      STAMPED,
    ],
    [
      'dragonfly',
      'a copy of the same age',
      [file('copy.rdb', 2), file('dump.rdb', 2)],
      [],
      'readable',
      'dump.rdb',
    ],
  ] as const)('of %s is good: %s', (engine, _, files, args, kind, name) => {
    const verdict = judgeSnapshots(files, ENGINES[engine], args)
    expect(verdict.kind).toBe(kind)
    expect(verdict.kind === 'none' ? undefined : verdict.file).toBe(name)
  })

  it.each([
    [
      'redis',
      'a newer .dfs',
      [file('dump.rdb', 1), file('dump-summary.dfs', 2)],
      [],
      /Dragonfly's own format/,
      /--engine dragonfly/,
    ],
    ['valkey', 'only a .dfs', [file('dump-summary.dfs')], [], /Dragonfly's own format/, /--engine dragonfly/],
    [
      'dragonfly',
      'a time-stamped set',
      [file('dump.rdb', 1), file(STAMPED, 2)],
      [],
      /another name/,
      /--dbfilename=dump-\{timestamp\}/,
    ],
    [
      'redis',
      'a foreign file',
      [file('dump.rdb', 1, 'SQLite fo')],
      [],
      /does not begin like an RDB/,
      /move it away/,
    ],
    [
      'dragonfly',
      'an empty file',
      [file('dump.rdb', 1, '')],
      [],
      /does not begin like an RDB/,
      /move it away/,
    ],
    [
      'redis',
      'another name',
      [file('backup.rdb')],
      [],
      /another name than dump\.rdb/,
      /--dbfilename backup\.rdb/,
    ],
    [
      'dragonfly',
      'another name',
      [file('backup.rdb')],
      [],
      /another name than dump\.rdb/,
      /--dbfilename=backup/,
    ],
    [
      'redis',
      'a newer append-only file',
      [file('dump.rdb', 1), file('appendonlydir', 2, '')],
      [],
      /append-only/,
      /--appendonly yes/,
    ],
    [
      'dragonfly',
      'an append-only file',
      [file('appendonly.aof', 2, '')],
      [],
      /append-only/,
      /--engine redis/,
    ],
    [
      'redis',
      'a snapshot that --appendonly yes passes over',
      [file('dump.rdb')],
      ['--appendonly', 'yes'],
      /start empty/,
      /CONFIG SET appendonly yes/,
    ],
  ] as const)('of %s is refused: %s', (engine, _, files, args, reason, hint) => {
    const verdict = judgeSnapshots(files, ENGINES[engine], args)
    expect(verdict).toEqual({
      kind: 'refused',
      file: expect.any(String),
      reason: expect.stringMatching(reason),
      hint: expect.stringMatching(hint),
    })
  })

  it('of any engine is refused where this user may not read it', () => {
    const unreadable = { name: 'dump.rdb', mtimeMs: 1, head: undefined }
    expect(judgeSnapshots([unreadable], ENGINES.redis, [])).toMatchObject({
      kind: 'refused',
      reason: /may not read/,
    })
  })
})

describe('a data folder', () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'skyfly-snapshot-'))
  })
  afterEach(() => {
    rmSync(dir, { recursive: true })
  })
  const put = (name: string, content: string, seconds = 1000) => {
    writeFileSync(join(dir, name), content)
    utimesSync(join(dir, name), seconds, seconds)
  }

  it('that is missing holds no snapshot', () => {
    expect(listSnapshots(join(dir, 'nowhere'))).toEqual([])
  })

  it('tells finished snapshots from everything else in it', () => {
    put('dump.rdb', 'REDIS0011 and more')
    put('temp-12.rdb', 'REDIS')
    put('dump.rdb.tmp', 'REDIS')
    put('dump-0000.dfs', 'REDIS')
    put('dump-summary.dfs', 'REDIS0009')
    put('dump-0000.dfs', 'REDIS0009')
    put('notes.txt', '')
    put('appendonly.aof', '')
    mkdirSync(join(dir, 'appendonlydir'))
    mkdirSync(join(dir, 'folder.rdb'))
    expect(listSnapshots(dir)).toEqual([
      { name: 'dump-summary.dfs', mtimeMs: 1_000_000, head: 'REDIS0009' },
      { name: 'dump.rdb', mtimeMs: 1_000_000, head: 'REDIS0011' },
    ])
  })

  it('with an append-only folder is as new as the newest part that holds anything', () => {
    mkdirSync(join(dir, 'appendonlydir'))
    put('appendonlydir/appendonly.aof.1.base.rdb', 'REDIS', 1000)
    put('appendonlydir/appendonly.aof.1.incr.aof', '', 2000)
    expect(listSnapshots(dir)).toEqual([{ name: 'appendonlydir', mtimeMs: 1_000_000, head: '' }])
  })

  it('that would be passed over is refused by name, with the way out', () => {
    put('dump-summary.dfs', 'REDIS0009')
    put('dump-0000.dfs', 'REDIS0009')
    expect(() => assertReadable(ENGINES.redis, dir, { serverArgs: [] })).toThrow(SkyflyError)
    expect(() => assertReadable(ENGINES.redis, dir, { serverArgs: [] })).toThrow(
      `the newest data in ${dir} is dump-summary.dfs, which redis would not load: it is in Dragonfly's own format`,
    )
    expect(() => assertReadable(ENGINES.dragonfly, dir, { serverArgs: [] })).not.toThrow()
  })
})

describe('an append-only file that the servers since then did not write', () => {
  const APPEND_ONLY = ['--appendonly', 'yes']
  it.each([
    ['is refused beside the newer snapshot', 1, 3, 'refused'],
    ['is loaded where nothing newer was saved', 1, 1, 'readable'],
    ['is loaded once it has been written again', 3, 4, 'readable'],
  ])('%s', (_, aofMs, dumpMs, kind) => {
    const files = [file('appendonlydir', aofMs, ''), file('dump.rdb', dumpMs)]
    expect(judgeSnapshots(files, ENGINES.redis, APPEND_ONLY, 2)).toMatchObject({ kind })
  })

  it('is marked by a server that passes it over, and no more by one that loads it', () => {
    const dir = mkdtempSync(join(tmpdir(), 'skyfly-passed-over-'))
    onTestFinished(() => rmSync(dir, { recursive: true }))
    writeFileSync(join(dir, 'appendonly.aof'), 'data')
    markPassedOver(dir, ENGINES.dragonfly, [])
    expect(passedOverMs(dir)).toBeGreaterThan(0)
    markPassedOver(dir, ENGINES.redis, [...APPEND_ONLY])
    expect(passedOverMs(dir)).toBeUndefined()
  })
})

describe("a snapshot in Dragonfly's own format", () => {
  it.each([
    [['0000', '0001'], undefined],
    [['0000', '0002'], 'dump-0001.dfs'],
    [['0001'], 'dump-0000.dfs'],
    [[], 'dump-0000.dfs'],
  ])('with the shards %j is refused where one is missing', (shards, missing) => {
    const dir = mkdtempSync(join(tmpdir(), 'skyfly-shards-'))
    onTestFinished(() => rmSync(dir, { recursive: true }))
    for (const part of [...shards, 'summary']) writeFileSync(join(dir, `dump-${part}.dfs`), 'REDIS0009')
    const finding = unreadableSnapshot(ENGINES.dragonfly, dir, { serverArgs: [] })
    expect(finding?.what).toEqual(missing && expect.stringContaining(`${missing} is missing`))
  })
})
