// What Dragonfly is: its command line, its version and help, its snapshots.
import type { LogLevel } from '../../config/config.js'
import { parseBytes } from '../../config/units.js'
import type { Engine, LaunchInput } from '../engine.js'
import { explainBy } from '../explain.js'
import { flagValue } from '../flags.js'
import { refuseReservedFlags } from '../reserved-flags.js'
import { dragonflyFailures } from './failures.js'
import { parseGlogLine } from './log.js'
import { size } from './sizing.js'

/** Always the same file name: Dragonfly's own default leaves a new set of files at every stop. */
const DBFILENAME = 'dump'

export const dragonfly: Engine = {
  name: 'dragonfly',
  licence: () => 'BUSL-1.1',
  differs: undefined,
  programs: ['dragonfly', 'dragonfly-x86_64', 'dragonfly-aarch64'],
  // It prints colours even on a pipe.
  parseVersion: stdout => /^dragonfly\s+(?:df-)?v?(\d+(?:\.\d+)+)/im.exec(withoutColours(stdout))?.[1],
  // Only the full help lists the logging flags; a build without Abseil's flags may know only the short one.
  helpArgs: [['--helpfull'], ['--help']],
  parseFlags: stdout =>
    new Set(
      Array.from(
        withoutColours(stdout).matchAll(/^[\s[]*(?:-\w,\s*)?--([a-z][\w-]*)/gim),
        ([, name = '']) => name,
      ),
    ),
  args,
  isProtected: () => false,
  // An unknown one aborts the server, and even DFLY_PASSWORD, which its help names, is unknown to it.
  rejectsEnv: (name, flags) => name.startsWith('DFLY_') && !isFlagFromEnv(name.slice('DFLY_'.length), flags),
  passwordVariable: 'DFLY_requirepass',
  parseLine: parseGlogLine,
  explain: explainBy(dragonflyFailures),
  stopsBy: 'SIGTERM',
  livesBy: 'http',
  isEnding: line => line.includes('Exiting on signal') || line.includes('Listener stopped'),
  reads: ['rdb', 'dfs'],
  loads,
  saveFailure: line => /Failed to perform snapshot (.+)/.exec(line)?.[1],
  savesSnapshot: serverArgs => (flagValue(serverArgs, 'dbfilename') ?? DBFILENAME) !== '',
  isUnfinishedSnapshot: fileName => fileName.endsWith('.tmp'),
}

/** What skyfly alone may give stays away, as it does after `--`. */
function isFlagFromEnv(flag: string, flags?: ReadonlySet<string>): boolean {
  return flags?.has(flag) === true && !['port', 'bind', 'dir'].includes(flag)
}

/** A flag with its value; undefined: it has none. */
type Flag = readonly [name: string, value?: string | number]

function args({ config, port, dir, binary, resources }: LaunchInput): readonly string[] {
  refuseReservedFlags(config.serverArgs)
  // A binary whose help lists nothing gets only what every Dragonfly has: address, port and folder.
  const listed = (name: string) =>
    [name, name.replaceAll('_', '-'), name.replaceAll('-', '_')].find(spelling => binary.flags?.has(spelling))
  // Flags that its help does not list are left out: an unknown flag makes the start fail.
  const known = (flags: readonly Flag[]) =>
    flags.flatMap(([name, value]) => {
      const spelling = listed(name)
      if (spelling === undefined) return []
      return [value === undefined ? `--${spelling}` : `--${spelling}=${value}`]
    })
  const { threads, maxmemoryMib } = size(resources, config, {
    maxmemory: parseBytes(flagValue(config.serverArgs, 'maxmemory') ?? '') || undefined,
    threads: Number(flagValue(config.serverArgs, 'proactor_threads')) || undefined,
  })
  const address = [`--bind=${config.host}`, `--port=${port}`]
  const snapshot: readonly Flag[] = [
    ['dbfilename', config.ephemeral ? '' : DBFILENAME],
    ['df_snapshot_format', String(config.snapshotFormat === 'dfs')],
  ]
  const rest: readonly Flag[] = [
    ['version_check', 'false'],
    ['omit_basic_usage'],
    // Scripts of BullMQ and others touch keys that they do not declare. The user's own flag comes later, and
    // wins.
    ['default_lua_flags', 'allow-undeclared-keys'],
    ['proactor_threads', threads],
    ['maxmemory', `${maxmemoryMib}mb`],
  ]
  const logLevel = listed('log-level')
  if (logLevel !== undefined) {
    const log = [`--${logLevel}`, config.logLevel, '--dir', dir, ...known([['cli']])]
    return [...address, ...log, ...known([...snapshot, ...rest]), ...config.serverArgs]
  }
  const { minloglevel, v } = GLOG_LEVELS[config.logLevel]
  const log: readonly Flag[] = [['logtostderr'], ['minloglevel', minloglevel]]
  const verbose: readonly Flag[] = v === undefined ? [] : [['v', v]]
  return [
    ...address,
    `--dir=${dir}`,
    ...known([...snapshot, ...log, ...rest, ...verbose]),
    ...config.serverArgs,
  ]
}

const GLOG_LEVELS: Readonly<Record<LogLevel, { readonly minloglevel: number; readonly v?: number }>> = {
  debug: { minloglevel: 0, v: 1 },
  info: { minloglevel: 0 },
  warn: { minloglevel: 1 },
  error: { minloglevel: 2 },
}

/** It loads both formats under one name, whatever --df_snapshot_format says. A macro matches any time. */
function loads(fileName: string, serverArgs: readonly string[]): boolean {
  const name = flagValue(serverArgs, 'dbfilename') ?? DBFILENAME
  if (name === '') return false
  const pattern = name
    .replace(/\.rdb$/, '')
    .split(/\{(?:timestamp|Y|m|d)\}/)
    .map(part => part.replace(/[^\w-]/g, '\\$&'))
  return new RegExp(`^${pattern.join('.+')}(?:\\.rdb|-summary\\.dfs)$`).test(fileName)
}

function withoutColours(text: string): string {
  return text.replace(/\x1b\[[\d;]*m/g, '')
}
