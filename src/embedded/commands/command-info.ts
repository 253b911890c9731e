// COMMAND: the table of commands as clients ask for it.

import { CommandError, syntaxError } from '../protocol/errors.js'
import { array, bulk, bulks, EMPTY_ARRAY, integer, simple } from '../protocol/reply.js'
import { matches } from '../values/glob.js'
import { type Call, container, type Flag, findRow, hasRightArity, type Row } from './command.js'
import { COMMAND_HELP, helpOf } from './help.js'

const FLAGS = ['loading', 'stale'] as const
const NO_KEYS = [0, 0, 0] as const

type Table = ReadonlyMap<string, Row>

/** @param table of all commands; a function, because the table contains this very command */
export function commandInfo(table: () => Table): Row {
  const subcommands = container('command', [
    { name: 'command|count', arity: 2, flags: FLAGS, keys: NO_KEYS, run: () => integer(table().size) },
    { name: 'command|info', arity: -2, flags: FLAGS, keys: NO_KEYS, run: call => info(table(), call) },
    { name: 'command|list', arity: -2, flags: FLAGS, keys: NO_KEYS, run: call => list(table(), call) },
    { name: 'command|docs', arity: -2, flags: FLAGS, keys: NO_KEYS, run: ({ reply }) => reply.map([]) },
    { name: 'command|getkeys', arity: -4, flags: FLAGS, keys: NO_KEYS, run: call => getKeys(table(), call) },
    { name: 'command|help', arity: 2, flags: FLAGS, keys: NO_KEYS, run: () => helpOf(COMMAND_HELP) },
  ])
  return { ...subcommands, arity: -1, flags: FLAGS, run: call => describeAll(table(), call) }
}

/** The position of the number of keys, for commands that say how many follow. */
const NUMKEYS_AT: Readonly<Record<string, number>> = {
  blmpop: 2,
  bzmpop: 2,
  lmpop: 1,
  sintercard: 1,
  zdiff: 1,
  zdiffstore: 2,
  zinter: 1,
  zintercard: 1,
  zinterstore: 2,
  zmpop: 1,
  zunion: 1,
  zunionstore: 2,
}

const NAMES: Partial<Record<Flag, string>> = { noauth: 'no_auth', nomulti: 'no_multi' }

const describeAll = (table: Table, call: Call): string =>
  array([...table.values()].map(row => describe(call, row)))

function info(table: Table, call: Call): string {
  const names = call.args.slice(2)
  if (names.length === 0) return describeAll(table, call)
  return array(
    names.map(name => {
      const row = findRow(table, name.split('|'))
      return row === undefined || !isNamed(row, name) ? call.reply.nil : describe(call, row)
    }),
  )
}

const isNamed = (row: Row, name: string) => row.name === name.toLowerCase()

/** Ten elements, as since Redis 7. Tips and key specifications are empty: no client here needs them. */
function describe(call: Call, row: Row): string {
  const flags = row.flags.map(flag => NAMES[flag] ?? flag)
  if (NUMKEYS_AT[row.name] !== undefined) flags.push('movablekeys')
  return array([
    bulk(row.name),
    integer(row.arity),
    call.reply.set(flags.map(simple)),
    ...row.keys.map(integer),
    call.reply.set(categoriesOf(row).map(category => simple(`@${category}`))),
    EMPTY_ARRAY,
    EMPTY_ARRAY,
    array([...(row.subcommands?.values() ?? [])].map(one => describe(call, one))),
  ])
}

/** The categories that follow from flags; those by type of value are left out. */
function categoriesOf({ flags }: Row): readonly string[] {
  const has = (flag: Flag) => flags.includes(flag)
  return [
    ...(has('write') ? ['write'] : []),
    ...(has('readonly') ? ['read'] : []),
    ...(has('admin') ? ['admin', 'dangerous'] : []),
    ...(has('pubsub') ? ['pubsub'] : []),
    ...(has('blocking') ? ['blocking'] : []),
    has('fast') ? 'fast' : 'slow',
  ]
}

function list(table: Table, { args }: Call): string {
  if (args.length === 2) return bulks([...table.keys()])
  const [, , filterBy = '', kind = '', value = ''] = args
  if (args.length !== 5 || filterBy.toLowerCase() !== 'filterby') throw syntaxError()
  const rows = [...table.values()].flatMap(row => [row, ...(row.subcommands?.values() ?? [])])
  const holds = FILTERS.get(kind.toLowerCase())
  if (holds === undefined) throw syntaxError()
  return bulks(rows.filter(row => holds(row, value.toLowerCase())).map(row => row.name))
}

type Filter = (row: Row, value: string) => boolean

const FILTERS: ReadonlyMap<string, Filter> = new Map(
  Object.entries<Filter>({
    module: () => false,
    aclcat: (row, value) => categoriesOf(row).includes(value),
    pattern: (row, value) => matches(value, row.name),
  }),
)

function getKeys(table: Table, { args }: Call): string {
  const words = args.slice(2)
  const row = findRow(table, words)
  if (row === undefined) throw new CommandError('ERR Invalid command specified')
  const numkeysAt = NUMKEYS_AT[row.name]
  const [first, last, step] = row.keys
  if (first === 0 && numkeysAt === undefined) throw new CommandError('ERR The command has no key arguments')
  if (!hasRightArity(row, words))
    throw new CommandError('ERR Invalid number of arguments specified for command')
  if (numkeysAt !== undefined) return bulks(countedKeys(row, words, numkeysAt))
  const end = last < 0 ? words.length + last : last
  return bulks(words.filter((_, at) => at >= first && at <= end && (at - first) % step === 0))
}

function countedKeys(row: Row, words: readonly string[], at: number): readonly string[] {
  const count = Number(words[at])
  const isGood = Number.isInteger(count) && count > 0 && at + count < words.length
  if (!isGood) throw new CommandError('ERR Invalid arguments specified for command')
  const keys = words.slice(at + 1, at + 1 + count)
  return row.name.endsWith('store') ? [words[1] ?? '', ...keys] : keys
}
