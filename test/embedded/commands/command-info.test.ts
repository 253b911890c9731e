import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../../src/embedded/commands/table.js'
import { redisServer } from '../../project.js'
import { describeCases } from '../cases.js'
import { ConnectionPair, EmbeddedServer, RedisServer } from '../compare-with-redis.js'

describeCases('COMMAND', {
  'tells of commands': [
    ...[
      ['COMMAND', 'NOPE'],
      ['COMMAND', 'COUNT', 'x'],
      ['COMMAND', 'LIST', 'x'],
      ['COMMAND', 'DOCS', 'nope'],
    ],
    ...[
      ['COMMAND', 'LIST', 'FILTERBY', 'MODULE', 'foo'],
      ['COMMAND', 'LIST', 'FILTERBY', 'FOO', 'x'],
    ],
    ...[
      ['COMMAND', 'LIST', 'FILTERBY', 'ACLCAT', 'nope'],
      ['COMMAND', 'LIST', 'FILTERBY', 'PATTERN', '*|id'],
    ],
    ...[['COMMAND', 'INFO', 'nope', 'client|nope', 'get|x']],
  ],
  'finds the keys of a command': [
    ...[
      ['COMMAND', 'GETKEYS', 'nope'],
      ['COMMAND', 'GETKEYS', 'get'],
      ['COMMAND', 'GETKEYS', 'ping', 'x'],
    ],
    ...[
      ['COMMAND', 'GETKEYS', 'mset', 'a', 'b', 'c', 'd'],
      ['COMMAND', 'GETKEYS', 'mset', 'a', 'b', 'c'],
    ],
    ...[
      ['COMMAND', 'GETKEYS', 'zunionstore', 'd', '2', 'a', 'b'],
      ['COMMAND', 'GETKEYS', 'zunion', '9', 'a'],
    ],
    ...[
      ['COMMAND', 'GETKEYS', 'zunionstore', 'd', '0', 'a', 'b'],
      ['COMMAND', 'GETKEYS', 'lmpop', 'x', 'a', 'LEFT'],
    ],
    ...[
      ['COMMAND', 'GETKEYS', 'blmpop', '0', '1', 'a', 'LEFT'],
      ['COMMAND', 'GETKEYS', 'client', 'nope'],
    ],
    ...[
      ['COMMAND', 'GETKEYS', 'client', 'id'],
      ['COMMAND', 'GETKEYS', 'set', 'a', 'b', 'GET'],
    ],
    ...[
      ['COMMAND', 'GETKEYS', 'blpop', 'a', 'b', '0'],
      ['COMMAND', 'GETKEYS', 'nope', 'a'],
      ['COMMAND', 'GETKEYS', 'get', 'a', 'b'],
    ],
    ...[['COMMAND', 'GETKEYS', 'rename', 'a', 'b']],
  ],
})

describe.skipIf(redisServer === undefined)('the table of commands', () => {
  it('has the arity, flags and keys that redis-server tells', async () => {
    await using redis = await RedisServer.open()
    await using embedded = await EmbeddedServer.open()
    using pair = await ConnectionPair.open(embedded, redis)
    const wrong: string[] = []
    const rows = [...COMMANDS.values()].flatMap(row => [row, ...(row.subcommands?.values() ?? [])])
    for (const { name } of rows) {
      const [ours, theirs] = (await pair.both(['COMMAND', 'INFO', name])).map(({ raw }) => headOf(raw))
      if (ours !== theirs) wrong.push(`${ours} but in Redis ${theirs}`)
    }
    expect(wrong).toEqual([])
  })

  /** Name, arity, flags and positions of keys. */
  function headOf(raw: string): string {
    const [, , , name, arity, , ...rest] = raw.split('\r\n')
    const flags = rest.filter(
      (line, index) => index < rest.findIndex(one => one.startsWith(':')) && line.startsWith('+'),
    )
    const keys = rest.filter(line => line.startsWith(':')).slice(0, 3)
    return [name, arity, ...flags.sort(), ...keys].join(' ')
  }
})
