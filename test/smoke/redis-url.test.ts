import { describe, expect, it } from 'vitest'
import { parseRedisUrl } from '../../src/smoke/redis-url.js'

describe('a URL', () => {
  it.each([
    [
      'redis://127.0.0.1',
      { host: '127.0.0.1', port: 6379, tls: false, db: 0, shownUrl: 'redis://127.0.0.1:6379' },
    ],
    ['REDISS://cache.example:1/', { host: 'cache.example', port: 1, tls: true, address: 'cache.example:1' }],
    [
      'redis://[::1]:7000',
      { host: '::1', port: 7000, address: '[::1]:7000', shownUrl: 'redis://[::1]:7000' },
    ],
    ['redis://h/15?timeout=5', { db: 15, shownUrl: 'redis://h:6379/15' }],
    ['redis://:p%40ss@h', { username: undefined, password: 'p@ss', shownUrl: 'redis://:***@h:6379' }],
    ['redis://bob:secret@h', { username: 'bob', password: 'secret', shownUrl: 'redis://bob:***@h:6379' }],
    ['redis://bob@h', { username: 'bob', password: undefined, shownUrl: 'redis://bob@h:6379' }],
  ])('%s is understood', (url, expected) => {
    expect(parseRedisUrl(url)).toMatchObject(expected)
  })

  it.each([
    ['localhost:6379', 'redis://HOST:PORT'],
    ['', 'redis://HOST:PORT'],
    ['redis://', 'redis://HOST:PORT'],
    ['http://bob:s3cret@h', 'redis://HOST:PORT'],
    ['redis://:s3cret@h:99999', 'redis://HOST:PORT'],
    ['redis://:s3cret/s3cret@h:1', 'redis://HOST:PORT'],
    ['redis://bob:3#s3cret@h', 'redis://HOST:PORT'],
    ['redis://bob:3?s3cret@h', 'redis://HOST:PORT'],
    ['bob:s3cret@h', 'redis://HOST:PORT'],
    ['redis://:s3cret%@h', 'percent-encoding'],
    ['redis://h:0', 'port 0'],
    ['redis://h/jobs', 'database that is not a number'],
    ['redis://:s3cret@h/-1', 'database that is not a number'],
  ])('%s is refused without showing a password', (url, words) => {
    expect(() => parseRedisUrl(url)).toThrow(expect.objectContaining({ name: 'SkyflyError', code: 'usage' }))
    expect(() => parseRedisUrl(url)).toThrow(words)
    expect(() => parseRedisUrl(url)).not.toThrow(/s3cret/)
  })
})
