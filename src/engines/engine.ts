// What skyfly needs to know about a kind of server program: data and pure functions, no I/O.
import type { Config, EngineName, LogLevel } from '../config/config.js'
import type { Resources } from '../system/resources.js'

/** A server program that was found, and asked what it is. */
export interface Binary {
  readonly engine: EngineName
  /** Absolute path. */
  readonly path: string
  /** The program that runs it, where it cannot run by itself. */
  readonly interpreter?: string
  /** Plain number, such as `1.40.1`; undefined where the program does not tell. */
  readonly version: string | undefined
  /** Flags that its help lists, without dashes; undefined where it is not asked, or its help lists none. */
  readonly flags: ReadonlySet<string> | undefined
  /**
   * The emulation that gives it other paths than those of Windows; undefined: it takes the system's paths.
   */
  readonly emulation?: PosixEmulation | undefined
  /** Why it runs instead of what was preferred, to follow "as"; undefined: it is what was asked for. */
  readonly instead?: string | undefined
}

/** What lets Linux programs run on Windows: `C:\\data` is `/cygdrive/c/data` in one, `/c/data` in another. */
export type PosixEmulation = 'cygwin' | 'msys2'

/**
 * `rdb`: the format that the engines share; `dfs`: Dragonfly's own; `checkpoint`: Garnet's own; `aof`: the
 * append-only file of Redis and Valkey.
 */
export type SnapshotKind = 'rdb' | 'dfs' | 'checkpoint' | 'aof'

/** What a command line is made from. */
export interface LaunchInput {
  readonly config: Config
  /** The port really used, where the config says `auto`. */
  readonly port: number
  /** The data folder really used: the config's, or the temporary one of an ephemeral instance. */
  readonly dir: string
  readonly binary: Binary
  readonly resources: Resources
}

/** Why a start failed, as far as the server's own last lines tell. */
export interface Explanation {
  /** `port`: somebody else has the port, another attempt may work; `other`: trying again is no use. */
  readonly kind: 'port' | 'other'
  readonly message: string
  readonly hint: string
}

/** A line of the server's own log, taken apart. */
export interface ParsedLine {
  readonly level: LogLevel
  readonly msg: string
  /** Source position, where the engine tells one: `dfly_main.cc:1104`. */
  readonly at?: string
}

/** One row of the engine table. */
export interface Engine {
  readonly name: EngineName
  /** The licence of a version: an SPDX identifier, or a few words. Undefined: the version is not known. */
  readonly licence: (version: string | undefined) => string
  /** What a client that was written for Dragonfly misses here, to follow "it"; undefined: nothing. */
  readonly differs: string | undefined
  /** Names of its program on PATH, best first, without `.exe`. */
  readonly programs: readonly string[]
  /** The path of a program in this package, which Node runs; undefined: it is somebody else's. */
  readonly bundled?: string
  /** What else has to be on the machine. */
  readonly needs?: 'dotnet'
  /** Reads the plain number from what `--version` prints; undefined: it is not this engine. */
  readonly parseVersion: (stdout: string) => string | undefined
  /**
   * Arguments that make it list its flags, tried in turn until one does. The exit code does not matter.
   * Undefined: its builds do not differ in flags.
   */
  readonly helpArgs: readonly (readonly string[])[] | undefined
  /** Reads the flag names from that help. */
  readonly parseFlags: (stdout: string) => ReadonlySet<string>
  /** The server's arguments, the user's own last. @throws SkyflyError `usage` for what it cannot serve */
  readonly args: (input: LaunchInput) => readonly string[]
  /** Whether it refuses clients from elsewhere, or by an outer address, while it has no password. */
  readonly isProtected: (serverArgs: readonly string[]) => boolean
  /** Environment variables that must not reach a program with these flags. */
  readonly rejectsEnv: (name: string, flags?: ReadonlySet<string>) => boolean
  /** The variable that sets its password. @default none */
  readonly passwordVariable?: string
  /** Takes a log line apart; undefined: the line is not in the engine's format, and is kept whole. */
  readonly parseLine: (line: string) => ParsedLine | undefined
  /**
   * Explains a failed start from the last lines of the server (newest last) and what it was launched with.
   */
  readonly explain: (lines: readonly string[], input: LaunchInput) => Explanation | undefined
  /**
   * `SIGTERM`: its SHUTDOWN would wait for paused clients; `SAVE`: it has no SHUTDOWN, so it is asked to save,
   * and ended once it has.
   */
  readonly stopsBy: 'SHUTDOWN' | 'SIGTERM' | 'SAVE'
  /**
   * How to see that it lives though its clients are paused, and a PING would wait. `http`: its port answers
   * browsers, too; a PING must not wait there, since it would delay a SIGTERM. `refusal`: it refuses a wrong
   * command at once.
   */
  readonly livesBy: 'http' | 'refusal'
  /** Whether this line says that it ends now, whoever asked it to. It may still have to save. */
  readonly isEnding: (line: string) => boolean
  /** The kinds of snapshots that it can load. */
  readonly reads: readonly SnapshotKind[]
  /** Whether a server with the user's arguments loads this file, append-only folder or checkpoint. */
  readonly loads: (fileName: string, serverArgs: readonly string[]) => boolean
  /** Why the snapshot could not be saved, if this line says so. The first such line knows best. */
  readonly saveFailure: (line: string) => string | undefined
  /** Whether it would load and save a snapshot with these arguments (the user's own included). */
  readonly savesSnapshot: (args: readonly string[]) => boolean
  /** Whether a file in the data folder is a snapshot that is being written now. */
  readonly isUnfinishedSnapshot: (fileName: string) => boolean
}
