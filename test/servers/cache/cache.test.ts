import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Cache, type Entry } from '../../../src/servers/cache/cache.js'
import { MANIFEST_FILE, type Manifest, manifestText, stampOf } from '../../../src/servers/cache/manifest.js'
import { publishFolder } from '../../../src/servers/cache/publish.js'
import { withInstallLock } from '../../../src/servers/install/install-lock.js'
import { isWindows, itOnPosix } from '../../system.js'
import { asNobody, ID, install, PROGRAM, sha256, staged, temporaryCache, temporaryFolder } from './entries.js'

const OLD = new Date('2026-01-01T00:00:00Z')

const manifestFile = ({ dir }: Entry) => join(dir, MANIFEST_FILE)
const manifestIn = (entry: Entry): Manifest => JSON.parse(readFileSync(manifestFile(entry), 'utf8'))
const rewrite = (entry: Entry, more: Partial<Manifest>) =>
  writeFileSync(manifestFile(entry), manifestText({ ...entry.manifest, ...more }))

function replaceFolder(folder: string): void {
  rmSync(folder, { recursive: true })
  writeFileSync(folder, '')
}

/** The same cache on another machine: other inodes and times. */
function restored(cache: Cache): Cache {
  const copy = join(temporaryFolder(), 'copy')
  cpSync(cache.dir, copy, { recursive: true })
  return new Cache(copy)
}

const NOT_EXECUTABLE: [string, (path: string) => void, RegExp] = [
  'may not be executed',
  path => chmodSync(path, 0o644),
  /may not be executed by this user$/,
]

describe('what is in the cache', () => {
  it('is missing where there is no folder, or not even a cache', async () => {
    expect(await temporaryCache().lookup(ID)).toEqual({ kind: 'missing' })
    expect(await new Cache(join(temporaryFolder(), 'none')).lookup(ID)).toEqual({ kind: 'missing' })
  })

  it('is found as it was published', async () => {
    const cache = temporaryCache()
    const entry = await install(cache)
    expect(entry.path).toBe(join(cache.dir, 'dragonfly-1.40.1-linux-x64', PROGRAM))
    expect(await cache.lookup(ID)).toEqual({ kind: 'ok', entry })
  })

  it.each<[string, (entry: Entry) => void, RegExp]>([
    ['has no manifest', entry => rmSync(manifestFile(entry)), /^it has no manifest$/],
    [
      'has half a manifest',
      entry => truncateSync(manifestFile(entry), 90),
      /^its manifest is no JSON object$/,
    ],
    [
      'has the manifest of another version',
      entry => rewrite(entry, { version: '1.39.0' }),
      /^its manifest is that of dragonfly-1\.39\.0-linux-x64$/,
    ],
    [
      'leads out of its folder',
      entry => rewrite(entry, { program: '../../bin/sh' }),
      /^its manifest has no valid program$/,
    ],
    [
      'has a folder for a manifest',
      entry => {
        rmSync(manifestFile(entry))
        mkdirSync(manifestFile(entry))
      },
      /^its manifest cannot be read \(EISDIR\)$/,
    ],
    [
      'is a file',
      ({ dir }) => {
        rmSync(dir, { recursive: true })
        writeFileSync(dir, '')
      },
      // Windows says ENOENT.
      /^its manifest cannot be read \(ENOTDIR\)$|^it has no manifest$/,
    ],
  ])('is garbage if it %s', async (_, spoil, why) => {
    const cache = temporaryCache()
    spoil(await install(cache))
    expect(await cache.lookup(ID)).toEqual({ kind: 'garbage', why: expect.stringMatching(why) })
  })

  it.each<[string, (path: string) => void, RegExp]>([
    [
      'has a flipped byte',
      path => writeFileSync(path, 'a prograM'),
      /^its program dragonfly-x86_64 has the sha256 [\da-f]{64} instead of [\da-f]{64}$/,
    ],
    ['was cut off', path => truncateSync(path, 3), /has 3 bytes instead of 9$/],
    ['is gone', path => rmSync(path), /does not exist$/],
    // To Windows every file may be executed.
    ...(isWindows ? [] : [NOT_EXECUTABLE]),
  ])('is damaged if its program %s', async (_, spoil, why) => {
    const cache = temporaryCache()
    const entry = await install(cache)
    // The clock of the kernel ticks every few milliseconds.
    while (statSync(entry.path, { throwIfNoEntry: false })?.ctimeMs === entry.manifest.stamp.ctimeMs)
      spoil(entry.path)
    expect(await cache.lookup(ID)).toEqual({ kind: 'damaged', why: expect.stringMatching(why), entry })
  })

  describe('with a library beside its program', () => {
    const LIBRARY = { name: 'lib/cygwin1.dll', bytes: 9, sha256: sha256('a library') }
    const installed = async (cache: Cache) => {
      const stage = staged(cache, ID, 'a program', { files: [LIBRARY] })
      mkdirSync(join(stage, 'lib'))
      writeFileSync(join(stage, LIBRARY.name), 'a library')
      return cache.publish(ID, stage)
    }

    it.each<[string, (path: string) => void, RegExp]>([
      ['is gone', path => rmSync(path), /^its file lib\/cygwin1\.dll does not exist$/],
      ['was cut off', path => truncateSync(path, 3), /^its file .* has 3 bytes instead of 9$/],
      [
        'is behind what is no folder',
        path => replaceFolder(join(path, '..')),
        /^its file .*(does not exist|ENOTDIR)/,
      ],
    ])('is damaged if that %s', async (_, spoil, why) => {
      const cache = temporaryCache()
      const entry = await installed(cache)
      spoil(join(entry.dir, LIBRARY.name))
      expect(await cache.lookup(ID)).toEqual({ kind: 'damaged', why: expect.stringMatching(why), entry })
    })

    it('shows a flipped byte in it when all is hashed', async () => {
      const cache = temporaryCache()
      const entry = await installed(cache)
      expect(await cache.lookup(ID, { rehash: true })).toMatchObject({ kind: 'ok' })
      writeFileSync(join(entry.dir, LIBRARY.name), 'a librarY')
      expect(await cache.lookup(ID, { rehash: true })).toEqual({
        kind: 'damaged',
        why: expect.stringMatching(/^its file lib\/cygwin1\.dll has the sha256 [\da-f]{64} instead of /),
        entry,
      })
    })
  })

  it('of a newer skyfly says what to do', async () => {
    const cache = temporaryCache()
    const entry = await install(cache)
    writeFileSync(manifestFile(entry), '{"format": 2}')
    expect(await cache.lookup(ID)).toEqual({
      kind: 'newer',
      error: expect.objectContaining({
        code: 'download',
        message: `${entry.dir} was made by a newer skyfly (format 2)`,
        hint: 'update skyfly, or use another cache: SKYFLY_CACHE_DIR=FOLDER',
      }),
    })
  })

  it('is not hashed as long as its file is the one that was hashed', async () => {
    const cache = temporaryCache()
    const entry = await install(cache)
    rewrite(entry, { sha256: sha256('another program') })
    expect((await cache.lookup(ID)).kind).toBe('ok')
  })

  it('that a failing disk changed is damaged for every start, once a rehash saw it', async () => {
    const cache = temporaryCache()
    rewrite(await install(cache), { sha256: sha256('what was there') })
    expect((await cache.lookup(ID, { rehash: true })).kind).toBe('damaged')
    expect((await cache.lookup(ID)).kind).toBe('damaged')
  })
})

describe('a cache that was copied or restored', () => {
  it('is hashed once', async () => {
    const original = temporaryCache()
    await install(original)
    const cache = restored(original)
    const found = await cache.lookup(ID)
    if (found.kind !== 'ok') throw new Error(found.kind)
    expect(manifestIn(found.entry).stamp).toEqual(stampOf(found.entry.path))
    expect(manifestIn(found.entry).stamp).not.toEqual(found.entry.manifest.stamp)
    expect(readdirSync(found.entry.dir).sort()).toEqual(['LICENSE.md', PROGRAM, MANIFEST_FILE].sort())
  })

  it('was not used by that', async () => {
    const original = temporaryCache()
    const entry = await install(original)
    const cache = restored(original)
    const file = join(cache.folderOf(entry.id), MANIFEST_FILE)
    utimesSync(file, OLD, OLD)
    await cache.lookup(ID)
    expect(statSync(file).mtime).toEqual(OLD)
  })

  itOnPosix('Windows has no seteuid')('serves a user who may only read it', async () => {
    const original = temporaryCache()
    await install(original)
    const cache = restored(original)
    const file = join(cache.folderOf(ID), MANIFEST_FILE)
    const before = readFileSync(file, 'utf8')
    await asNobody(async () => {
      const found = await cache.lookup(ID)
      if (found.kind !== 'ok') throw new Error(found.kind)
      expect(cache.use(found.entry).path).toBe(found.entry.path)
    })
    expect(readFileSync(file, 'utf8')).toBe(before)
    expect(readdirSync(cache.folderOf(ID))).toHaveLength(3)
  })
})

describe('a program that is used', () => {
  it('is told as it was asked, without being run', async () => {
    const cache = temporaryCache()
    const entry = await install(cache)
    expect(cache.use(entry)).toEqual({
      engine: 'dragonfly',
      path: entry.path,
      version: '1.40.1',
      flags: new Set(['port', 'df_snapshot_format']),
    })
  })

  it('has the version it was published as, and unknown flags, where it tells neither', async () => {
    const cache = temporaryCache()
    const entry = await cache.publish(ID, staged(cache, ID, 'mute', { reportedVersion: null, flags: null }))
    expect(cache.use(entry)).toMatchObject({ version: '1.40.1', flags: undefined })
  })

  it('has the version that it was asked for by, which a program may tell without its suffix', async () => {
    const cache = temporaryCache()
    const id = { ...ID, version: '1.41.0-rc1' }
    const entry = await cache.publish(id, staged(cache, id, 'not yet', { reportedVersion: '1.41.0' }))
    expect(cache.use(entry).version).toBe('1.41.0-rc1')
  })

  it('was last used now', async () => {
    const cache = temporaryCache()
    const entry = await install(cache)
    utimesSync(manifestFile(entry), OLD, OLD)
    cache.use(entry)
    expect(statSync(manifestFile(entry)).mtimeMs).toBeGreaterThan(OLD.getTime() + 1)
    expect((await cache.lookup(ID)).kind).toBe('ok')
  })
})

describe('publishing', () => {
  it('lets other users run what root installed', async () => {
    const cache = temporaryCache()
    await install(cache)
    const found = await asNobody(() => cache.lookup(ID))
    expect(found.kind).toBe('ok')
  })

  it.each<[string, (place: string) => void]>([
    ['an empty folder', place => mkdirSync(place)],
    ['a folder without a manifest', place => mkdirSync(join(place, 'inner'), { recursive: true })],
    ['a file', place => writeFileSync(place, '')],
    ['a link to nowhere', place => symlinkSync('nowhere', place)],
  ])('replaces %s', async (_, block) => {
    const cache = temporaryCache()
    block(cache.folderOf(ID))
    const entry = await install(cache)
    expect(await cache.lookup(ID)).toEqual({ kind: 'ok', entry })
    expect(readdirSync(cache.dir)).toEqual(['dragonfly-1.40.1-linux-x64'])
  })

  it('replaces a link, and not what it leads to', async () => {
    const cache = temporaryCache()
    const elsewhere = temporaryFolder()
    writeFileSync(join(elsewhere, 'mine'), '')
    symlinkSync(elsewhere, cache.folderOf(ID))
    await install(cache)
    expect(readdirSync(elsewhere)).toEqual(['mine'])
  })

  it('replaces what is damaged, and what came from another archive', async () => {
    const cache = temporaryCache()
    rmSync((await install(cache)).path)
    await install(cache)
    expect((await cache.lookup(ID)).kind).toBe('ok')
    const entry = await cache.publish(
      ID,
      staged(cache, ID, 'a program', { archiveSha256: sha256('another') }),
    )
    expect(entry.manifest.archiveSha256).toBe(sha256('another'))
    expect(readdirSync(cache.dir)).toEqual(['dragonfly-1.40.1-linux-x64'])
  })

  it('leaves the same program alone, which a server may be starting from', async () => {
    const cache = temporaryCache()
    const { ino } = statSync((await install(cache)).path)
    const entry = await install(cache)
    expect(statSync(entry.path).ino).toBe(ino)
    expect(readdirSync(cache.dir)).toEqual(['dragonfly-1.40.1-linux-x64'])
  })

  it('does not replace what a newer skyfly made', async () => {
    const cache = temporaryCache()
    writeFileSync(manifestFile(await install(cache)), '{"format": 2}')
    await expect(install(cache)).rejects.toThrow('was made by a newer skyfly')
    expect((await cache.lookup(ID)).kind).toBe('newer')
  })

  it('works for twenty at a time, over something damaged', async () => {
    const cache = temporaryCache()
    rmSync((await install(cache)).path)
    const stages = Array.from({ length: 20 }, () => staged(cache))
    const entries = await Promise.all(stages.map(stage => cache.publish(ID, stage)))
    for (const { path } of entries) expect(readFileSync(path, 'utf8')).toBe('a program')
    expect(readdirSync(cache.dir)).toEqual(['dragonfly-1.40.1-linux-x64'])
  })

  it.runIf(process.getuid?.() === 0)(
    'is not tried again where it is refused and nothing is in the way',
    async () => {
      const folder = temporaryFolder()
      // Of another user's folder in it, nobody else may change the name.
      chmodSync(folder, 0o1777)
      const stage = join(folder, 'stage')
      mkdirSync(stage)
      let asked = 0
      const mayStay = async () => {
        asked += 1
        return false
      }
      await asNobody(async () => {
        const names = { stage, place: join(folder, 'place'), aside: join(folder, 'aside') }
        await expect(publishFolder({ ...names, mayStay })).rejects.toMatchObject({ code: 'EPERM' })
      })
      expect(asked).toBe(0)
    },
  )

  // Elsewhere nothing keeps a folder from being renamed.
  if (isWindows)
    it('ends at once when it is interrupted while another program holds the folder', async () => {
      const folder = temporaryFolder()
      const stage = join(folder, 'stage')
      mkdirSync(stage)
      // A folder that a process works in cannot be renamed.
      const holder = spawn(process.execPath, ['-e', 'console.log(1); process.stdin.resume()'], { cwd: stage })
      try {
        await once(holder.stdout, 'data')
        const names = { stage, place: join(folder, 'place'), aside: join(folder, 'aside') }
        const signal = AbortSignal.abort(new Error('interrupted'))
        const published = publishFolder({ ...names, mayStay: async () => false, signal })
        await expect(published).rejects.toThrow('interrupted')
      } finally {
        holder.kill()
        await once(holder, 'close')
      }
    })

  itOnPosix('Windows has no seteuid')('in a folder that may only be read says so', async () => {
    const cache = temporaryCache()
    await asNobody(async () => {
      expect(() => cache.stage(ID)).toThrow(
        expect.objectContaining({
          code: 'download',
          message: expect.stringContaining(`the cache ${cache.dir} cannot be written: EACCES`),
          hint: 'use another folder: SKYFLY_CACHE_DIR=FOLDER',
        }),
      )
    })
  })
})

describe('what killed installations left', () => {
  const lockOf = (cache: Cache) => ({ file: cache.lockFile(ID), what: 'dragonfly 1.40.1', onWait: () => {} })
  /** A process that cannot live any more: its boot is over. */
  const deadLock = (cache: Cache, id = ID) => {
    const lock = { pid: 1, identity: 'another boot:1', space: '', since: OLD.toISOString(), token: 'a' }
    writeFileSync(cache.lockFile(id), JSON.stringify(lock))
    utimesSync(cache.lockFile(id), OLD, OLD)
  }

  it('is swept, and nothing else', async () => {
    const cache = temporaryCache()
    const other = { ...ID, version: '1.39.0' }
    await install(cache)
    staged(cache)
    staged(cache, other)
    deadLock(cache)
    const strangers = [
      'notes.lock',
      'dragonfly-1.40.1-linux-x64.partial-',
      'x.partial-1-0e984725',
      'CACHEDIR.TAG',
    ]
    for (const name of strangers) writeFileSync(join(cache.dir, name), '')
    await cache.sweep()
    expect(readdirSync(cache.dir).sort()).toEqual([...strangers, 'dragonfly-1.40.1-linux-x64'].sort())
  })

  it('is not what belongs to an installation that goes on', async () => {
    const cache = temporaryCache()
    await withInstallLock(lockOf(cache), async () => {
      const stage = staged(cache)
      await cache.sweep()
      expect(existsSync(stage)).toBe(true)
      expect(existsSync(cache.lockFile(ID))).toBe(true)
    })
  })

  it('is also what is left of the own build, once one has its lock', async () => {
    const cache = temporaryCache()
    const stage = staged(cache)
    await withInstallLock(lockOf(cache), async () => {
      await cache.sweep(ID)
      expect(existsSync(stage)).toBe(false)
      expect(existsSync(cache.lockFile(ID))).toBe(true)
    })
  })

  it('is not the folder of a living process that was taken for dead', async () => {
    const cache = temporaryCache()
    const stage = `${cache.folderOf(ID)}.partial-${process.ppid}-0e984725`
    mkdirSync(stage)
    await withInstallLock(lockOf(cache), async () => {
      await cache.sweep(ID)
      expect(existsSync(stage)).toBe(true)
    })
    await cache.sweep()
    expect(existsSync(stage)).toBe(false)
  })

  itOnPosix('Windows has no seteuid')('may stay where it is not to be removed', async () => {
    const cache = temporaryCache()
    const stage = staged(cache)
    await asNobody(() => cache.sweep())
    expect(await cache.leftovers()).toEqual([stage])
  })
})

describe('removing', () => {
  it('takes the whole folder out, and is no error where there is none', async () => {
    const cache = temporaryCache()
    await install(cache)
    await cache.remove(ID)
    await cache.remove(ID)
    expect(readdirSync(cache.dir)).toEqual([])
  })
})
