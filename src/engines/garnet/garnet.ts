// What Garnet is: Microsoft's server on .NET, with flags, log lines and checkpoints of its own (those of
// version 2).
import type { LogLevel } from '../../config/config.js'
import { SkyflyError } from '../../errors.js'
import type { Engine, LaunchInput } from '../engine.js'
import { explainBy } from '../explain.js'
import { flagValue } from '../flags.js'
import { type ReservedFlag, refuseReservedFlags } from '../reserved-flags.js'
import { isCheckpointName, isUnfinishedCheckpointName } from './checkpoint-names.js'
import { garnetFailures } from './failures.js'
import { parseGarnetLine } from './log.js'

export const garnet: Engine = {
  name: 'garnet',
  licence: () => 'MIT',
  differs:
    'has no streams, no DFLY commands, saves only when skyfly stops it, and no other server reads what it saved',
  programs: ['GarnetServer', 'garnet-server'],
  needs: 'dotnet',
  parseVersion: stdout => /^GarnetServer (\d+(?:\.\d+)+)/m.exec(stdout)?.[1],
  helpArgs: undefined,
  parseFlags: () => new Set(),
  args,
  // Its protected mode only chooses the address, and skyfly always names one.
  isProtected: () => false,
  rejectsEnv: () => false,
  parseLine: parseGarnetLine,
  explain: explainBy(garnetFailures),
  stopsBy: 'SAVE',
  livesBy: 'refusal',
  // It says nothing.
  isEnding: () => false,
  reads: ['checkpoint'],
  loads: (fileName, serverArgs) => isCheckpointName(fileName) && recovers(serverArgs) !== false,
  saveFailure: line => /(?:fail|crit): \S+ (.*checkpoint.*)/i.exec(line)?.[1],
  savesSnapshot: serverArgs => recovers(serverArgs) ?? false,
  isUnfinishedSnapshot: isUnfinishedCheckpointName,
}

const OWNED: readonly ReservedFlag[] = [
  { flag: 'port', setting: 'port' },
  { flag: 'bind', setting: 'host' },
  { flag: 'checkpointdir', setting: 'dir' },
  { flag: 'c', setting: 'dir' },
]

function args({ config, port, dir }: LaunchInput): readonly string[] {
  const { ephemeral, host, logLevel, maxmemory, serverArgs } = config
  refuseReservedFlags(serverArgs, OWNED)
  refuseUnservable(config)
  // A flag that is given twice makes the start fail, so the user's own replaces ours.
  const unless = (names: readonly string[], ...words: readonly string[]) =>
    names.some(name => flagValue(serverArgs, name) !== undefined) ? [] : words
  return [
    ...['--port', String(port), '--bind', host, '--checkpointdir', dir],
    ...(ephemeral ? [] : unless(['recover', 'r'], '--recover')),
    // By default it prints warnings only, so not even its start would show in the log.
    ...unless(['logger-level'], '--logger-level', LEVELS[logLevel]),
    // Its default of 16 GiB is only address space until data fills it. At the limit it drops the oldest keys.
    ...(maxmemory === undefined
      ? []
      : unless(['memory', 'm'], '--memory', `${Math.floor(maxmemory / MIB)}m`)),
    // Off by default, and job queues and locks for Redis are scripts.
    ...unless(['lua'], '--lua'),
    ...serverArgs,
  ]
}

const LEVELS = {
  debug: 'Debug',
  info: 'Information',
  warn: 'Warning',
  error: 'Error',
} as const satisfies Record<LogLevel, string>

const MIB = 1024 * 1024
/** Two of its pages of 32 MiB; it rounds down to a power of two. */
const MIN_MEMORY_MIB = 64

function refuseUnservable({ maxmemory, serverArgs, snapshotFormat, threads }: LaunchInput['config']): void {
  if (threads !== undefined)
    throw new SkyflyError('usage', `garnet takes no number of threads (--threads ${threads})`, {
      hint: 'leave --threads out: .NET uses what cores there are',
    })
  if (snapshotFormat === 'dfs')
    throw new SkyflyError(
      'usage',
      `garnet cannot write snapshots in Dragonfly's own format (--snapshot-format dfs)`,
      { hint: 'leave --snapshot-format out, or use --engine dragonfly' },
    )
  if (maxmemory !== undefined && maxmemory < MIN_MEMORY_MIB * MIB)
    throw new SkyflyError(
      'usage',
      `${Math.floor(maxmemory / MIB)} MiB of memory are too little for garnet, which needs ${MIN_MEMORY_MIB} MiB`,
      { hint: `use --maxmemory ${MIN_MEMORY_MIB}mb` },
    )
  if (flagValue(serverArgs, 'requirepass') !== undefined)
    throw new SkyflyError('usage', 'garnet does not know --requirepass', {
      hint: 'give the password by -- --auth Password --password PASSWORD',
    })
}

/** Whether it loads its newest checkpoint, as far as these arguments say. */
function recovers(serverArgs: readonly string[]): boolean | undefined {
  const value = flagValue(serverArgs, 'recover') ?? flagValue(serverArgs, 'r')
  return value === undefined ? undefined : !/^false$/i.test(value)
}
