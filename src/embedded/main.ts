// The embedded server as a program, which skyfly starts like any other engine: `node dist/embedded/main.js
// --port 6379`.
import { statSync } from 'node:fs'
import { VERSION } from '../version.js'
import type { EmbeddedConfig } from './config.js'
import { Embedded } from './embedded.js'
import { helpText, parseFlags } from './flags.js'
import { listen } from './listen.js'
import { isLogged, type LogLevel, logLine } from './log.js'
import { startSavePoints } from './rdb/save-points.js'
import { loadSnapshot, SnapshotError } from './rdb/snapshot.js'

/** The words of Redis, which skyfly recognizes and explains. */
const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'bind: Address already in use',
  EADDRNOTAVAIL: 'bind: Cannot assign requested address',
  EACCES: 'bind: Permission denied',
  ENOTFOUND: 'Name or service not known',
}

/** The server outlives its terminal, and dies of no signal that was meant for something else. SIGUSR1 would open Node's debugger. */
const IGNORED_SIGNALS = [
  ...(['SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const),
  ...(['SIGALRM', 'SIGVTALRM', 'SIGPROF', 'SIGXCPU'] as const),
]

await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<void> {
  const parsed = parseFlags(args, process.cwd())
  switch (parsed.kind) {
    case 'version':
      process.stdout.write(`skyfly embedded server v=${VERSION}\n`)
      return
    case 'help':
      process.stdout.write(helpText())
      return
    case 'wrong':
      return refuse(parsed.flag, parsed.value, parsed.why)
    case 'start': {
      const why = folderProblem(parsed.config.dir)
      return why === undefined ? serve(parsed.config) : refuse('dir', parsed.config.dir, why)
    }
  }
}

/** Refuses a setting in the words of Redis. */
function refuse(flag: string, value: string | undefined, why: string): void {
  const shown = value === undefined ? flag : `${flag} "${value}"`
  process.stderr.write(
    `*** FATAL CONFIG FILE ERROR (skyfly embedded server ${VERSION}) ***\nReading the command line\n>>> '${shown}'\n${why}\n`,
  )
  process.exitCode = 1
}

function folderProblem(dir: string): string | undefined {
  const stat = statSync(dir, { throwIfNoEntry: false })
  if (stat === undefined) return 'No such file or directory'
  return stat.isDirectory() ? undefined : 'Not a directory'
}

async function serve(config: EmbeddedConfig): Promise<void> {
  // When whoever read the log is gone, the server goes on, as Redis does.
  process.stdout.on('error', () => {})
  const log = (level: LogLevel, text: string): void => {
    if (isLogged(level, engine.config.logLevel)) process.stdout.write(logLine(level, text))
  }
  const exit = (code: number): void => {
    // Only after everything that was logged has been written.
    process.stdout.write('', () => process.exit(code))
  }
  const engine = new Embedded(config, { log, exit: () => exit(0) })
  log(
    'info',
    `skyfly embedded server ${VERSION}, for development and tests: it answers as Redis 7.0 does, and is not Dragonfly`,
  )
  obeySignals(engine)
  const isServing = (await load(engine)) && (await open(engine))
  if (isServing) startSavePoints(engine)
  else exit(1)
}

function obeySignals(engine: Embedded): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      engine.host.log('warn', `Received ${signal} scheduling shutdown...`)
      engine.host.log('warn', 'User requested shutdown...')
      engine.saving.shutdown({})
    })
  }
  // Node has put back to their defaults those that were ignored when it started.
  if (process.platform !== 'win32') for (const signal of IGNORED_SIGNALS) process.on(signal, () => {})
  else process.on('SIGHUP', () => {})
}

async function load(engine: Embedded): Promise<boolean> {
  const start = performance.now()
  try {
    const keys = await loadSnapshot(engine)
    const seconds = ((performance.now() - start) / 1000).toFixed(3)
    if (keys !== undefined) engine.host.log('info', `DB loaded from disk: ${seconds} seconds, ${keys} keys`)
    return true
  } catch (problem) {
    if (!(problem instanceof SnapshotError)) throw problem
    engine.host.log('error', `Fatal error loading the DB: ${problem.message}. Exiting.`)
    return false
  }
}

async function open(engine: Embedded): Promise<boolean> {
  const { bind, port } = engine.config
  try {
    await listen(engine)
    engine.host.log('info', `Listening on ${bind}:${engine.port}`)
    engine.host.log('info', 'Ready to accept connections')
    return true
  } catch (problem) {
    const { code = '', message } = problem as NodeJS.ErrnoException
    const reason = REASONS[code] ?? message
    engine.host.log(
      'warn',
      `Warning: Could not create server TCP listening socket ${bind}:${port}: ${reason}`,
    )
    engine.host.log('error', `Failed listening on port ${port} (TCP), aborting.`)
    return false
  }
}
