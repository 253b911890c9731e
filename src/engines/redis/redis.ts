// What Redis is, and Valkey like it: command line, version, snapshots.
import type { LogLevel } from '../../config/config.js'
import { SkyflyError } from '../../errors.js'
import type { Engine, LaunchInput } from '../engine.js'
import { explainBy } from '../explain.js'
import { flagValue } from '../flags.js'
import { posixPath } from '../posix-path.js'
import { refuseReservedFlags } from '../reserved-flags.js'
import { redisFailures } from './failures.js'
import { parseRedisLine } from './log.js'

const DBFILENAME = 'dump.rdb'

export const redis: Engine = {
  name: 'redis',
  licence,
  differs: 'runs all commands on one thread, and has no DFLY commands and no .dfs snapshots',
  programs: ['redis-server'],
  parseVersion: stdout => /^Redis server v=(\d+(?:\.\d+)+)/m.exec(stdout)?.[1],
  helpArgs: undefined,
  parseFlags: () => new Set(),
  args,
  isProtected: serverArgs =>
    !['requirepass', 'aclfile', 'user'].some(flag => flagValue(serverArgs, flag)) &&
    !/^no$/i.test(flagValue(serverArgs, 'protected-mode') ?? ''),
  rejectsEnv: () => false,
  parseLine: parseRedisLine,
  explain: explainBy(redisFailures),
  stopsBy: 'SHUTDOWN',
  livesBy: 'refusal',
  // Asked for every line of a flood, so the word that both have comes first.
  isEnding: line => line.includes('shutdown') && /User requested shutdown| scheduling shutdown/.test(line),
  reads: ['rdb', 'aof'],
  loads,
  saveFailure,
  // With its default save points it saves at SIGTERM and SHUTDOWN.
  savesSnapshot: serverArgs => flagValue(serverArgs, 'save') !== '',
  // temp-PID.rdb, and temp-rewriteaof-*.aof while it rewrites the append-only file.
  isUnfinishedSnapshot: fileName => /^temp-.*\.(rdb|aof)$/.test(fileName),
}

/** Redis makes a configuration of its arguments and quotes each: blanks, quotes and newlines get through. */
function args({ config, port, dir, binary }: LaunchInput): readonly string[] {
  refuseReservedFlags(config.serverArgs)
  refuseUnservable(config, binary.engine)
  return [
    ...['--port', String(port), '--bind', config.host, '--dir', posixPath(dir, binary.emulation)],
    ...['--dbfilename', DBFILENAME],
    ...['--loglevel', LEVELS[config.logLevel]],
    ...(config.maxmemory === undefined ? [] : ['--maxmemory', String(config.maxmemory)]),
    ...(config.threads === undefined ? [] : ['--io-threads', String(config.threads)]),
    ...(config.ephemeral ? ['--save', ''] : []),
    ...(binary.emulation === undefined ? [] : servingOn(config.serverArgs)),
    ...config.serverArgs,
  ]
}

/**
 * Cygwin's fork is known to fail at BGSAVE (redis-windows issue 47), after which every write would be
 * refused. SHUTDOWN saves without a fork.
 */
function servingOn(serverArgs: readonly string[]): readonly string[] {
  const flag = 'stop-writes-on-bgsave-error'
  return flagValue(serverArgs, flag) === undefined ? [`--${flag}`, 'no'] : []
}

/** The licence changed with 7.4, and again with 8. */
function licence(version: string | undefined): string {
  if (version === undefined) return 'BSD-3-Clause, RSALv2 or AGPL-3.0, by version'
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major >= 8) return 'AGPL-3.0, RSALv2 or SSPLv1'
  return major === 7 && minor >= 4 ? 'RSALv2 or SSPLv1' : 'BSD-3-Clause'
}

const LEVELS = {
  debug: 'debug',
  info: 'notice',
  warn: 'warning',
  // It has no level for errors: they are warnings.
  error: 'warning',
} as const satisfies Record<LogLevel, string>

/** Its IO_THREADS_MAX_NUM. */
const MAX_THREADS = 128

function refuseUnservable(
  { snapshotFormat, serverArgs, threads }: LaunchInput['config'],
  engine: string,
): void {
  if (threads !== undefined && threads > MAX_THREADS)
    throw new SkyflyError(
      'usage',
      `${engine} takes at most ${MAX_THREADS} threads, not ${threads} (--threads)`,
      {
        hint: 'leave --threads out, or give a smaller number',
      },
    )
  if (serverArgs[0] !== undefined && !serverArgs[0].startsWith('--'))
    throw new SkyflyError(
      'usage',
      `${engine} would take "${serverArgs[0]}" for a value of the flag before it`,
      {
        hint: 'give flags after the --; a configuration file by -- --include FILE',
      },
    )
  if (snapshotFormat === 'dfs') {
    throw new SkyflyError(
      'usage',
      `${engine} cannot write snapshots in Dragonfly's own format (--snapshot-format dfs)`,
      {
        hint: 'leave --snapshot-format out, or use --engine dragonfly',
      },
    )
  }
  if (/^yes$/i.test(flagValue(serverArgs, 'daemonize') ?? '')) {
    throw new SkyflyError('usage', `--daemonize takes ${engine} out of skyfly's hands`, {
      hint: 'leave --daemonize out and use skyfly start --detach',
    })
  }
}

/** With `--appendonly yes` it loads nothing but the append-only file, even where that is missing. */
function loads(fileName: string, serverArgs: readonly string[]): boolean {
  if (!/^yes$/i.test(flagValue(serverArgs, 'appendonly') ?? '')) {
    return fileName === (flagValue(serverArgs, 'dbfilename') ?? DBFILENAME)
  }
  const aofFolder = flagValue(serverArgs, 'appenddirname') ?? 'appendonlydir'
  return fileName === aofFolder || fileName === (flagValue(serverArgs, 'appendfilename') ?? 'appendonly.aof')
}

const SAVE_FAILURES = [
  /Failed opening the (?:temp )?RDB file .* for saving: .+/i,
  /Write error (?:while )?saving DB (?:on|to the) disk.*: .+/i,
  /Error moving temp DB file .+/i,
  // Printed after one of the above, which has the reason. The server stays alive after this.
  /Error trying to save the DB/,
] as const

function saveFailure(line: string): string | undefined {
  for (const failure of SAVE_FAILURES) {
    const found = failure.exec(line)
    if (found) return found[0]
  }
  return undefined
}
