// Decides when the log continues in a new file, and what happens to records that cannot be written.
import { localTime } from '../record.js'
import { countNewlines } from './lines.js'
import { NEWLINE, RecordFile } from './record-file.js'
import { RotatedFiles } from './rotated-files.js'

export interface RotatingFileOptions {
  readonly file: string
  /** No file is larger, unless a single record is. */
  readonly maxBytes: number
  /** How many files there may be, the current one counted. */
  readonly maxFiles: number
  /** Turns a message about the log itself into a record, newline included. */
  readonly record: (msg: string) => string
  /** Shows such a message to whoever is watching now. */
  readonly tell: (msg: string) => void
}

/** The records lost since the last one that could be written. */
interface LostRecords {
  readonly since: string
  readonly reason: string
  records: number
}

/**
 * A rotated log. Its methods do not throw: records that cannot be written are counted, and reported as soon
 * as possible.
 */
export class RotatingFile {
  readonly #options: RotatingFileOptions
  readonly #current: RecordFile
  readonly #rotated: RotatedFiles
  /** The size at which to rotate: maxBytes, or more after a failed rotation. */
  #limit: number
  #loss: LostRecords | undefined
  #lostRecords = 0
  #isClosed = false

  constructor(options: RotatingFileOptions) {
    this.#options = options
    this.#limit = options.maxBytes
    this.#current = new RecordFile(options.file)
    this.#rotated = new RotatedFiles(options.file, options.maxFiles - 1)
    this.write(Buffer.alloc(0))
  }

  /** How many records could not be written so far. */
  get lostRecords(): number {
    return this.#lostRecords
  }

  /** Why nothing can be written now, after another try; undefined: all is well. */
  failure(): string | undefined {
    if (this.#loss !== undefined) this.write(Buffer.alloc(0))
    return this.#loss?.reason
  }

  /** Appends whole records, each with its newline. The operating system has them when this returns. */
  write(records: Buffer): void {
    if (this.#isClosed) return
    let done = 0
    try {
      this.#current.open()
      this.#reportLoss()
      while (done < records.length) done += this.#current.append(this.#nextPart(records.subarray(done)))
    } catch (error) {
      this.#lose(records.subarray(done), error)
    }
  }

  close(): void {
    if (this.#loss !== undefined) this.write(Buffer.alloc(0))
    this.#isClosed = true
    this.#rotated.close()
    this.#current.close()
  }

  /** The records that fit. If none does, a new file is begun, where at least one record always fits. */
  #nextPart(records: Buffer): Buffer {
    const room = () => this.#limit - this.#current.size
    if (wholeRecords(records, room()) === 0 && this.#current.size > 0) this.#rotate()
    return records.subarray(0, wholeRecords(records, room()) || records.indexOf(NEWLINE) + 1)
  }

  /**
   * A file that is too large is better than a lost line: if files cannot be renamed, the current one is
   * continued.
   */
  #rotate(): void {
    this.#current.close()
    const error = errorOf(() => this.#rotated.rotate())
    this.#current.open()
    const failedBefore = this.#limit > this.#options.maxBytes
    // After a failure the next attempt is as many bytes away as the first one was.
    this.#limit = this.#options.maxBytes + (error === undefined ? 0 : this.#current.size)
    if (error === undefined || failedBefore) return
    const msg = `cannot rotate the log, so it grows beyond its limit: ${reasonOf(error)}`
    this.#options.tell(msg)
    this.#current.append(Buffer.from(this.#options.record(msg)))
  }

  #lose(records: Buffer, error: unknown): void {
    if (this.#loss === undefined) {
      this.#loss = { records: 0, since: new Date().toISOString(), reason: reasonOf(error) }
      this.#options.tell(`cannot write the log: ${this.#loss.reason}`)
    }
    const count = countNewlines(records)
    this.#loss.records += count
    this.#lostRecords += count
  }

  /** @throws if the report cannot be written either */
  #reportLoss(): void {
    if (this.#loss === undefined) return
    const { records, since, reason } = this.#loss
    const msg = `${records} ${records === 1 ? 'line' : 'lines'} lost since ${localTime(since)}: ${reason}`
    if (records > 0) this.#current.append(this.#nextPart(Buffer.from(this.#options.record(msg))))
    this.#loss = undefined
    this.#options.tell(records > 0 ? msg : 'the log can be written now')
  }
}

/** The length of the whole records at the start that fit into `room` bytes. */
function wholeRecords(records: Buffer, room: number): number {
  if (records.length <= room) return records.length
  return room <= 0 ? 0 : records.lastIndexOf(NEWLINE, room - 1) + 1
}

function errorOf(action: () => void): unknown {
  try {
    action()
    return undefined
  } catch (error) {
    return error
  }
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
