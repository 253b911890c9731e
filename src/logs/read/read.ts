// Reading a log back: across the rotated files and the current one, oldest first.

import { type LogRecord, parseRecord } from '../record.js'
import { lastLines, linesOf } from './file-lines.js'
import { type LogFilter, matcher } from './filter.js'
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

  /** The line taken apart, each time it is asked for; undefined: it is no record. */
  get record(): LogRecord | undefined {
    return parseRecord(this.line)
  }
}

/**
 * Gives the matches in batches: a step of an async iterator costs as much as filtering a line, and there may be
 * millions. Files that are rotated meanwhile are read as they were at the start.
 */
export async function* readLog(options: ReadOptions): AsyncGenerator<readonly LogMatch[]> {
  const files = openFiles(options.file)
  try {
    yield* readFiles(files, options)
  } finally {
    closeFiles(files)
  }
}

/** Reads files that are open, given newest first; closes none. */
export async function* readFiles(
  files: readonly OpenFile[],
  { lines, ...filter }: Omit<ReadOptions, 'file'>,
): AsyncGenerator<readonly LogMatch[]> {
  const passes = matcher(filter)
  const earliestMs = (filter.since?.getTime() ?? 0) - CLOCK_SLACK_MS
  const recent = files.filter(({ modifiedMs }) => modifiedMs >= earliestMs)
  if (lines !== undefined) yield asMatches(await lastOfAll(recent, lines, passes))
  else for (const file of recent.toReversed()) yield* matchesOf(file, passes)
}

/** How far a file's time may be behind that of its last record: file systems count in steps of up to two seconds. */
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

/** Looks into the newest file first, and into an older one only for what is missing. */
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
    // Copied, because a piece of a string keeps the whole block that it was cut from in memory.
    if (found.length > 0) last = [...last, ...found.slice(-count).map(copied)].slice(-count)
  }
  return last
}

const copied = (line: string) => Buffer.from(line).toString()
