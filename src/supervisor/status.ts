// What is known about an instance: the report of `skyfly status`, and the state file it is kept in between
// runs.
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Config, EngineName } from '../config/config.js'
import { replaceFile } from '../system/replace-file.js'
import { whileInUse } from '../system/retry-in-use.js'
import type { LastSettings } from './last-settings.js'
import { urlOf } from './prepare/address.js'
import type { State } from './run/lifecycle-state.js'

/** How a server process ended. */
export interface LastExit {
  readonly code: number | null
  readonly signal: string | null
  /** ISO 8601. */
  readonly at: string
  /** In words, with the explanation where there is one. */
  readonly reason: string
}

/**
 * The state of one instance. If it does not run, the fields of a live process are null and the rest describes
 * the last run.
 */
export interface Status {
  readonly name: string
  readonly state: Exclude<State, 'idle'>
  readonly engine: EngineName | null
  /** Plain number, such as `1.40.1`. */
  readonly version: string | null
  readonly pid: number | null
  readonly supervisorPid: number | null
  readonly host: string
  readonly port: number | null
  readonly url: string | null
  /** ISO 8601: when the present server was started. */
  readonly startedAt: string | null
  /** ISO 8601: when it answered its first PING. */
  readonly readyAt: string | null
  /** By a clock that nobody sets. */
  readonly uptimeMs: number | null
  readonly restarts: number
  readonly lastExit: LastExit | null
  readonly dir: string
  readonly logFile: string
  /** Why the log cannot be written now, so that its lines are lost; null: it can. */
  readonly logError: string | null
  /** Why its supervisor cannot be asked, so that this is what was last written down; null: it can. */
  readonly controlError: string | null
  readonly pidFile: string
  readonly binary: string | null
}

/**
 * The state file: the status as of the last change, and what the next skyfly needs to clean up after a killed
 * one.
 */
export interface InstanceRecord {
  readonly status: Status
  /** Identity of the server process; null: none ran. See processIdentity in system/processes.ts. */
  readonly serverIdentity: string | null
  /** Identity of the supervisor that wrote it. */
  readonly supervisorIdentity: string | null
  /** The temporary data folder of an ephemeral instance, to be removed with it. */
  readonly temporaryDir: string | null
  /** What to restart it with if its supervisor is killed; null: it ended, or was stopped. */
  readonly last?: LastSettings | null
}

/** The status of an instance that has no state file. */
export function neverStarted(config: Config): Status {
  return {
    name: config.name,
    state: 'stopped',
    engine: null,
    version: null,
    pid: null,
    supervisorPid: null,
    host: config.host,
    port: config.port === 'auto' ? null : config.port,
    url: config.port === 'auto' ? null : urlOf(config.host, config.port),
    startedAt: null,
    readyAt: null,
    uptimeMs: null,
    restarts: 0,
    lastExit: null,
    dir: config.dir,
    logFile: config.files.logFile,
    logError: null,
    controlError: null,
    pidFile: config.files.pidFile,
    binary: null,
  }
}

/** What the names of temporary data folders of an instance begin with. */
export const temporaryPrefix = (name: string): string => `skyfly-${name}-`

/** The status after the end: the fields of a live process are null, the rest still describes what ran. */
export function ended(status: Status, state: 'stopped' | 'failed', lastExit: LastExit | null): Status {
  return {
    ...status,
    state,
    pid: null,
    supervisorPid: null,
    startedAt: null,
    readyAt: null,
    uptimeMs: null,
    logError: null,
    controlError: null,
    lastExit,
  }
}

/** Undefined: there is no state file, or it is not one. */
export function readRecord(stateFile: string): InstanceRecord | undefined {
  try {
    const recorded: unknown = JSON.parse(whileInUse(() => readFileSync(stateFile, 'utf8')))
    return isRecord(recorded) ? recorded : undefined
  } catch {
    // Missing or not ours: the next change rewrites it.
    return undefined
  }
}

/** The file may come from anywhere: from a cloned project, say, or from another version of skyfly. */
export function isRecord(value: unknown): value is InstanceRecord {
  if (!isObject(value) || !isObject(value.status)) return false
  const { status } = value
  const texts = [status.name, status.state, status.host, status.dir, status.logFile, status.pidFile]
  const numbers = [status.pid, status.supervisorPid, status.port]
  return (
    texts.every(text => typeof text === 'string') &&
    numbers.every(number => number === null || Number.isInteger(number))
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** The state file's text. */
export function recordText(recorded: InstanceRecord): string {
  return `${JSON.stringify(recorded, null, 2)}\n`
}

/**
 * Replaces a file that only this user may read; its folder may have been removed meanwhile.
 * @param limitMs how long to try where Windows says that the file is in use
 */
export function writeWhole(file: string, text: string, limitMs?: number): void {
  mkdirSync(dirname(file), { recursive: true })
  replaceFile(file, text, { mode: 0o600, limitMs })
}
