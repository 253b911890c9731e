// Every command and flag, on one page. What a command needs is loaded when it runs.
import { Command, Option } from 'commander'
import type { Config, SettingName } from '../config/config.js'
import { VERSION } from '../version.js'
import { type Io, workingFolder } from './io.js'

/** One run of the command line. */
export interface Session {
  readonly io: Io
  /** What came after `--`. */
  readonly serverArgs: readonly string[]
  /** Of a command whose report says everything: 0 unless it sets another. */
  exitCode: number
}

type Options = Readonly<Record<string, unknown>>

interface Row {
  readonly description: string
  readonly usage?: string
  /** What it works on, as commander wants it, with its description. */
  readonly argument?: readonly [name: string, description: string]
  /** Which settings are flags of it. */
  readonly settings: 'all' | readonly SettingName[]
  /** Whether settings that are not valid, and no flags, are passed over. */
  readonly lenient?: boolean
  readonly options: readonly (readonly [flags: string, description: string])[]
  readonly run: (session: Session, config: Config, options: Options) => Promise<void>
}

/** A command that only holds others. */
interface Group {
  readonly description: string
  readonly commands: Readonly<Record<string, Row>>
}

const JSON_OPTION = ['--json', 'print JSON'] as const
const ALL_OPTION = ['--all', 'every instance of this project'] as const
const QUIET_OPTION = ['-q, --quiet', 'show no progress of a download'] as const
// Obeyed by run.ts, before anything that could be traced.
const VERBOSE_OPTION = ['--verbose', 'tell on standard error what skyfly decides and does'] as const
const SERVER_USAGE = '[options] [-- SERVER_ARGS...]'

/** What looks at an instance, or stops it, must not be kept from it by a setting that went wrong meanwhile. */
const OF_INSTANCE = { settings: ['name'], lenient: true } as const
const LOCK_SETTINGS = [
  'engine',
  'engineVersion',
  'offline',
  'allowUnverified',
  'mirror',
  'downloadTimeoutMs',
] as const
const INSTALL_SETTINGS = [...LOCK_SETTINGS, 'cacheDir'] as const
const OF_CACHE = { settings: ['cacheDir'], lenient: true } as const
const SPEC_ARGUMENT = [
  '[engine[@version]]',
  'such as dragonfly, dragonfly@1.40.1 or dragonfly@latest',
] as const

const COMMANDS: Readonly<Record<string, Row | Group>> = {
  start: {
    description: 'start the server and show its log until Ctrl-C',
    usage: SERVER_USAGE,
    settings: 'all',
    options: [
      ['-d, --detach', 'start it in the background; return when it is ready'],
      QUIET_OPTION,
      JSON_OPTION,
    ],
    run: async (...call) => (await import('./commands/start.js')).start(...call),
  },
  stop: {
    description: 'stop the server, its snapshot saved',
    ...OF_INSTANCE,
    options: [
      ALL_OPTION,
      ['--timeout <TIME>', 'time to stop in before a kill; saving does not count'],
      ['--force', 'kill it at once, without saving'],
      JSON_OPTION,
    ],
    run: async (...call) => (await import('./commands/stop.js')).stop(...call),
  },
  restart: {
    description: 'stop and start with the same settings, or with those given anew',
    usage: SERVER_USAGE,
    settings: 'all',
    options: [QUIET_OPTION, JSON_OPTION],
    run: async (...call) => (await import('./commands/restart.js')).restart(...call),
  },
  status: {
    description: 'what runs; exit code 0 when running, 3 when not',
    ...OF_INSTANCE,
    options: [ALL_OPTION, JSON_OPTION],
    run: async (...call) => (await import('./commands/status.js')).status(...call),
  },
  logs: {
    description: 'show the log, across rotated files, newest last',
    ...OF_INSTANCE,
    options: [
      ['-f, --follow', 'go on with what comes, until Ctrl-C or the end of the instance'],
      ['-n, --lines <N>', 'only the last N lines (default 100; with --since, --level or --grep: all)'],
      ['--since <TIME>', 'only what is newer: a time span such as 10m, or a date'],
      ['--level <LEVEL>', 'only this level and above: debug, info, warn, error'],
      ['--grep <RE>', 'only lines that match this regular expression'],
      ['--json', 'print the records of the file as they are'],
    ],
    run: async (...call) => (await import('./commands/logs.js')).logs(...call),
  },
  test: {
    description: 'prove that the server works: PING, SET, LPUSH, BRPOP, and how fast',
    ...OF_INSTANCE,
    options: [
      ['--url <URL>', 'a redis:// or rediss:// server instead of the instance'],
      ['--samples <N>', 'measurements of each row (default 20)'],
      ['--strict', 'a slow row fails the check too'],
      ['--junit <FILE>', 'also write the result as JUnit XML'],
      JSON_OPTION,
    ],
    run: async (...call) => (await import('./commands/test.js')).test(...call),
  },
  install: {
    description: 'put a server program into the cache, verified, and start nothing',
    argument: SPEC_ARGUMENT,
    settings: INSTALL_SETTINGS,
    options: [
      ['--from <FILE>', "take a release's archive, or a program, instead of a download"],
      QUIET_OPTION,
      JSON_OPTION,
    ],
    run: async (...call) => (await import('./commands/install.js')).install(...call),
  },
  lock: {
    description: 'pin version, addresses and checksums for every platform in skyfly.lock',
    argument: SPEC_ARGUMENT,
    settings: LOCK_SETTINGS,
    options: [QUIET_OPTION, JSON_OPTION],
    run: async (...call) => (await import('./commands/lock.js')).lock(...call),
  },
  engines: {
    description: 'which servers this machine has, could fetch, or lacks, and which one a start takes',
    settings: ['offline', 'mirror', 'cacheDir'],
    lenient: true,
    options: [JSON_OPTION],
    run: async (...call) => (await import('./commands/engines.js')).engines(...call),
  },
  cache: {
    description: 'the server programs that were downloaded: list, path, verify, clean',
    commands: {
      list: {
        description: 'what is in the cache',
        ...OF_CACHE,
        options: [JSON_OPTION],
        run: async (...call) => (await import('./commands/cache.js')).cacheList(...call),
      },
      path: {
        description: 'which folder is the cache, and why',
        ...OF_CACHE,
        options: [JSON_OPTION],
        run: async (...call) => (await import('./commands/cache.js')).cachePath(...call),
      },
      verify: {
        description: 'compare every program with its checksum; exit code 5 when one is damaged',
        ...OF_CACHE,
        options: [JSON_OPTION],
        run: async (...call) => (await import('./commands/cache.js')).cacheVerify(...call),
      },
      clean: {
        description: 'remove what no server runs, and what killed installations left',
        ...OF_CACHE,
        options: [
          ['--older-than <TIME>', 'only what was not used for so long (default 5m); 0 removes all'],
          JSON_OPTION,
        ],
        run: async (...call) => (await import('./commands/cache.js')).cacheClean(...call),
      },
    },
  },
}

const AFTER_HELP = `
Settings come from flags, then the environment, .env, and skyfly.json.
skyfly COMMAND --help tells more about a command.
`

/** @param argv what will be parsed: only the commands that it names get their flags, and only then is their table loaded */
export async function program(session: Session, argv: readonly string[]): Promise<Command> {
  const { io } = session
  const root = new Command('skyfly')
    .description('Dragonfly running now: starts, watches, logs, tests and stops a Redis-compatible server')
    .version(VERSION, '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: text => void io.stdout.write(text),
      writeErr: text => void io.stderr.write(text),
    })
    .configureHelp({ showGlobalOptions: false })
    .showHelpAfterError('hint: skyfly --help lists the commands, skyfly COMMAND --help the flags of one')
    .addHelpText('after', AFTER_HELP)
  await add(root, COMMANDS, session, argv)
  return root
}

async function add(
  parent: Command,
  rows: Readonly<Record<string, Row | Group>>,
  session: Session,
  argv: readonly string[],
): Promise<void> {
  for (const [name, row] of Object.entries(rows)) {
    const command = parent.command(name).description(row.description)
    if ('commands' in row) await add(command, row.commands, session, argv)
    else if (argv.includes(name)) await fill(command, row, session)
  }
}

async function fill(command: Command, row: Row, session: Session): Promise<void> {
  const { describe, flagsFrom, rowOf, SETTING_NAMES } = await import('../config/settings.js')
  command
    .allowExcessArguments(false)
    .usage(row.usage ?? (row.argument ? `[options] ${row.argument[0]}` : '[options]'))
  if (row.argument !== undefined) command.argument(...row.argument)
  for (const name of row.settings === 'all' ? SETTING_NAMES : row.settings) {
    const { flag } = rowOf(name)
    if (flag !== undefined) command.addOption(new Option(flag, describe(name)))
  }
  for (const [flags, description] of [...row.options, VERBOSE_OPTION]) command.option(flags, description)
  command.action(async () => {
    const { loadConfig } = await import('../config/resolve.js')
    const { io, serverArgs } = session
    const [spec] = command.processedArgs
    const options: Options = {
      ...command.opts(),
      ...(spec === undefined
        ? {}
        : (await import('./commands/engine-spec.js')).flagsOf(spec, command.opts())),
    }
    const config = loadConfig({
      flags: flagsFrom(options),
      serverArgs,
      cwd: workingFolder(io),
      env: io.env,
      lenient: row.lenient,
    })
    await row.run(session, config, options)
  })
}
