import { describe, expect, it } from 'vitest'
import { describeCases } from '../cases.js'
import { EmbeddedServer } from '../compare-with-redis.js'
import type { Words } from '../wire.js'
import { Wire } from '../wire.js'

const FAR = '4102444800'

describeCases('expiry', {
  'expires keys': [
    ['SET', 'a', '1'],
    ['TTL', 'a'],
    ['PTTL', 'a'],
    ['EXPIRETIME', 'a'],
    ['PEXPIRETIME', 'a'],
    ['PERSIST', 'a'],
    ['EXPIRE', 'a', '100'],
    ['TTL', 'a'],
    ['PERSIST', 'a'],
    ['TTL', 'a'],
    ['PEXPIRE', 'a', '200000'],
    ['TTL', 'a'],
    ['EXPIREAT', 'a', FAR],
    ['PEXPIRETIME', 'a'],
    ['PEXPIREAT', 'a', `${FAR}499`],
    ['EXPIRETIME', 'a'],
    ['PEXPIREAT', 'a', `${FAR}500`],
    ['EXPIRETIME', 'a'],
    ...['TTL', 'PTTL', 'EXPIRETIME', 'PEXPIRETIME', 'PERSIST'].map((name): Words => [name, 'none']),
    ['EXPIRE', 'none', '100'],
    ...(
      [
        ['EXPIRE', '0'],
        ['EXPIRE', '-1'],
        ['PEXPIRE', '-9223372036854775808'],
        ['EXPIREAT', '1'],
        ['PEXPIREAT', '-5'],
        ['EXPIRE', '-9223372036854775'],
      ] as const
    ).flatMap(([name, amount]): Words[] => [
      ['SET', 'b', '1'],
      [name, 'b', amount],
      ['EXISTS', 'b'],
    ]),
  ],
  'expires keys on conditions': [
    ['SET', 'a', '1'],
    ...['NX', 'XX', 'GT', 'LT', 'nx'].flatMap((option): Words[] => [
      ['PERSIST', 'a'],
      ['EXPIREAT', 'a', FAR, option],
      ['EXPIRETIME', 'a'],
      ['EXPIREAT', 'a', '4102444801', option],
      ['EXPIREAT', 'a', '4102444801', option],
      ['EXPIRETIME', 'a'],
      ['EXPIREAT', 'a', '4102444799', option],
      ['EXPIRETIME', 'a'],
      ['EXPIREAT', 'none', FAR, option],
    ]),
    ['EXPIREAT', 'a', '4102444900', 'XX', 'GT'],
    ['EXPIREAT', 'a', '4102444900', 'XX', 'GT', 'GT'],
    ['EXPIREAT', 'a', '4102444901', 'XX', 'LT'],
    ['EXPIRETIME', 'a'],
    ['EXPIRE', 'a', '-1', 'GT'],
    ['EXISTS', 'a'],
    ['EXPIRE', 'a', '-1', 'LT', 'XX'],
    ['EXISTS', 'a'],
  ],
  'refuses bad expiries': [
    ['SET', 'a', '1'],
    ...['EXPIRE', 'PEXPIRE', 'EXPIREAT', 'PEXPIREAT'].flatMap((name): Words[] => [
      ...[
        'x',
        '',
        '1.5',
        '9223372036854775808',
        '9223372036854775807',
        '9223372036854776',
        '-9223372036854776',
      ].flatMap((amount): Words[] => [
        [name, 'b', amount],
        [name, 'b', amount, 'NX', 'XX'],
        [name, 'b', amount, 'FOO'],
      ]),
      [name, 'a', '1', 'NX', 'GT'],
      [name, 'a', '1', 'NX', 'LT', 'GT'],
      [name, 'a', '1', 'GT', 'LT'],
      [name, 'a', '1', 'GT', 'LT', 'FOO'],
      [name, 'a', '1', 'line\r\nbreak\r\n'],
      [name, 'a', '1', 'n\0l'],
      [name, 'a', '1', ''],
      [name, 'a'],
    ]),
    ['EXPIRE', 'a', '9223372036854775'],
    ['PERSIST', 'a', 'x'],
  ],
})

describe('an error', () => {
  it('with a huge word in it is told at once', async () => {
    await using embedded = await EmbeddedServer.open()
    using wire = await Wire.open(embedded.port)
    await wire.ask('SET', 'k', 'x')
    const start = performance.now()
    const { raw } = await wire.ask('EXPIRE', 'k', '1', `${'\n'.repeat(100_000)}x`)
    expect(raw).toMatch(/^-ERR Unsupported option *\r\n$/)
    // Each of the newlines once more for each newline took seconds.
    expect(performance.now() - start).toBeLessThan(1_000)
  })
})
