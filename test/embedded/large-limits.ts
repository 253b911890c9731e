// Limits that only show with much data: how much, the caller says.
import { describe, expect, it } from 'vitest'
import { until } from '../project.js'
import { EmbeddedServer } from './compare-with-redis.js'
import { Wire } from './wire.js'

export interface Amounts {
  /** Answers of 1 MB each that a client asks for and does not read. */
  readonly requests: number
  /** Keys that have not expired, in front of one that has. */
  readonly keys: number
}

export function describeLargeLimits({ requests, keys }: Amounts): void {
  describe(`limits with ${requests} answers and ${keys} keys`, () => {
    it('takes no more requests from a client that does not read its answers', async () => {
      await using embedded = await EmbeddedServer.open()
      using deaf = await Wire.open(embedded.port)
      await deaf.ask('SET', 'a', 'x'.repeat(1024 * 1024))
      const before = embedded.engine.stats.commands
      deaf.socket.pause()
      for (let asked = 0; asked < requests; asked++) deaf.send(['GET', 'a'])
      using other = await Wire.open(embedded.port)
      for (let asked = 0; asked < 100; asked++) expect((await other.ask('PING')).raw).toBe('+PONG\r\n')
      expect(embedded.engine.stats.commands - before).toBeLessThan(100 + requests * 0.4)
      deaf.socket.resume()
      for (let asked = 0; asked < requests; asked++)
        expect((await deaf.read()).raw).toHaveLength(1024 * 1024 + 12)
    })

    it('removes what is expired behind many keys that are not', async () => {
      await using embedded = await EmbeddedServer.open()
      const db = embedded.engine.firstDatabase
      for (let i = 0; i < keys; i++) {
        db.set(`later${i}`, 'x')
        db.expire(`later${i}`, Date.now() + 1_000_000)
      }
      db.set('soon', 'x')
      db.expire('soon', Date.now() + 1)
      await until(() => db.size === keys)
    })
  })
}
