// When the log goes on in a new file, and what becomes of records that cannot be written.
import { localTime } from '../record.js'
import { countNewlines } from './lines.js'
import { NEWLINE, RecordFile } from './record-file.js'
import { RotatedFiles } from './rotated-files.js'

export interface RotatingFileOptions {
  readonly file: string
  /** The file is never larger, unless a single record is. */
  readonly maxBytes: number
  /** How many files there may be, the current one counted. */
  readonly maxFiles: number
  /** Makes a record, newline included, of what the log has to say about itself. */
  readonly record: (msg: string) => string
  /** Says it to whoever watches now. */
  readonly tell: (msg: string) => void
}

/** Records that could not be written since the last one that could. */
interface Loss {
  readonly since: string
  readonly reason: string
  records: number
}

/** A rotated log. Its methods do not throw: what cannot be written is counted, and told as soon as it can be. */
export class RotatingFile {
  readonly #options: RotatingFileOptions
  readonly #current: RecordFile
  readonly #rotated: RotatedFiles
  /** Size at which to rotate: maxBytes, or more after a rotation that failed. */
  #limit: number
  #loss: Loss | undefined
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

  /** Appends whole records, each with its newline. They are in the system's hands when this returns. */
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

  /** The records that fit; if none does, a new file is begun, and one record fits in any case. */
  #nextPart(records: Buffer): Buffer {
    const room = () => this.#limit - this.#current.size
    if (wholeRecords(records, room()) === 0 && this.#current.size > 0) this.#rotate()
    return records.subarray(0, wholeRecords(records, room()) || records.indexOf(NEWLINE) + 1)
  }

  /** Better a file that is too large than a lost line: where files cannot be renamed, the current one goes on. */
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

  /** @throws if that cannot be written either. */
  #reportLoss(): void {
    if (this.#loss === undefined) return
    const { records, since, reason } = this.#loss
    const msg = `${records} ${records === 1 ? 'line' : 'lines'} lost since ${localTime(since)}: ${reason}`
    if (records > 0) this.#current.append(this.#nextPart(Buffer.from(this.#options.record(msg))))
    this.#loss = undefined
    this.#options.tell(records > 0 ? msg : 'the log can be written now')
  }
}

/** Length of the whole records at the start that take at most `room` bytes. */
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
