import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Cache } from '../../../src/servers/cache/cache.js'
import { findCached } from '../../../src/servers/search/find-here.js'
import { ID, install, temporaryCache, temporaryFolder } from '../cache/entries.js'

describe('the newest version in the cache', () => {
  const { engine, target } = ID
  const WANTED = { engine, target, version: undefined, decidedBy: 'default', pin: undefined } as const
  const newest = async (cache: Cache) => (await findCached(WANTED, { cache, env: {} })).binary

  it('is the highest that has a manifest, of the engine and for the machine asked for', async () => {
    const cache = temporaryCache()
    expect(await newest(cache)).toBeUndefined()
    for (const version of ['1.9.0', '1.40.1', '1.40.1-rc1', '1.39.0'])
      await install(cache, { ...ID, version })
    await install(cache, { ...ID, version: '2.0.0', target: 'linux-arm64' })
    await install(cache, { ...ID, version: '9.0.0', engine: 'valkey' })
    mkdirSync(join(cache.dir, 'dragonfly-3.0.0-linux-x64'))
    expect((await newest(cache))?.version).toBe('1.40.1')
  })

  it('is not one that is damaged', async () => {
    const cache = temporaryCache()
    await install(cache, { ...ID, version: '1.39.0' })
    const { path } = await install(cache)
    writeFileSync(path, 'a pr0gram')
    expect((await newest(cache))?.version).toBe('1.39.0')
  })

  it('of a cache that is a file is an error that names it', async () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    await expect(newest(new Cache(file))).rejects.toThrow(`the cache ${file} cannot be read: ENOTDIR`)
  })
})
