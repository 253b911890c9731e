// The command line of the embedded server.
import { resolve } from 'node:path'
import { bytesOf, type EmbeddedConfig } from './config.js'
import { isLogLevel } from './log.js'
import { parseSize } from './values/sizes.js'

export type Parsed =
  | { readonly kind: 'start'; readonly config: EmbeddedConfig }
  | { readonly kind: 'version' | 'help' }
  | {
      readonly kind: 'wrong'
      readonly flag: string
      readonly value: string | undefined
      readonly why: string
    }

interface Flag {
  /** As the help shows it; undefined if the flag takes no value. */
  readonly value: string | undefined
  readonly text: string
  /** Undefined if the value is not valid. */
  readonly read: (value: string) => Partial<EmbeddedConfig> | undefined
  readonly wants: string
}

/**
 * Reads `--flag value` and `--flag=value`; the last one wins.
 * @param folder the one in which the server is started
 */
export function parseFlags(args: readonly string[], folder: string): Parsed {
  let config: EmbeddedConfig = { ...DEFAULTS, dir: folder }
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    const [, name = '', joined] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? []
    if (name === 'version' || name === 'help') return { kind: name }
    const flag = FLAGS.get(name.toLowerCase())
    if (flag === undefined) return { kind: 'wrong', flag: name || arg, value: joined, why: UNKNOWN }
    const value = joined ?? (flag.value === undefined ? '' : args[++at])
    if (value === undefined) return { kind: 'wrong', flag: name, value, why: UNKNOWN }
    const read = flag.read(value)
    if (read === undefined) return { kind: 'wrong', flag: name, value, why: flag.wants }
    config = { ...config, ...read }
  }
  return { kind: 'start', config: { ...config, dir: resolve(folder, config.dir) } }
}

export function helpText(): string {
  const rows = [...FLAGS].map(([name, { value, text }]) => {
    const shown = `--${name}${value === undefined ? '' : ` ${value}`}`
    return `  ${shown.padEnd(28)}${text}\n`
  })
  return `Usage: node main.js [--flag value]...\n\n${rows.join('')}  ${'--version'.padEnd(28)}print the version\n`
}

/** The words of Redis, which skyfly recognizes and explains. */
const UNKNOWN = 'Bad directive or wrong number of arguments'

const DEFAULTS: Omit<EmbeddedConfig, 'dir'> = {
  bind: '127.0.0.1',
  port: 6379,
  dbfilename: 'dump.rdb',
  requirepass: '',
  maxmemory: 0,
  maxclients: 10_000,
  databases: 16,
  logLevel: 'info',
}

/** In the order of the help. */
const FLAGS: ReadonlyMap<string, Flag> = new Map(
  Object.entries<Flag>({
    port: {
      value: 'N',
      text: 'the port; 0: any that is free (6379)',
      read: value => within(value, 0, 65_535, port => ({ port })),
      wants: 'argument must be between 0 and 65535 inclusive',
    },
    bind: {
      value: 'ADDRESS',
      text: 'the address to listen on (127.0.0.1)',
      read: bind => (bind === '' ? undefined : { bind }),
      wants: 'argument must be an address',
    },
    dir: {
      value: 'FOLDER',
      text: 'the folder of the snapshot (where it is started)',
      read: dir => ({ dir }),
      wants: '',
    },
    dbfilename: {
      value: 'NAME',
      text: 'the file of the snapshot; empty: none (dump.rdb)',
      read: dbfilename => (/[/\\]/.test(dbfilename) ? undefined : { dbfilename }),
      wants: "dbfilename can't be a path, just a filename",
    },
    save: {
      value: "''",
      text: 'only empty: writes no snapshot by itself, not even when it stops',
      read: value => (value === '' ? { savesAtStop: false } : undefined),
      wants: 'only an empty value is taken, for a server that does not save by itself',
    },
    requirepass: {
      value: 'PASSWORD',
      text: 'what clients must say first; empty: nothing',
      read: requirepass => ({ requirepass: bytesOf(requirepass) }),
      wants: '',
    },
    maxmemory: {
      value: 'SIZE',
      text: 'for the keys, such as 100mb; 0: all of the heap',
      read: value => {
        const maxmemory = parseSize(value)
        return maxmemory === undefined ? undefined : { maxmemory }
      },
      wants: 'argument must be a memory value',
    },
    maxclients: {
      value: 'N',
      text: 'connections at a time (10000)',
      read: value => within(value, 1, 2 ** 32 - 1, maxclients => ({ maxclients })),
      wants: `argument must be between 1 and ${2 ** 32 - 1} inclusive`,
    },
    databases: {
      value: 'N',
      text: 'databases to select from (16)',
      read: value => within(value, 1, 10_000, databases => ({ databases })),
      wants: 'argument must be between 1 and 10000 inclusive',
    },
    'log-level': {
      value: 'LEVEL',
      text: 'debug, info, warn or error (info)',
      read: value => (isLogLevel(value) ? { logLevel: value } : undefined),
      wants: 'argument(s) must be one of the following: debug, info, warn, error',
    },
    cli: {
      value: undefined,
      text: 'stays in the foreground, as it always does',
      read: () => ({}),
      wants: '',
    },
  }),
)

function within(
  text: string,
  min: number,
  max: number,
  use: (value: number) => Partial<EmbeddedConfig>,
): Partial<EmbeddedConfig> | undefined {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  return value >= min && value <= max ? use(value) : undefined
}
