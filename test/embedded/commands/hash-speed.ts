// How long it takes to choose fields of a large hash by chance.
import { describe, expect, it } from 'vitest'
import { EmbeddedServer } from '../compare-with-redis.js'
import { Wire } from '../wire.js'

export function describeHashSpeed(removals: number): void {
  describe('a large hash', () => {
    it(`tells and removes ${removals} of 100,000 fields by chance in no time`, async () => {
      await using embedded = await EmbeddedServer.open()
      using wire = await Wire.open(embedded.port)
      wire.send(['HSET', 'h', ...Array.from({ length: 200_000 }, (_, index) => `f${index}`)])
      await wire.read()
      const start = performance.now()
      for (let count = 0; count < removals; count++) {
        const field = (await wire.ask('HRANDFIELD', 'h')).raw.split('\r\n')[1] ?? ''
        expect((await wire.ask('HDEL', 'h', field)).raw).toBe(':1\r\n')
      }
      // A list of all the fields for each of them took many seconds.
      expect(performance.now() - start).toBeLessThan(300 + removals / 3)
    })
  })
}
