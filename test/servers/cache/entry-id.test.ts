import { describe, expect, it } from 'vitest'
import { entryName, parseEntryName } from '../../../src/servers/cache/entry-id.js'

describe('the folder of a build', () => {
  it.each([
    ['dragonfly-1.40.1-linux-x64', 'dragonfly', '1.40.1', 'linux-x64'],
    ['dragonfly-1.41.0-rc.1-linux-arm64', 'dragonfly', '1.41.0-rc.1', 'linux-arm64'],
    ['valkey-8.1-darwin-arm64', 'valkey', '8.1', 'darwin-arm64'],
  ] as const)('is called %s', (name, engine, version, target) => {
    expect(entryName({ engine, version, target })).toBe(name)
    expect(parseEntryName(name)).toEqual({ engine, version, target })
  })

  it.each([
    'dragonfly',
    'dragonfly-1.40.1',
    'dragonfly-1.40.1-linux',
    'dragonfly-latest-linux-x64',
    'dragonfly-1-linux-x64',
    'dragonfly-1.40.1-my-notes',
    'dragonfly-1.40.1-Linux-x64',
    'mysql-8.0.1-linux-x64',
    'constructor-1.0.0-linux-x64',
    'redis-7.2.0-linux-x64.tar.gz',
    ' dragonfly-1.40.1-linux-x64',
    'dragonfly-1.40.1-linux-x64\n',
    'dragonfly-1.40.1-../../x-linux-x64',
  ])('is never called %j', name => {
    expect(parseEntryName(name)).toBeUndefined()
  })
})
