import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Database } from '../../src/embedded/keyspace.js'
import { SetValue } from '../../src/embedded/values/set.js'

describe('a database', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())

  const setUp = () => {
    const changes: string[] = []
    return { changes, db: new Database(0, (_, key) => changes.push(key)) }
  }

  it('has no key that has expired, and tells its end', () => {
    const { db, changes } = setUp()
    db.set('a', 'x')
    db.expire('a', Date.now() + 10)
    vi.setSystemTime(Date.now() + 9)
    expect(db.get('a')).toBe('x')
    vi.setSystemTime(Date.now() + 1)
    expect([db.get('a'), db.size, db.expiring]).toEqual([undefined, 0, 0])
    expect(changes).toEqual(['a', 'a', 'a'])
  })

  it('keeps the expiry of a key only when told to', () => {
    const { db } = setUp()
    db.set('a', 'x')
    db.expire('a', Date.now() + 10)
    db.set('a', 'y', { keepExpiry: true })
    expect(db.expiryOf('a')).toBe(Date.now() + 10)
    db.set('a', 'z')
    expect(db.expiryOf('a')).toBeUndefined()
  })

  it('removes a collection that is empty', () => {
    const { db } = setUp()
    const set = SetValue.of(['x'])
    db.set('s', set)
    set.delete('x')
    db.changed('s')
    expect(db.has('s')).toBe(false)
  })

  it('sweeps a part at a time, and goes on where it ended', () => {
    const { db } = setUp()
    for (let index = 0; index < 10; index++) {
      db.set(`k${index}`, 'x')
      db.expire(`k${index}`, Date.now() + (index < 5 ? 1 : 1_000))
    }
    vi.setSystemTime(Date.now() + 1)
    expect([db.sweep(3), db.sweep(3), db.sweep(100), db.size]).toEqual([3, 2, 0, 5])
  })

  it('tells those who watch a key, and no others', () => {
    const { db } = setUp()
    const [a, b] = [{ watchBroken: false }, { watchBroken: false }]
    db.watch('a', a)
    db.watch('b', b)
    db.set('a', 'x')
    db.unwatch('b', b)
    db.set('b', 'x')
    expect([a.watchBroken, b.watchBroken]).toEqual([true, false])
  })

  it('refuses a key of another type', () => {
    const { db } = setUp()
    db.set('s', SetValue.of(['x']))
    expect(() => db.getString('s')).toThrow('WRONGTYPE')
    expect(() => db.getOf('s', 'list')).toThrow('WRONGTYPE')
    expect(db.getOf('s', 'set')?.size).toBe(1)
  })
})
