// Reads a log across the rotated files and the current one, oldest first.

import { type LogRecord, parseRecord } from '../record.js'
import { lastLines, linesOf } from './file-lines.js'
import { type LogFilter, lineMatcher } from './filter.js'
import { closeFiles, type OpenFile, openFiles } from './open-files.js'

export interface ReadOptions extends LogFilter {
  /** The current file; the rotated ones are beside it. */
  readonly file: string
  /** Only so many, the last ones after all filters. */
  readonly lines?: number | undefined
}

/** A line of the log that passed the filter. */
export class LogMatch {
  constructor(
    /** The line as it is in the file. */
    readonly line: string,
  ) {}

  /** Parsed each time it is asked for; undefined if the line is not a record. */
  get record(): LogRecord | undefined {
    return parseRecord(this.line)
  }
}

/**
 * Gives the matches in batches, since a step of an async iterator costs as much as filtering a line, and
 * there may be millions. Files that are rotated meanwhile are read as they were at the start.
 */
export async function* readLog(options: ReadOptions): AsyncGenerator<readonly LogMatch[]> {
  const files = openFiles(options.file)
  try {
    yield* readFiles(files, options)
  } finally {
    closeFiles(files)
  }
}

/** Reads open files, given newest first, and leaves them open. */
export async function* readFiles(
  files: readonly OpenFile[],
  { lines, ...filter }: Omit<ReadOptions, 'file'>,
): AsyncGenerator<readonly LogMatch[]> {
  const passes = lineMatcher(filter)
  const earliestMs = (filter.since?.getTime() ?? 0) - CLOCK_SLACK_MS
  const recent = files.filter(({ modifiedMs }) => modifiedMs >= earliestMs)
  if (lines !== undefined) yield asMatches(await lastOfAll(recent, lines, passes))
  else for (const file of recent.toReversed()) yield* matchesOf(file, passes)
}

/**
 * A file's time may be this much earlier than that of its last record: some file systems count in steps of
 * two seconds.
 */
const CLOCK_SLACK_MS = 2_000

type Passes = ((line: string) => boolean) | undefined

async function* matchesOf(file: OpenFile, passes: Passes): AsyncGenerator<readonly LogMatch[]> {
  for await (const lines of linesOf(file)) {
    const found = passes ? lines.filter(passes) : lines
    if (found.length > 0) yield asMatches(found)
  }
}

export function asMatches(lines: readonly string[]): readonly LogMatch[] {
  return lines.map(line => new LogMatch(line))
}

/** Reads the newest file first, and older ones only for what is missing. */
async function lastOfAll(
  files: readonly OpenFile[],
  count: number,
  passes: Passes,
): Promise<readonly string[]> {
  const found: (readonly string[])[] = []
  let missing = count
  for (const file of files) {
    if (missing === 0) break
    const lines = passes || file.gzipped ? await lastOf(file, missing, passes) : lastLines(file, missing)
    found.unshift(lines)
    missing -= lines.length
  }
  return found.flat()
}

async function lastOf(file: OpenFile, count: number, passes: Passes): Promise<readonly string[]> {
  let last: readonly string[] = []
  for await (const lines of linesOf(file)) {
    const found = passes ? lines.filter(passes) : lines
    // Copied, because a substring would keep the whole block in memory.
    if (found.length > 0) last = [...last, ...found.slice(-count).map(copied)].slice(-count)
  }
  return last
}

const copied = (line: string) => Buffer.from(line).toString()
