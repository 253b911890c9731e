import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { LIMITS } from '../../../src/embedded/embedded.js'
import { Parser, ProtocolError } from '../../../src/embedded/protocol/parser.js'
import { redisServer } from '../../project.js'
import { EmbeddedServer, RedisServer } from '../compare-with-redis.js'
import { type Random, randomOf } from '../random-commands/random.js'
import { Wire } from '../wire.js'

const parse = (...chunks: readonly string[]): unknown[] => {
  const parser = new Parser({ maxBulkBytes: 1000, maxRequestBytes: 2000 })
  const found: unknown[] = []
  for (const chunk of chunks) {
    parser.push(Buffer.from(chunk, 'latin1'))
    for (let words = parser.next(); words !== undefined; words = parser.next()) found.push(words)
  }
  return found
}

describe('the parser', () => {
  it('takes requests apart however they are cut', () => {
    const bytes = '*2\r\n$4\r\nECHO\r\n$3\r\na\r\n\r\nPING "x y"\r\n*0\r\n*1\r\n$0\r\n\r\n*-1\r\n\r\n'
    const whole = parse(bytes)
    expect(whole).toEqual([['ECHO', 'a\r\n'], ['PING', 'x y'], [], [''], [], []])
    expect(parse(...bytes)).toEqual(whole)
    for (let cut = 1; cut < bytes.length; cut++)
      expect(parse(bytes.slice(0, cut), bytes.slice(cut))).toEqual(whole)
  })

  it('has limits for a word, a request, and a line', () => {
    expect(() => parse('*1\r\n$1001\r\n')).toThrow(new ProtocolError('invalid bulk length'))
    expect(() => parse(`*3\r\n${`$1000\r\n${'x'.repeat(1000)}\r\n`.repeat(3)}`)).toThrow('too big request')
    expect(() => parse(`*2147483647\r\n${'$0\r\n\r\n'.repeat(100)}`)).toThrow('too big request')
    expect(() => parse('x'.repeat(65_537))).toThrow('too big inline request')
    expect(() => parse(`*${'1'.repeat(65_537)}`)).toThrow('too big mbulk count string')
    expect(() => parse(`*1\r\n$${'1'.repeat(65_537)}`)).toThrow('too big bulk count string')
    expect(LIMITS.maxBulkBytes).toBeLessThan(512 * 1024 * 1024)
  })

  it.each([
    ['nothing', ''],
    ['the beginning of a request', '*1\r\n$4\r\nPI'],
  ])('keeps no large buffer for %s behind it', async (_, rest) => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const parser = new Parser(LIMITS)
    const push = (bytes: string): WeakRef<ArrayBufferLike> => {
      const chunk = Buffer.from(bytes, 'latin1')
      parser.push(chunk)
      return new WeakRef(chunk.buffer)
    }
    const buffer = push(`*1\r\n$1000000\r\n${'x'.repeat(1_000_000)}\r\n${rest}`)
    expect(parser.next()?.[0]).toHaveLength(1_000_000)
    // A WeakRef holds on to the end of the turn.
    await setImmediate()
    collect()
    expect(buffer.deref()).toBeUndefined()
    if (rest === '') push('*1\r\n$4\r\nPI')
    push('NG\r\n')
    expect(parser.next()).toEqual(['PING'])
  })

  it('does not copy a long word again and again', () => {
    const parser = new Parser(LIMITS)
    parser.push(Buffer.from('*1\r\n$100000000\r\n'))
    const chunk = Buffer.alloc(10_000, 120)
    const start = performance.now()
    for (let sent = 0; sent < 10_000; sent++) {
      parser.push(chunk)
      expect(parser.next()).toBeUndefined()
    }
    parser.push(Buffer.from('\r\n'))
    expect(parser.next()?.[0]).toHaveLength(100_000_000)
    expect(performance.now() - start).toBeLessThan(5_000)
  })
})

const SEED = Number(process.env.SKYFLY_RANDOM_SEED ?? Date.now() % 2 ** 31)
const ROUNDS = 300

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

describe(`any bytes, seed ${SEED}`, () => {
  it.skipIf(redisServer === undefined)('are answered as by redis-server', async () => {
    await using embedded = await EmbeddedServer.open()
    await using redis = await RedisServer.open()
    const random = randomOf(SEED)
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = bytesOf(random)
      const [ours, theirs] = await Promise.all([answered(embedded.port, bytes), answered(redis.port, bytes)])
      expect(`${round} ${JSON.stringify(bytes)} -> ${ours}`).toBe(
        `${round} ${JSON.stringify(bytes)} -> ${theirs}`,
      )
    }
  })

  it('leave the server alive', async () => {
    await using embedded = await EmbeddedServer.open()
    const random = randomOf(SEED)
    for (let round = 0; round < ROUNDS; round++) {
      const noise = Array.from({ length: 1 + random.int(200) }, () =>
        String.fromCharCode(random.int(256)),
      ).join('')
      await answered(embedded.port, random.int(2) === 0 ? noise : bytesOf(random) + noise)
    }
    using wire = await Wire.open(embedded.port)
    expect((await wire.ask('PING')).raw).toBe('+PONG\r\n')
  })
})
