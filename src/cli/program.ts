// Every command and flag, on one page. What a command needs is loaded when it runs.
import { Command, Option } from 'commander'
import type { Config, SettingName } from '../config/config.js'
import { EXIT_CODES } from '../errors.js'
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

/** @param argv what will be parsed: the table of settings is loaded only if a command is named, not for --help or --version */
export async function program(session: Session, argv: readonly string[]): Promise<Command> {
  const { io } = session
  const namesCommand = argv.some(word => !word.startsWith('-'))
  const settings = namesCommand ? await import('../config/settings.js') : undefined
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

  const command = (name: string, description: string) =>
    root.command(name).description(description).allowExcessArguments(false)
  const setting = (to: Command, name: SettingName) => {
    const flag = settings?.rowOf(name).flag
    return flag === undefined ? to : to.addOption(new Option(flag, settings?.describe(name)))
  }
  const named = (to: Command) => setting(to, 'name')
  const withSettings = (to: Command) => (settings?.SETTING_NAMES ?? []).reduce(setting, to)
  const configOf = async (options: Options, { lenient = true } = {}): Promise<Config> => {
    const { loadConfig } = await import('../config/resolve.js')
    return loadConfig({
      flags: flagsOf(options),
      serverArgs: session.serverArgs,
      cwd: workingFolder(io),
      env: io.env,
      lenient,
    })
  }
  const flagsOf = (options: Options) => settings?.flagsFrom(options) ?? {}
  const json = (to: Command) => to.option('--json', 'print JSON')

  json(withSettings(command('start', 'start the server and show its log until Ctrl-C')))
    .option('-d, --detach', 'start it in the background; return when it is ready')
    .usage('[options] [-- SERVER_ARGS...]')
    .action(async (options: Options) =>
      (await import('./actions/start.js')).start(
        session,
        await configOf(options, { lenient: false }),
        options,
      ),
    )

  json(named(command('stop', 'stop the server, its snapshot saved')))
    .option('--all', 'every instance of this project')
    .option('--timeout <TIME>', 'time to stop in before a kill; saving does not count')
    .option('--force', 'kill it at once, without saving')
    .action(async (options: Options) =>
      (await import('./actions/stop.js')).stop(session, await configOf(options), options),
    )

  json(withSettings(command('restart', 'stop and start with the same settings, or with those given anew')))
    .usage('[options] [-- SERVER_ARGS...]')
    .action(async (options: Options) => {
      const { restart } = await import('./actions/restart.js')
      return restart(session, await configOf(options, { lenient: false }), flagsOf(options), options)
    })

  json(named(command('status', `what runs; exit code 0 when running, ${EXIT_CODES['not-running']} when not`)))
    .option('--all', 'every instance of this project')
    .action(async (options: Options) =>
      (await import('./actions/status.js')).status(session, await configOf(options), options),
    )

  json(named(command('logs', 'show the log, across rotated files, newest last')))
    .option('-f, --follow', 'go on with what comes, until Ctrl-C')
    .option('-n, --lines <N>', 'only the last N lines (default 100; with --since, --level or --grep: all)')
    .option('--since <TIME>', 'only what is newer: a time span such as 10m, or a date')
    .option('--level <LEVEL>', 'only this level and above: debug, info, warn, error')
    .option('--grep <RE>', 'only lines that match this regular expression')
    .action(async (options: Options) =>
      (await import('./actions/logs.js')).logs(session, await configOf(options), options),
    )

  json(named(command('test', 'prove that the server works: PING, SET, LPUSH, BRPOP, and how fast')))
    .option('--url <URL>', 'a redis:// or rediss:// server instead of the instance')
    .option('--samples <N>', 'measurements of each row (default 20)')
    .option('--strict', 'a slow row fails the check too')
    .option('--junit <FILE>', 'also write the result as JUnit XML')
    .action(async (options: Options) =>
      (await import('./actions/test.js')).test(session, await configOf(options), options),
    )

  return root
}

const VERSION = '0.1.0'

const AFTER_HELP = `
Settings come from flags, then the environment, .env, and skyfly.json.
skyfly COMMAND --help tells more about a command.
`
