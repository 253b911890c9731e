import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cacheFolder, makeCacheFolder } from '../../../src/servers/cache/cache-folder.js'
import { itOnPosix } from '../../system.js'
import { asNobody, temporaryFolder } from './entries.js'

const HOME = '/home/user'

describe('the cache folder', () => {
  it('is the one that a setting names, before all others', () => {
    const root = temporaryFolder()
    mkdirSync(join(root, 'bin-cache'))
    const config = { root, cacheDir: '/caches/ours', sources: { cacheDir: 'SKYFLY_CACHE_DIR' } }
    expect(cacheFolder(config, {}, HOME)).toEqual({ dir: '/caches/ours', why: 'from SKYFLY_CACHE_DIR' })
  })

  it('is bin-cache where the project has that folder', () => {
    const root = temporaryFolder()
    mkdirSync(join(root, 'bin-cache'))
    expect(cacheFolder({ root, cacheDir: undefined, sources: {} }, {}, HOME)).toEqual({
      dir: join(root, 'bin-cache'),
      why: 'this project has a folder bin-cache',
    })
  })

  it("is the user's where bin-cache is missing, or a file", () => {
    const root = temporaryFolder()
    const asked = () =>
      cacheFolder({ root, cacheDir: undefined, sources: {} }, { XDG_CACHE_HOME: '/xdg' }, HOME)
    const first = asked()
    expect(first.dir.startsWith(root)).toBe(false)
    expect(first.why).toMatch(/^the user's cache folder: /)
    writeFileSync(join(root, 'bin-cache'), '')
    expect(asked()).toEqual(first)
  })
})

describe('making the cache folder', () => {
  it('makes all that is missing, and has backups pass it over', () => {
    const dir = join(temporaryFolder(), 'a', 'b')
    makeCacheFolder(dir)
    const tag = readFileSync(join(dir, 'CACHEDIR.TAG'), 'utf8')
    expect(tag.slice(0, 43)).toBe('Signature: 8a477f597d28d172789f06886806bc55')
    expect(existsSync(join(dir, '..', 'CACHEDIR.TAG'))).toBe(false)
  })

  it('keeps no folder from the backups that was there before', () => {
    const dir = temporaryFolder()
    makeCacheFolder(dir)
    expect(existsSync(join(dir, 'CACHEDIR.TAG'))).toBe(false)
  })

  itOnPosix('Windows has no seteuid')('says which folder cannot be written, and what to do', async () => {
    const folder = join(temporaryFolder(), 'cache')
    await asNobody(async () => {
      expect(() => makeCacheFolder(folder)).toThrow(
        expect.objectContaining({
          code: 'download',
          message: expect.stringContaining(`the cache ${folder} cannot be written: EACCES`),
          hint: 'use another folder: SKYFLY_CACHE_DIR=FOLDER',
        }),
      )
    })
  })

  it('says so where a file is in its place, or above it', () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    for (const folder of [file, join(file, 'cache')])
      expect(() => makeCacheFolder(folder)).toThrow(
        `the cache ${folder} cannot be made: a file is in its place`,
      )
  })
})
