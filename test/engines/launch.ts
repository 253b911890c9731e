// The settings of a start, for the tests of the engines: defaults, and what a test changes.
import type { Config } from '../../src/config/config.js'
import type { Binary, LaunchInput } from '../../src/engines/engine.js'

interface Changes {
  readonly config?: Partial<Config>
  readonly binary?: Partial<Binary>
  readonly input?: Partial<Pick<LaunchInput, 'port' | 'dir' | 'resources'>>
}

export function launch({ config = {}, binary = {}, input = {} }: Changes = {}): LaunchInput {
  return {
    config: { ...DEFAULTS, ...config },
    port: 7001,
    dir: '/project/data/dragonfly',
    resources: { cores: 2, memoryBytes: 1000 * 1024 * 1024 },
    binary: { engine: 'dragonfly', path: '/opt/dragonfly', version: '1.40.1', flags: LISTED, ...binary },
    ...input,
  }
}

/** What the help of Dragonfly 1.40.1 lists of what skyfly gives. */
const LISTED: ReadonlySet<string> = new Set([
  ...['bind', 'port', 'dir', 'dbfilename', 'df_snapshot_format', 'logtostderr', 'minloglevel', 'v'],
  ...['version_check', 'omit_basic_usage', 'default_lua_flags', 'proactor_threads', 'maxmemory'],
])

const DEFAULTS: Config = {
  name: 'dragonfly',
  port: 6379,
  host: '127.0.0.1',
  dir: '/project/data/dragonfly',
  logLevel: 'info',
  engine: 'auto',
  binary: undefined,
  engineVersion: undefined,
  offline: true,
  allowUnverified: false,
  mirror: undefined,
  cacheDir: undefined,
  downloadTimeoutMs: 30_000,
  maxmemory: undefined,
  threads: undefined,
  ephemeral: false,
  snapshotFormat: 'rdb',
  restart: 'on-failure',
  startTimeoutMs: 30_000,
  stopTimeoutMs: 10_000,
  logFormat: 'json',
  logMaxBytes: 10 * 1024 * 1024,
  logMaxFiles: 5,
  serverArgs: [],
  root: '/project',
  files: {
    pidFile: '/project/data/dragonfly.pid',
    stateFile: '/project/data/dragonfly.json',
    logFile: '/project/logs/dragonfly.log',
    controlSocket: '/project/data/dragonfly.sock',
  },
  sources: {},
}
