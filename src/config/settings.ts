// The one table of settings: how each is written on the command line, in the environment and in skyfly.json.
import {
  ENGINE_NAMES,
  LOG_FORMATS,
  LOG_LEVELS,
  RESTART_POLICIES,
  type SettingName,
  type Settings,
  SNAPSHOT_FORMATS,
} from './config.js'
import * as kind from './kinds.js'

/** A value as it was given, not checked yet: text, or a number, boolean or list from JSON or a program. */
type RawValue = string | number | boolean | readonly string[]

/**
 * Settings that are given explicitly; the others are looked up. Numbers are in the unit that the name says.
 */
export type Flags = { readonly [Name in SettingName]?: RawValue | undefined }

/** One setting. */
export interface SettingRow<T> {
  /** As commander wants it; undefined: not a flag. */
  readonly flag: string | undefined
  /** Environment variable, in .env too; undefined: none. */
  readonly env: string | undefined
  /** Key in skyfly.json, and commander's name of the flag. */
  readonly key: string
  /** For --help, without the default. */
  readonly description: string
  /**
   * As a person would write it, relative to the project root, NAME being the instance; undefined: decided
   * later.
   */
  readonly fallback: RawValue | undefined
  readonly kind: kind.Kind<Exclude<T, undefined>>
  /** Whether a start that asks for it explicitly has to find it in the instance that runs already. */
  readonly comparedWhenRunning: boolean
}

const SETTINGS = {
  name: {
    flag: '--name <NAME>',
    env: 'SKYFLY_NAME',
    key: 'name',
    description: 'name of the instance',
    fallback: 'dragonfly',
    kind: kind.instanceName,
    // It says which instance is meant.
    comparedWhenRunning: false,
  },
  port: {
    flag: '--port <N|auto>',
    env: 'DRAGONFLY_PORT',
    key: 'port',
    description: 'TCP port; auto takes a free one',
    fallback: '6379',
    kind: kind.portNumber,
    // Clients connect to it.
    comparedWhenRunning: true,
  },
  host: {
    flag: '--host <ADDRESS>',
    env: 'DRAGONFLY_HOST',
    key: 'host',
    description: 'address to listen on',
    fallback: '127.0.0.1',
    kind: kind.hostName,
    // Clients connect to it.
    comparedWhenRunning: true,
  },
  dir: {
    flag: '--dir <FOLDER>',
    env: 'DRAGONFLY_DIR',
    key: 'dir',
    description: "the server's data folder",
    fallback: 'data/NAME',
    kind: kind.folder,
    // It is where the data is.
    comparedWhenRunning: true,
  },
  logLevel: {
    flag: '--log-level <LEVEL>',
    env: 'DRAGONFLY_LOG_LEVEL',
    key: 'logLevel',
    description: LOG_LEVELS.join(', '),
    fallback: 'info',
    kind: kind.oneOf(LOG_LEVELS),
    // The server is started with it.
    comparedWhenRunning: true,
  },
  engine: {
    flag: '--engine <ENGINE>',
    env: 'SKYFLY_ENGINE',
    key: 'engine',
    description: `auto, ${ENGINE_NAMES.join(', ')}`,
    fallback: 'auto',
    kind: kind.oneOf(['auto', ...ENGINE_NAMES]),
    // It is what runs.
    comparedWhenRunning: true,
  },
  binary: {
    flag: '--binary <PATH>',
    env: 'SKYFLY_BINARY',
    key: 'binary',
    description: 'server program to run; without it, one is looked for',
    fallback: undefined,
    kind: kind.program,
    // It is what runs.
    comparedWhenRunning: true,
  },
  engineVersion: {
    flag: '--engine-version <VERSION>',
    env: 'SKYFLY_ENGINE_VERSION',
    key: 'engineVersion',
    description:
      'version of the engine, or latest; without it, what skyfly.lock pins, else the one skyfly was tried with',
    fallback: undefined,
    kind: kind.version,
    // It is what runs.
    comparedWhenRunning: true,
  },
  offline: {
    flag: '--offline',
    env: 'SKYFLY_OFFLINE',
    key: 'offline',
    description: 'download nothing: take a server program from the cache or PATH',
    fallback: false,
    kind: kind.yesOrNo,
    // It is about fetching a program, and one runs.
    comparedWhenRunning: false,
  },
  allowUnverified: {
    flag: '--allow-unverified',
    env: 'SKYFLY_ALLOW_UNVERIFIED',
    key: 'allowUnverified',
    description: 'take a download without a known checksum',
    fallback: false,
    kind: kind.yesOrNo,
    // It is about fetching a program, and one runs.
    comparedWhenRunning: false,
  },
  mirror: {
    flag: '--mirror <URL>',
    env: 'SKYFLY_MIRROR',
    key: 'mirror',
    description: 'download from there; {repo}, {tag}, {version}, {asset} and {engine} in it are filled in',
    fallback: undefined,
    kind: kind.urlTemplate(['engine', 'version', 'asset', 'repo', 'tag']),
    // It is about fetching a program, and one runs.
    comparedWhenRunning: false,
  },
  cacheDir: {
    flag: '--cache-dir <FOLDER>',
    env: 'SKYFLY_CACHE_DIR',
    key: 'cacheDir',
    description:
      "where server programs are kept; without it, the project's bin-cache, else the user's cache folder",
    fallback: undefined,
    kind: kind.folder,
    // It is about fetching a program, and one runs.
    comparedWhenRunning: false,
  },
  downloadTimeoutMs: {
    flag: '--download-timeout <TIME>',
    env: 'SKYFLY_DOWNLOAD_TIMEOUT',
    key: 'downloadTimeout',
    description: 'time without a byte after which a download is tried again',
    fallback: '30s',
    kind: kind.timeout,
    // It is about fetching a program, and one runs.
    comparedWhenRunning: false,
  },
  maxmemory: {
    flag: '--maxmemory <SIZE>',
    env: 'SKYFLY_MAXMEMORY',
    key: 'maxmemory',
    description: 'memory for the data, such as 2gb; without it, the engine decides',
    fallback: undefined,
    kind: kind.size(1, '1 byte'),
    // The server is started with it.
    comparedWhenRunning: true,
  },
  threads: {
    flag: '--threads <N>',
    env: 'SKYFLY_THREADS',
    key: 'threads',
    description: 'threads of the server; without it, chosen with the memory',
    fallback: undefined,
    kind: kind.integer(1, 1_024),
    // The server is started with it.
    comparedWhenRunning: true,
  },
  ephemeral: {
    flag: '--ephemeral',
    env: 'SKYFLY_EPHEMERAL',
    key: 'ephemeral',
    description: 'no snapshot, and a data folder that goes with the server',
    fallback: false,
    kind: kind.yesOrNo,
    // It decides whether the data stays.
    comparedWhenRunning: true,
  },
  snapshotFormat: {
    flag: '--snapshot-format <FORMAT>',
    env: 'SKYFLY_SNAPSHOT_FORMAT',
    key: 'snapshotFormat',
    description: 'rdb, which every engine reads, or dfs',
    fallback: 'rdb',
    kind: kind.oneOf(SNAPSHOT_FORMATS),
    // The server is started with it.
    comparedWhenRunning: true,
  },
  restart: {
    flag: '--restart <POLICY>',
    env: 'SKYFLY_RESTART',
    key: 'restart',
    description: `when the server ends by itself: ${RESTART_POLICIES.join(', ')}`,
    fallback: 'on-failure',
    kind: kind.oneOf(RESTART_POLICIES),
    // Its supervisor acts by it.
    comparedWhenRunning: true,
  },
  startTimeoutMs: {
    flag: '--start-timeout <TIME>',
    env: 'SKYFLY_START_TIMEOUT',
    key: 'startTimeout',
    description: 'time to get ready in; loading a snapshot does not count',
    fallback: '30s',
    kind: kind.timeout,
    // Its supervisor acts by it at each restart.
    comparedWhenRunning: true,
  },
  stopTimeoutMs: {
    flag: '--stop-timeout <TIME>',
    env: 'SKYFLY_STOP_TIMEOUT',
    key: 'stopTimeout',
    description: 'time to stop in before a kill; saving does not count',
    fallback: '10s',
    kind: kind.timeout,
    // Its supervisor kills by it.
    comparedWhenRunning: true,
  },
  logFormat: {
    flag: '--log-format <FORMAT>',
    env: 'SKYFLY_LOG_FORMAT',
    key: 'logFormat',
    description: `lines of the log file: ${LOG_FORMATS.join(', ')}`,
    fallback: 'json',
    kind: kind.oneOf(LOG_FORMATS),
    // Its supervisor writes the log by it.
    comparedWhenRunning: true,
  },
  logMaxBytes: {
    flag: '--log-max-size <SIZE>',
    env: 'SKYFLY_LOG_MAX_SIZE',
    key: 'logMaxSize',
    description: 'size at which the log file is rotated',
    fallback: '10mb',
    kind: kind.size(64 * 1_024, '64kb'),
    // Its supervisor rotates the log by it.
    comparedWhenRunning: true,
  },
  logMaxFiles: {
    flag: '--log-max-files <N>',
    env: 'SKYFLY_LOG_MAX_FILES',
    key: 'logMaxFiles',
    description: 'log files to keep, the current one counted',
    fallback: '5',
    kind: kind.integer(1, 1_000),
    // Its supervisor rotates the log by it.
    comparedWhenRunning: true,
  },
  serverArgs: {
    flag: undefined,
    env: undefined,
    key: 'serverArgs',
    description: 'arguments that go to the server as they are',
    fallback: [],
    kind: kind.argumentList,
    // The server is started with them.
    comparedWhenRunning: true,
  },
} as const satisfies { readonly [Name in SettingName]: SettingRow<Settings[Name]> }

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[]

/** The row of a setting whose name is only known at run time. */
export function rowOf(name: SettingName): SettingRow<Settings[SettingName]> {
  return SETTINGS[name] as SettingRow<Settings[SettingName]>
}

/** What --help says about a setting, its default and its environment variable included. */
export function describe(name: SettingName): string {
  const { description, fallback, env } = rowOf(name)
  const shown = fallback === undefined || typeof fallback !== 'string' ? [] : [`default ${fallback}`]
  const notes = [...shown, ...(env === undefined ? [] : [env])]
  return notes.length === 0 ? description : `${description} (${notes.join('; ')})`
}

/** Picks the settings from commander's options, which carry the names of the flags. */
export function flagsFrom(options: Readonly<Record<string, unknown>>): Flags {
  const given = SETTING_NAMES.filter(name => options[rowOf(name).key] !== undefined)
  return Object.fromEntries(given.map(name => [name, options[rowOf(name).key]]))
}
