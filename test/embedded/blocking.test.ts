import { describe, expect, it, vi } from 'vitest'
import { type BlockedClient, Blocking, type Wait } from '../../src/embedded/blocking.js'
import { Database } from '../../src/embedded/keyspace.js'
import { ListValue } from '../../src/embedded/values/list.js'

class Waiter implements BlockedClient {
  readonly socket = { destroyed: false }
  readonly lastCommand = 'blpop'
  isBlocked = false
  readonly answers: string[] = []

  unblock(answer: string): void {
    this.answers.push(answer)
  }
}

const NO_FAILURE = () => 'failed'

function setUp() {
  const blocking = new Blocking()
  const db: Database = new Database(0, (changed, key) => blocking.changed(changed, key))
  const wait = (client: Waiter, more: Partial<Wait> = {}): void => {
    const serve = (key: string) => {
      const answer = db.getOf(key, 'list')?.pop('left')
      db.changed(key)
      return answer
    }
    blocking.wait(client, { db, keys: ['k'], timeoutMs: 0, serve, onTimeout: 'nothing', ...more })
  }
  const push = (...elements: readonly string[]): void => {
    const list = new ListValue()
    for (const element of elements) list.push('right', element)
    db.set('k', list)
  }
  return { blocking, wait, push }
}

describe('clients that wait', () => {
  it('are served in the order in which they came', () => {
    const { blocking, wait, push } = setUp()
    const [a, b, c] = [new Waiter(), new Waiter(), new Waiter()]
    for (const client of [a, b, c]) wait(client)
    push('1', '2')
    blocking.serve(NO_FAILURE)
    expect([a.answers, b.answers, c.answers]).toEqual([['1'], ['2'], []])
    expect([a.isBlocked, c.isBlocked, blocking.count]).toEqual([false, true, 1])
  })

  it('are passed over when they are gone', () => {
    const { blocking, wait, push } = setUp()
    const [gone, b] = [new Waiter(), new Waiter()]
    for (const client of [gone, b]) wait(client)
    gone.socket.destroyed = true
    push('1')
    blocking.serve(NO_FAILURE)
    expect([gone.answers, b.answers, blocking.count]).toEqual([[], ['1'], 0])
  })

  it('are told when they cannot be served', () => {
    const { blocking, wait, push } = setUp()
    const client = new Waiter()
    const serve = () => {
      throw new RangeError('too large')
    }
    wait(client, { serve })
    push('1')
    blocking.serve((_, problem) => String(problem))
    expect(client.answers).toEqual(['RangeError: too large'])
  })

  it('wait no longer than they want to', () => {
    vi.useFakeTimers()
    try {
      const { blocking, wait } = setUp()
      const [short, ever] = [new Waiter(), new Waiter()]
      wait(short, { timeoutMs: 1_000 })
      wait(ever)
      vi.advanceTimersByTime(2 ** 31)
      expect([short.answers, ever.answers, blocking.count]).toEqual([['nothing'], [], 1])
    } finally {
      vi.useRealTimers()
    }
  })
})
