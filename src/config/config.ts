// The resolved settings of one instance, frozen: all that the other parts of skyfly know of the settings.

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Best first: `--engine auto` takes the first one it finds. Skyfly's own comes last. */
export const ENGINE_NAMES = ['dragonfly', 'valkey', 'redis', 'memurai', 'garnet', 'embedded'] as const
/** A kind of server program. */
export type EngineName = (typeof ENGINE_NAMES)[number]

export const RESTART_POLICIES = ['no', 'on-failure', 'always'] as const
export type RestartPolicy = (typeof RESTART_POLICIES)[number]

export const SNAPSHOT_FORMATS = ['rdb', 'dfs'] as const
export type SnapshotFormat = (typeof SNAPSHOT_FORMATS)[number]

export const LOG_FORMATS = ['json', 'text'] as const
export type LogFormat = (typeof LOG_FORMATS)[number]

/** The settings of `skyfly start`, under the names they have in skyfly.json. */
export interface Settings {
  /** Name of the instance: letters, digits, `-` and `_`. */
  readonly name: string
  /** TCP port, 1 to 65535; `auto` takes a free one. */
  readonly port: number | 'auto'
  /** Address to listen on. `localhost` has become `127.0.0.1` here. */
  readonly host: string
  /** The server's data folder, absolute. */
  readonly dir: string
  readonly logLevel: LogLevel
  readonly engine: EngineName | 'auto'
  /**
   * The server program: an absolute path, or a bare name to look for on PATH; undefined: look for any
   * engine's.
   */
  readonly binary: string | undefined
  /**
   * Version of the engine: a plain number, or `latest`; undefined: what skyfly.lock pins, else the one skyfly
   * knows best.
   */
  readonly engineVersion: string | undefined
  /** Downloads no server program: only the cache and PATH are searched. */
  readonly offline: boolean
  /** Takes a download without a known checksum. */
  readonly allowUnverified: boolean
  /** URL to download from instead, with {engine}, {version}, {asset} and {repo} in it. */
  readonly mirror: string | undefined
  /**
   * Where downloaded server programs are kept, absolute; undefined: bin-cache in the project, else the user's
   * cache folder.
   */
  readonly cacheDir: string | undefined
  /** Time without a byte after which a download is tried again. */
  readonly downloadTimeoutMs: number
  /**
   * Memory the data may take, in bytes; undefined: the engine's own default (Dragonfly: chosen with the
   * threads).
   */
  readonly maxmemory: number | undefined
  /** Threads of the server; undefined: chosen with the memory. */
  readonly threads: number | undefined
  /** No snapshot; the data folder is a temporary one that goes with the server. */
  readonly ephemeral: boolean
  readonly snapshotFormat: SnapshotFormat
  readonly restart: RestartPolicy
  readonly startTimeoutMs: number
  readonly stopTimeoutMs: number
  readonly logFormat: LogFormat
  /** Size at which the log file is rotated, in bytes. */
  readonly logMaxBytes: number
  /** How many log files there may be, the current one counted. */
  readonly logMaxFiles: number
  /** Arguments that go to the server as they are. */
  readonly serverArgs: readonly string[]
}

export type SettingName = keyof Settings

/** The files of one instance, absolute. */
export interface InstanceFiles {
  readonly pidFile: string
  readonly stateFile: string
  readonly logFile: string
  /** The control socket; on Windows a file that holds the name of a pipe. */
  readonly controlSocket: string
}

/** Everything decided about one instance before anything is done. */
export interface Config extends Settings {
  /** The project root: the nearest folder upwards with a skyfly.json, else the working folder. */
  readonly root: string
  readonly files: InstanceFiles
  /**
   * Where each setting that is not a default came from, in words for people: `--port`, `DRAGONFLY_PORT in
   * .env`, `skyfly.json`.
   */
  readonly sources: Readonly<Partial<Record<SettingName, string>>>
  /** What was passed over, and what to do about it, a sentence each; undefined: nothing was. */
  readonly notes?: readonly string[]
}

/** What a command in a hint needs so that it means this instance: nothing for the one that needs no name. */
export const nameFlag = (name: string): string => (name === 'dragonfly' ? '' : ` --name ${name}`)
