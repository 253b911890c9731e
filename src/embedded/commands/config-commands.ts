// CONFIG: the settings of this server, under the names of Redis.

import { bytesOf } from '../config.js'
import type { Embedded } from '../embedded.js'
import type { LogLevel } from '../log.js'
import { CommandError, shown, syntaxError } from '../protocol/errors.js'
import { bulk, OK } from '../protocol/reply.js'
import { SAVE_POINTS_TEXT } from '../rdb/save-points.js'
import { matches } from '../values/glob.js'
import { parseSize } from '../values/sizes.js'
import { type Call, container, type Row } from './command.js'
import { CONFIG_HELP, helpOf } from './help.js'

const ADMIN = ['admin', 'noscript', 'loading', 'stale'] as const
const NO_KEYS = [0, 0, 0] as const

export const CONFIG: Row = container('config', [
  { name: 'config|get', arity: -3, flags: ADMIN, keys: NO_KEYS, run: get },
  { name: 'config|set', arity: -4, flags: ADMIN, keys: NO_KEYS, run: set },
  {
    name: 'config|resetstat',
    arity: 2,
    flags: ADMIN,
    keys: NO_KEYS,
    run: ({ engine }) => {
      engine.stats = { commands: 0, connections: 0, rejected: 0, expired: 0 }
      return OK
    },
  },
  {
    name: 'config|rewrite',
    arity: 2,
    flags: ADMIN,
    keys: NO_KEYS,
    run: () => {
      throw new CommandError('ERR The server is running without a config file')
    },
  },
  {
    name: 'config|help',
    arity: 2,
    flags: ['loading', 'stale'],
    keys: NO_KEYS,
    run: () => helpOf(CONFIG_HELP),
  },
])

interface Setting {
  readonly get: (engine: Embedded) => string | number
  /**
   * Returns what applies the new value once all values are known to be valid, or a text that says what is
   * wrong.
   */
  readonly set: ((value: string) => ((engine: Embedded) => void) | string) | 'immutable' | 'protected'
}

const fixed = (value: string | number): Setting => ({ get: () => value, set: 'immutable' })

const SETTINGS: ReadonlyMap<string, Setting> = new Map(
  Object.entries<Setting>({
    appendonly: fixed('no'),
    bind: { get: ({ config }) => config.bind, set: 'immutable' },
    databases: { get: ({ config }) => config.databases, set: 'immutable' },
    dbfilename: { get: ({ config }) => config.dbfilename, set: 'protected' },
    dir: { get: ({ config }) => bytesOf(config.dir), set: 'protected' },
    loglevel: { get: ({ config }) => LEVELS[config.logLevel], set: setLogLevel },
    maxclients: { get: ({ config }) => config.maxclients, set: setMaxclients },
    maxmemory: { get: ({ config }) => config.maxmemory, set: setMaxmemory },
    'maxmemory-policy': fixed('noeviction'),
    port: { get: ({ port }) => port, set: 'immutable' },
    'proto-max-bulk-len': { get: ({ limits }) => limits.maxBulkBytes, set: 'immutable' },
    requirepass: {
      get: ({ config }) => config.requirepass,
      set: value => engine => {
        engine.config.requirepass = value
      },
    },
    // As in Redis, a server without save points does not save when it stops, either.
    save: {
      get: ({ config }) => (config.savesAtStop === false || config.dbfilename === '' ? '' : SAVE_POINTS_TEXT),
      set: value =>
        value !== '' && value !== SAVE_POINTS_TEXT
          ? `the save points are "${SAVE_POINTS_TEXT}", or none`
          : ({ config }) => {
              config.savesAtStop = value !== ''
            },
    },
    timeout: fixed(0),
  }),
)

/** Each setting is answered once; a name without wildcards comes back as it was written. */
function get({ args, engine, reply }: Call): string {
  const found = new Map<Setting, string>()
  const add = (setting: Setting | undefined, name: string): void => {
    if (setting !== undefined && !found.has(setting)) found.set(setting, name)
  }
  for (const pattern of args.slice(2)) {
    if (!/[[*?]/.test(pattern)) add(SETTINGS.get(pattern.toLowerCase()), pattern)
    else for (const [name, setting] of SETTINGS) if (matches(pattern.toLowerCase(), name)) add(setting, name)
  }
  return reply.map([...found].flatMap(([setting, name]) => [bulk(name), bulk(String(setting.get(engine)))]))
}

/** Applies all of the settings or none. */
function set({ args, engine }: Call): string {
  if (args.length % 2 !== 0) throw syntaxError()
  const changes: ((engine: Embedded) => void)[] = []
  const seen = new Set<string>()
  for (let at = 2; at < args.length; at += 2) {
    const name = args[at] ?? ''
    const setting = SETTINGS.get(name.toLowerCase())
    if (setting === undefined)
      throw new CommandError(`ERR Unknown option or number of arguments for CONFIG SET - '${shown(name)}'`)
    if (typeof setting.set === 'string') throw refused(name, `can't set ${setting.set} config`)
    if (seen.has(name.toLowerCase())) throw refused(name, 'duplicate parameter')
    seen.add(name.toLowerCase())
    const change = setting.set(args[at + 1] ?? '')
    if (typeof change === 'string') throw refused(name, change)
    changes.push(change)
  }
  for (const change of changes) change(engine)
  return OK
}

function refused(name: string, why: string): CommandError {
  return new CommandError(
    `ERR CONFIG SET failed (possibly related to argument '${name.toLowerCase()}') - ${why}`,
  )
}

function setMaxmemory(value: string) {
  const bytes = parseSize(value)
  if (bytes === undefined) return 'argument must be a memory value'
  return ({ config, memory }: Embedded) => {
    config.maxmemory = bytes
    memory.measureAgain()
  }
}

function setMaxclients(value: string) {
  if (!/^-?\d{1,18}$/.test(value)) return "argument couldn't be parsed into an integer"
  const count = Number(value)
  if (count < 1 || count > 2 ** 32 - 1) return `argument must be between 1 and ${2 ** 32 - 1} inclusive`
  return ({ config }: Embedded) => {
    config.maxclients = count
  }
}

const LEVELS = { debug: 'debug', info: 'notice', warn: 'warning', error: 'error' } as const
const BY_NAME: ReadonlyMap<string, LogLevel> = new Map(
  Object.entries<LogLevel>({
    debug: 'debug',
    verbose: 'debug',
    notice: 'info',
    warning: 'warn',
  }),
)

function setLogLevel(value: string) {
  const level = BY_NAME.get(value.toLowerCase())
  if (level === undefined) return 'argument(s) must be one of the following: debug, verbose, notice, warning'
  return ({ config }: Embedded) => {
    config.logLevel = level
  }
}
