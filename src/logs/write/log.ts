// The log of one instance: takes what the server and skyfly say to the file and to the console.
import type { LogFormat, LogLevel } from '../../config/config.js'
import type { ParsedLine } from '../../engines/engine.js'
import { jsonLine, type LogRecord, textLine } from '../record.js'
import type { LogConsole } from './console.js'
import { ownRecord, serverRecord } from './line-to-record.js'
import { Lines } from './lines.js'
import { RotatingFile } from './rotating-file.js'
import { TextBytes } from './text-bytes.js'

export interface LogOptions {
  readonly file: string
  readonly format: LogFormat
  readonly maxBytes: number
  readonly maxFiles: number
  /** Parses a line of the server; undefined if the line is to be kept as it is. */
  readonly parseLine: (line: string) => ParsedLine | undefined
  /** The console, if anybody is watching. Whoever opened it closes it. */
  readonly console?: LogConsole | undefined
}

/** Opens the log for writing. It never throws: see {@link Log.droppedLines}. */
export function openLog(options: LogOptions): Log {
  return new Log(options)
}

/** How many lines are kept to be quoted when the server fails. */
const MAX_RECENT = 64
/**
 * How many lines are objects at the same time. With all 600 of a chunk, every garbage collection would find
 * them alive and copy them: a third more time with a young generation of 2 MB.
 */
const BATCH_LINES = 64

export class Log {
  readonly #options: LogOptions
  readonly #file: RotatingFile
  readonly #lines = { stdout: new Lines(), stderr: new Lines() }
  readonly #listeners = new Set<(line: string) => void>()
  #recent: string[] = []
  readonly #bytes = new TextBytes()

  constructor(options: LogOptions) {
    this.#options = options
    this.#file = new RotatingFile({
      file: options.file,
      maxBytes: options.maxBytes,
      maxFiles: options.maxFiles,
      record: msg => this.#fileLine(ownRecord('warn', msg)),
      tell: msg => this.#show(ownRecord('warn', msg)),
    })
  }

  /** How many lines could not be written to the file so far. */
  get droppedLines(): number {
    return this.#file.lostRecords
  }

  /** Why nothing can be written to the file now; undefined: all is well. */
  failure(): string | undefined {
    return this.#file.failure()
  }

  /** Takes what the server printed. Its complete lines are in the file when this returns. */
  write(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    this.#take(this.#lines[stream].push(chunk))
  }

  /** The server has ended: its last lines may lack a newline. */
  endOfOutput(): void {
    this.#take([...this.#lines.stdout.end(), ...this.#lines.stderr.end()])
  }

  /** Writes a line of skyfly's own. */
  event(level: LogLevel, msg: string): void {
    const record = ownRecord(level, msg)
    this.#file.write(Buffer.from(this.#fileLine(record)))
    this.#show(record)
  }

  /** Calls back with every line of the server, as it was printed. @returns a function that ends that */
  onLine(listener: (line: string) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Forgets the recent lines, because a new server process begins. */
  mark(): void {
    this.#recent = []
  }

  /** The server's last lines since the mark as they were printed, newest last; at most 64. */
  recent(count: number): string[] {
    return count > 0 ? this.#recent.slice(-count) : []
  }

  /** Ends the log at once; an unfinished compression is left to the next run. The console stays open. */
  close(): void {
    this.endOfOutput()
    this.#file.close()
  }

  #take(lines: readonly string[]): void {
    if (lines.length === 0) return
    const time = new Date().toISOString()
    for (let start = 0; start < lines.length; start += BATCH_LINES)
      this.#bytes.append(this.#converted(time, lines.slice(start, start + BATCH_LINES)))
    this.#file.write(this.#bytes.take())
    this.#remember(lines)
    for (const listener of this.#listeners) for (const line of lines) listener(line)
  }

  /** Shows the lines of the server, and returns them as text for the file. */
  #converted(time: string, lines: readonly string[]): string {
    const { console, parseLine } = this.#options
    let fileText = ''
    let consoleText = ''
    for (const line of lines) {
      const record = serverRecord(time, line, parseLine(line))
      fileText += this.#fileLine(record)
      if (console) consoleText += `${textLine(record, console.colour)}\n`
    }
    console?.write(consoleText)
    return fileText
  }

  #remember(lines: readonly string[]): void {
    const before = lines.length < MAX_RECENT ? this.#recent : []
    this.#recent = [...before, ...lines].slice(-MAX_RECENT)
  }

  #show(record: LogRecord): void {
    const { console } = this.#options
    console?.write(`${textLine(record, console.colour)}\n`)
  }

  #fileLine(record: LogRecord): string {
    return this.#options.format === 'json' ? `${jsonLine(record)}\n` : `${textLine(record)}\n`
  }
}
