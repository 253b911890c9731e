// All commands on one page. The flags and the code of a command are loaded only when that command is asked
// for.
import { Option, Command as Parser } from 'commander'
import { VERSION } from '../version.js'
import type { Command, Options } from './command.js'
import { workingFolder } from './io.js'
import type { Session } from './session.js'

interface Row {
  readonly description: string
  readonly load: () => Promise<Command>
}

/** A command that only groups others. */
interface Group {
  readonly description: string
  readonly commands: Readonly<Record<string, Row>>
}

const COMMANDS: Readonly<Record<string, Row | Group>> = {
  start: {
    description: 'start the server and show its log until Ctrl-C',
    load: async () => (await import('./commands/start.js')).start,
  },
  stop: {
    description: 'stop the server, its snapshot saved',
    load: async () => (await import('./commands/stop.js')).stop,
  },
  restart: {
    description: 'stop and start with the same settings, or with those given anew',
    load: async () => (await import('./commands/restart.js')).restart,
  },
  status: {
    description: 'what runs; exit code 0 when running, 3 when not',
    load: async () => (await import('./commands/status.js')).status,
  },
  logs: {
    description: 'show the log, across rotated files, newest last',
    load: async () => (await import('./commands/logs.js')).logs,
  },
  test: {
    description: 'prove that the server works: PING, SET, LPUSH, BRPOP, and how fast',
    load: async () => (await import('./commands/test.js')).test,
  },
  install: {
    description: 'put a server program into the cache, verified, and start nothing',
    load: async () => (await import('./commands/install.js')).install,
  },
  lock: {
    description: 'pin version, addresses and checksums for every platform in skyfly.lock',
    load: async () => (await import('./commands/lock.js')).lock,
  },
  engines: {
    description: 'which servers this machine has, could fetch, or lacks, and which one a start takes',
    load: async () => (await import('./commands/engines.js')).engines,
  },
  cache: {
    description: 'the server programs that were downloaded: list, path, verify, clean',
    commands: {
      list: {
        description: 'what is in the cache',
        load: async () => (await import('./commands/cache.js')).list,
      },
      path: {
        description: 'which folder is the cache, and why',
        load: async () => (await import('./commands/cache.js')).path,
      },
      verify: {
        description: 'compare every program with its checksum; exit code 5 when one is damaged',
        load: async () => (await import('./commands/cache.js')).verify,
      },
      clean: {
        description: 'remove what no server runs, and what killed installations left',
        load: async () => (await import('./commands/cache.js')).clean,
      },
    },
  },
}

// Handled by run.ts, before anything happens that could be traced.
const VERBOSE_OPTION = ['--verbose', 'tell on standard error what skyfly decides and does'] as const

const AFTER_HELP = `
Settings come from flags, then the environment, .env, and skyfly.json.
skyfly COMMAND --help tells more about a command.
`

/** @param argv what will be parsed; only commands named in it are loaded */
export async function program(session: Session, argv: readonly string[]): Promise<Parser> {
  const { io } = session
  const root = new Parser('skyfly')
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
  await addAll(root, COMMANDS, session, argv)
  return root
}

async function addAll(
  parent: Parser,
  rows: Readonly<Record<string, Row | Group>>,
  session: Session,
  argv: readonly string[],
): Promise<void> {
  for (const [name, row] of Object.entries(rows)) {
    const parser = parent.command(name).description(row.description)
    if ('commands' in row) await addAll(parser, row.commands, session, argv)
    else if (argv.includes(name)) await fill(parser, await row.load(), session)
  }
}

async function fill(parser: Parser, command: Command, session: Session): Promise<void> {
  const { describe, flagsFrom, rowOf, SETTING_NAMES } = await import('../config/settings.js')
  const { argument, settings } = command
  parser
    .allowExcessArguments(false)
    .usage(command.usage ?? (argument ? `[options] ${argument.name}` : '[options]'))
  if (argument !== undefined) parser.argument(argument.name, argument.description)
  for (const name of settings === 'all' ? SETTING_NAMES : settings) {
    const { flag } = rowOf(name)
    if (flag !== undefined) parser.addOption(new Option(flag, describe(name)))
  }
  for (const [flags, description] of [...command.options, VERBOSE_OPTION]) parser.option(flags, description)
  parser.action(async () => {
    const { loadConfig } = await import('../config/resolve.js')
    const { io, serverArgs } = session
    const given = parser.opts<Options>()
    const [word] = parser.processedArgs as readonly (string | undefined)[]
    const options = { ...given, ...(word === undefined ? {} : argument?.flags(word, given)) }
    const config = loadConfig({
      flags: flagsFrom(options),
      serverArgs,
      cwd: workingFolder(io),
      env: io.env,
      lenient: command.lenient,
    })
    await command.run(session, config, options)
  })
}
