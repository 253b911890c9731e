// Commands of operators: INFO, snapshots, SHUTDOWN, MONITOR, DEBUG SLEEP, TIME.

import { CommandError, syntaxError, wrongSubcommand } from '../protocol/errors.js'
import { array, bulk, integer, OK, simple } from '../protocol/reply.js'
import type { Call, Row } from './command.js'
import { CONFIG } from './config-commands.js'
import { DEBUG_HELP, helpOf } from './help.js'
import { info } from './info.js'

const NO_KEYS = [0, 0, 0] as const

export const ADMIN: readonly Row[] = [
  { name: 'info', arity: -1, flags: ['loading', 'stale'], keys: NO_KEYS, run: info },
  CONFIG,
  {
    name: 'save',
    arity: 1,
    flags: ['admin', 'noscript', 'no_async_loading', 'nomulti'],
    keys: NO_KEYS,
    run: ({ engine }) => {
      if (engine.saving.isStarted) throw new CommandError('ERR Background save already in progress')
      // Redis says no more than that, either: the reason is in the log.
      if (!engine.saving.run()) throw new CommandError('ERR')
      return OK
    },
  },
  { name: 'bgsave', arity: -1, flags: ['admin', 'noscript', 'no_async_loading'], keys: NO_KEYS, run: bgsave },
  {
    name: 'lastsave',
    arity: 1,
    flags: ['loading', 'stale', 'fast'],
    keys: NO_KEYS,
    run: ({ engine }) => integer(Math.floor(engine.lastSaveAt / 1000)),
  },
  {
    name: 'shutdown',
    arity: -1,
    flags: ['admin', 'noscript', 'loading', 'stale', 'nomulti', 'allow_busy'],
    keys: NO_KEYS,
    run: shutdown,
  },
  {
    name: 'monitor',
    arity: 1,
    flags: ['admin', 'noscript', 'loading', 'stale'],
    keys: NO_KEYS,
    run: monitor,
  },
  { name: 'debug', arity: -2, flags: ['admin', 'noscript', 'loading', 'stale'], keys: NO_KEYS, run: debug },
  {
    name: 'time',
    arity: 1,
    flags: ['loading', 'stale', 'fast'],
    keys: NO_KEYS,
    run: ({ now }) =>
      array([bulk(String(Math.floor(now / 1000))), bulk(String(Math.floor((now % 1000) * 1000)))]),
  },
]

function bgsave({ args, engine }: Call): string {
  if (args.length > 2 || (args.length === 2 && !/^schedule$/i.test(args[1] ?? ''))) throw syntaxError()
  if (engine.saving.isStarted) throw new CommandError('ERR Background save already in progress')
  engine.saving.start()
  return simple('Background saving started')
}

/** There is no answer if it succeeds, because the connection ends. */
function shutdown({ args, engine }: Call): string | undefined {
  const words = new Set(args.slice(1).map(word => word.toLowerCase()))
  for (const word of words) if (!SHUTDOWN_WORDS.has(word)) throw syntaxError()
  const isAbort = words.has('abort')
  if ((isAbort && words.size > 1) || (words.has('save') && words.has('nosave'))) throw syntaxError()
  // A shutdown never lasts longer than its command, so there is none to abort.
  if (isAbort) throw new CommandError('ERR No shutdown in progress.')
  const save = words.has('save') ? true : words.has('nosave') ? false : undefined
  engine.host.log('warn', 'User requested shutdown...')
  if (!engine.saving.shutdown({ save, force: words.has('force') }))
    throw new CommandError('ERR Errors trying to SHUTDOWN. Check logs.')
  return undefined
}

const SHUTDOWN_WORDS: ReadonlySet<string> = new Set(['save', 'nosave', 'now', 'force', 'abort'])

function monitor({ client, engine, isQueued }: Call): string | undefined {
  if (isQueued) throw new CommandError("ERR MONITOR isn't allowed for DENY BLOCKING client")
  if (client.isMonitor) return undefined
  client.isMonitor = true
  engine.monitors.add(client)
  return OK
}

function debug({ args }: Call): string {
  const [, word = '', value] = args
  if (/^help$/i.test(word) && args.length === 2) return helpOf(DEBUG_HELP)
  if (!/^sleep$/i.test(word) || value === undefined || args.length > 3) throw wrongSubcommand('DEBUG', word)
  const ms = (Number.parseFloat(value) || 0) * 1000
  // Blocks the whole server on purpose: that is what DEBUG SLEEP is for.
  if (ms > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
  return OK
}
