import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { WriteStream } from 'node:tty'
import { describe, expect, it } from 'vitest'
import { run } from '../../src/cli/run.js'
import { cleanCache, inspectCache } from '../../src/operations/cache.js'
import type { Cache } from '../../src/servers/cache/cache.js'
import { MANIFEST_FILE } from '../../src/servers/cache/manifest.js'
import { withInstallLock } from '../../src/servers/install/install-lock.js'
import { buildTarget } from '../../src/system/platform.js'
import {
  asNobody,
  ID,
  install,
  PROGRAM,
  sha256,
  staged,
  temporaryCache,
  temporaryFolder,
} from '../servers/cache/entries.js'
import { isLinux, itOnPosix } from '../system.js'

const OLDER = { ...ID, version: '1.39.0' }
const DAY_MS = 86_400_000

const usedBefore = (cache: Cache, id: typeof ID, ms: number) => {
  const then = new Date(Date.now() - ms)
  utimesSync(join(cache.folderOf(id), MANIFEST_FILE), then, then)
}

describe('a look at the cache', () => {
  it('tells what is there, the newest first, and what was left', async () => {
    const cache = temporaryCache()
    await install(cache, OLDER)
    await install(cache)
    const stage = staged(cache)
    const { servers, leftovers } = await inspectCache(cache)
    expect(servers.map(({ version }) => version)).toEqual(['1.40.1', '1.39.0'])
    expect(servers[0]).toMatchObject({
      engine: 'dragonfly',
      target: 'linux-x64',
      dir: cache.folderOf(ID),
      state: 'ok',
      why: null,
      installedAt: '2026-01-21T10:30:00.000Z',
      verifiedBy: 'skyfly',
    })
    expect(servers[0]?.bytes).toBeGreaterThan('a program'.length + 'a licence\n'.length)
    expect(Date.now() - Date.parse(servers[0]?.lastUsedAt ?? '')).toBeLessThan(DAY_MS)
    expect(leftovers).toEqual([{ path: stage, bytes: expect.any(Number) }])
  })

  it('finds nothing where there is no cache yet', async () => {
    const cache = temporaryCache()
    rmSync(cache.dir, { recursive: true })
    expect(await inspectCache(cache)).toEqual({ dir: cache.dir, servers: [], leftovers: [] })
  })

  it('hashes what nobody seems to have touched only when told so', async () => {
    const cache = temporaryCache()
    await cache.publish(ID, staged(cache, ID, 'a program', { sha256: sha256('another') }))
    expect((await inspectCache(cache)).servers[0]?.state).toBe('ok')
    expect((await inspectCache(cache, { rehash: true })).servers[0]).toMatchObject({
      state: 'damaged',
      why: expect.stringContaining('has the sha256'),
    })
  })
})

describe('cleaning the cache', () => {
  it('removes every server and every leftover, and nothing of anybody else', async () => {
    const cache = temporaryCache()
    await install(cache)
    mkdirSync(cache.folderOf(OLDER))
    const stage = staged(cache)
    const strangers = ['dragonfly-1.40.1', 'notes.txt', 'redis-7.0.15', '.gitkeep']
    for (const name of strangers) mkdirSync(join(cache.dir, name))
    const { removed, kept, failed, freedBytes } = await cleanCache(cache)
    expect(removed.map(({ name }) => join(cache.dir, name))).toEqual([
      cache.folderOf(ID),
      cache.folderOf(OLDER),
      stage,
    ])
    expect(freedBytes).toBe(removed.reduce((sum, { bytes }) => sum + bytes, 0))
    expect({ kept, failed }).toEqual({ kept: [], failed: [] })
    expect(readdirSync(cache.dir).sort()).toEqual(strangers.sort())
  })

  it('keeps what was used lately, if only what is older is to go', async () => {
    const cache = temporaryCache()
    await install(cache)
    await install(cache, OLDER)
    usedBefore(cache, ID, 29 * DAY_MS)
    usedBefore(cache, OLDER, 31 * DAY_MS)
    const { removed, kept } = await cleanCache(cache, { olderThanMs: 30 * DAY_MS })
    expect(removed.map(({ name }) => name)).toEqual(['dragonfly-1.39.0-linux-x64'])
    expect(kept).toEqual([
      { name: 'dragonfly-1.40.1-linux-x64', why: 'it was used 29 d ago, less than 30 d' },
    ])
  })

  it('keeps what is being installed', async () => {
    const cache = temporaryCache()
    await install(cache)
    const lock = { file: cache.lockFile(ID), what: 'dragonfly 1.40.1', onWait: () => {} }
    await withInstallLock(lock, async () => {
      const stage = staged(cache)
      const { removed, kept } = await cleanCache(cache)
      expect(removed).toEqual([])
      expect(kept).toEqual([{ name: 'dragonfly-1.40.1-linux-x64', why: 'it is being installed' }])
      expect(readdirSync(stage)).toContain(PROGRAM)
    })
  })

  // Elsewhere no system tells which file a process runs.
  it.skipIf(process.platform !== 'linux')('keeps what runs, and says as which process', async () => {
    const cache = temporaryCache()
    const stage = staged(cache)
    copyFileSync('/bin/sleep', join(stage, PROGRAM))
    await cache.publish(ID, stage)
    const server = spawn(join(cache.folderOf(ID), PROGRAM), ['1000'], { stdio: 'ignore' })
    try {
      await once(server, 'spawn')
      const { removed, kept } = await cleanCache(cache)
      expect(removed).toEqual([])
      expect(kept).toEqual([{ name: 'dragonfly-1.40.1-linux-x64', why: `it runs (pid ${server.pid})` }])
    } finally {
      server.kill('SIGKILL')
      await once(server, 'exit')
    }
    expect((await cleanCache(cache)).kept).toEqual([])
  })

  itOnPosix('Windows has no seteuid')('tells what it may not remove', async () => {
    const cache = temporaryCache()
    await install(cache)
    const { removed, failed } = await asNobody(() => cleanCache(cache))
    expect(removed).toEqual([])
    expect(failed).toEqual([{ name: 'dragonfly-1.40.1-linux-x64', why: expect.stringContaining('EACCES') }])
  })
})

/** A command line on a cache. */
async function skyfly(cacheDir: string, ...argv: readonly string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const io = {
    stdout: stdout as unknown as WriteStream,
    stderr: stderr as unknown as WriteStream,
    env: { SKYFLY_CACHE_DIR: cacheDir },
    cwd: temporaryFolder,
  }
  const exitCode = await run(argv, io)
  stdout.end()
  stderr.end()
  return { exitCode, stdout: await text(stdout), stderr: await text(stderr) }
}

describe('skyfly cache', () => {
  it('path prints the folder for scripts, and the reason for people', async () => {
    const { dir } = temporaryCache()
    expect(await skyfly(dir, 'cache', 'path')).toEqual({
      exitCode: 0,
      stdout: `${dir}\n`,
      stderr: 'from SKYFLY_CACHE_DIR\n',
    })
    const json = await skyfly(dir, 'cache', 'path', '--json')
    expect(JSON.parse(json.stdout)).toEqual({ dir, why: 'from SKYFLY_CACHE_DIR' })
    expect(json.stderr).toBe('')
  })

  it('list shows a table, or JSON', async () => {
    const cache = temporaryCache()
    await install(cache)
    expect((await skyfly(cache.dir, 'cache', 'list')).stdout).toMatch(/^ENGINE .*\ndragonfly {2}1\.40\.1 /)
    const { servers } = JSON.parse((await skyfly(cache.dir, 'cache', 'list', '--json')).stdout)
    expect(servers).toEqual((await inspectCache(cache)).servers)
  })

  it('verify ends with 0 when all is well, and with 5 and the way out when not', async () => {
    const cache = temporaryCache()
    const id = { ...ID, target: buildTarget() }
    const { path } = await install(cache, id)
    expect(await skyfly(cache.dir, 'cache', 'verify')).toEqual({
      exitCode: 0,
      stdout: `dragonfly-1.40.1-${id.target}: ok\n`,
      stderr: '',
    })
    rmSync(path)
    expect(await skyfly(cache.dir, 'cache', 'verify')).toEqual({
      exitCode: 5,
      stdout: `dragonfly-1.40.1-${id.target}: damaged: its program ${PROGRAM} does not exist\n`,
      // Elsewhere it cannot be downloaded.
      stderr: `hint: skyfly install dragonfly@1.40.1${isLinux ? '' : ' --from FILE'} puts it right\n`,
    })
    expect((await skyfly(cache.dir, 'cache', 'verify', '--json')).exitCode).toBe(5)
  })

  it('verify does not take a newer or an unfinished one for damaged', async () => {
    const cache = temporaryCache()
    const { dir } = await install(cache)
    writeFileSync(join(dir, MANIFEST_FILE), '{"format": 2}')
    staged(cache)
    expect((await skyfly(cache.dir, 'cache', 'verify')).exitCode).toBe(0)
  })

  it('clean tells what it removed', async () => {
    const cache = temporaryCache()
    await install(cache)
    const { exitCode, stdout } = await skyfly(cache.dir, 'cache', 'clean', '--older-than', '0')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^removed dragonfly-1\.40\.1-linux-x64 \(\d.*\)\n.* freed in /)
    expect(readdirSync(cache.dir)).toEqual([])
  })

  itOnPosix('Windows has no seteuid')('clean ends with 5 when something cannot be removed', async () => {
    const cache = temporaryCache()
    await install(cache)
    const { exitCode, stdout } = await asNobody(() =>
      skyfly(cache.dir, 'cache', 'clean', '--older-than', '0'),
    )
    expect(exitCode).toBe(5)
    expect(stdout).toMatch(/^could not remove dragonfly-1\.40\.1-linux-x64: EACCES/)
  })

  it('clean --older-than reads lengths of time, and refuses anything else', async () => {
    const cache = temporaryCache()
    await install(cache)
    const { stdout } = await skyfly(cache.dir, 'cache', 'clean', '--older-than', '30d', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ removed: [], kept: [{ name: 'dragonfly-1.40.1-linux-x64' }] })
    const refused = await skyfly(cache.dir, 'cache', 'clean', '--older-than', 'soon')
    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).toBe(
      'skyfly: --older-than soon is not a length of time\nhint: write 30d, 12h or 90m\n',
    )
    expect(readdirSync(cache.dir)).toEqual(['dragonfly-1.40.1-linux-x64'])
  })
})
