// The use case of `skyfly logs`: from what people write on the command line to the matching lines of the log.
import { existsSync } from 'node:fs'
import { type Config, LOG_LEVELS, type LogLevel } from '../config/config.js'
import { parseDuration } from '../config/units.js'
import { SkyflyError } from '../errors.js'
import { listRotated } from '../logs/file-names.js'
import { followLog } from '../logs/read/follow.js'
import { type LogMatch, readLog } from '../logs/read/read.js'
import { callControl } from '../supervisor/control/client.js'
import { status } from './status.js'

export interface LogsRequest {
  /** The current log file; the rotated ones are beside it. */
  readonly file: string
  /** At most this many lines: the last ones that pass all filters. */
  readonly lines?: number | undefined
  /** A length of time before now (`10m`) or a moment (`2026-01-21`, `2026-01-21 10:30`, or ISO 8601). */
  readonly since?: string | undefined
  /** This level and more severe ones. */
  readonly level?: string | undefined
  /** A regular expression that the message matches. */
  readonly grep?: string | undefined
  /** Continues with new lines until the signal is aborted. */
  readonly follow?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  /** Whether a supervisor is writing the log now. */
  readonly running: boolean
  /** Aborted when that supervisor stops writing: following ends then. @default never */
  readonly ended?: AbortSignal | undefined
}

/**
 * The matching lines of the log, newest last, in batches.
 *
 * @throws SkyflyError `usage` for a filter that cannot be read; `not-running` if there is no log, or, once
 * all there
 *   is has been given, if nobody writes the log that is to be followed.
 */
export async function* logs(request: LogsRequest, now = new Date()): AsyncGenerator<readonly LogMatch[]> {
  const { file, lines, running, signal = new AbortController().signal } = request
  const since = request.since === undefined ? undefined : parseSince(request.since, now)
  const level = request.level === undefined ? undefined : parseLevel(request.level)
  const grep = request.grep === undefined ? undefined : parsePattern(request.grep)
  const options = { file, lines, since, level, grep }
  if (!existsSync(file) && listRotated(file).length === 0)
    throw new SkyflyError('not-running', `there is no log yet: ${file} does not exist`, { hint: START_HINT })
  if (request.follow !== true) return yield* readLog(options)
  if (running) return yield* followLog({ ...options, signal, ended: request.ended })
  yield* readLog(options)
  throw new SkyflyError('not-running', 'not running, so nothing more will be written to the log', {
    hint: START_HINT,
  })
}

/** Aborted when the supervisor that writes the log gives its instance up; undefined: nobody writes it now. */
export async function endOfWriting(config: Config): Promise<AbortSignal | undefined> {
  if ((await status(config)).supervisorPid === null) return undefined
  const ended = new AbortController()
  // However the instance ends, even by a kill, nobody writes any more. This question keeps no process alive.
  const abort = () => ended.abort()
  callControl(config.files, { do: 'over' }, { keepsAlive: false }).then(abort, abort)
  return ended.signal
}

const START_HINT = 'start it with `skyfly start`'

/**
 * A moment without a zone is local time, as in the log that people see; JavaScript would take a bare date as
 * UTC.
 */
export function parseSince(text: string, now: Date): Date {
  const ms = parseDuration(text)
  if (ms !== undefined) return new Date(Math.max(0, now.getTime() - ms))
  const [, day, time = 'T00:00'] = /^(\d{4}-\d\d-\d\d)(?:([ T]\d\d:\d\d.*))?$/.exec(text.trim()) ?? []
  const date = new Date(`${day}${time.replace(' ', 'T')}`)
  if (!Number.isNaN(date.getTime())) return date
  throw new SkyflyError('usage', `--since ${text} is neither a length of time nor a date`, {
    hint: 'write 10m, 2h, 2026-01-21 or "2026-01-21 10:30"',
  })
}

function parseLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find(known => known === text.toLowerCase())
  if (level !== undefined) return level
  throw new SkyflyError('usage', `--level ${text} is not a level`, {
    hint: `use one of ${LOG_LEVELS.join(', ')}`,
  })
}

function parsePattern(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new SkyflyError('usage', `--grep ${text} is not a regular expression: ${reason}`, {
      hint: 'put a backslash before characters that are meant as they are, such as ( or [',
      cause,
    })
  }
}
