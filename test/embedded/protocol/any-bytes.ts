// Bytes that make no sense, sent to the embedded engine and to a redis-server.
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { redisServer } from '../../project.js'
import { EmbeddedServer, RedisServer } from '../compare-with-redis.js'
import { type Random, randomOf } from '../random-commands/random.js'
import { Wire } from '../wire.js'

const SEED = Number(process.env.SKYFLY_RANDOM_SEED ?? Date.now() % 2 ** 31)

const PIECES = [
  ...[
    '*',
    '$',
    '\r\n',
    '\r',
    '\n',
    '\0',
    ' ',
    '"',
    "'",
    '\\',
    '\\x',
    '-',
    '+',
    '0',
    '1',
    '2',
    '3',
    '10',
    '9999999999',
  ],
  ...[
    '*1\r\n$4\r\nPING\r\n',
    '*2\r\n$4\r\nECHO\r\n$1\r\nx\r\n',
    'PING\r\n',
    'ECHO "a b"\r\n',
    '*1\r\n',
    '$4\r\n',
  ],
  ...[
    '*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n',
    'ECHO',
    '\xff',
    '\t',
    '\v',
    '*-1\r\n',
    '$-1\r\n',
    '*0\r\n',
    'HOST:',
  ],
] as const
const bytesOf = (random: Random): string =>
  Array.from({ length: 1 + random.int(12) }, () => random.pick(PIECES)).join('')

/** All that a server answers to these bytes until nothing more comes, or the connection ends. */
async function answered(port: number, bytes: string): Promise<string> {
  using wire = await Wire.open(port)
  let all = ''
  wire.socket.on('data', chunk => {
    all += chunk.toString('latin1')
  })
  const closed = once(wire.socket, 'close')
  // The server sees the end after the bytes, and closes when all is answered.
  wire.socket.end(bytes, 'latin1')
  await closed
  return all
}

/** @param rounds how many connections send something each */
export function describeAnyBytes(rounds: number): void {
  describe(`any bytes, seed ${SEED}`, () => {
    it.skipIf(redisServer === undefined)('are answered as by redis-server', async () => {
      await using embedded = await EmbeddedServer.open()
      await using redis = await RedisServer.open()
      const random = randomOf(SEED)
      for (let round = 0; round < rounds; round++) {
        const bytes = bytesOf(random)
        const [ours, theirs] = await Promise.all([
          answered(embedded.port, bytes),
          answered(redis.port, bytes),
        ])
        expect(`${round} ${JSON.stringify(bytes)} -> ${ours}`).toBe(
          `${round} ${JSON.stringify(bytes)} -> ${theirs}`,
        )
      }
    })

    it('leave the server alive', async () => {
      await using embedded = await EmbeddedServer.open()
      const random = randomOf(SEED)
      for (let round = 0; round < rounds; round++) {
        const noise = Array.from({ length: 1 + random.int(200) }, () =>
          String.fromCharCode(random.int(256)),
        ).join('')
        await answered(embedded.port, random.int(2) === 0 ? noise : bytesOf(random) + noise)
      }
      using wire = await Wire.open(embedded.port)
      expect((await wire.ask('PING')).raw).toBe('+PONG\r\n')
    })
  })
}
