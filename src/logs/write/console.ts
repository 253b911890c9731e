// Prints lines without ever waiting for the terminal: lines that it is too slow for are dropped, counted and
// reported.
import { writeSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { host } from '../../system/platform.js'
import { localTime } from '../record.js'
import { countNewlines } from './lines.js'
import { openNonBlocking } from './non-blocking.js'

export interface ConsoleOptions {
  /** Descriptor to print on: 1 or 2. */
  readonly fd: number
  /** The stream of that descriptor, used where the system has no other way to write without blocking. */
  readonly stream: Writable
  /** Whether warnings and errors are coloured. */
  readonly colour: boolean
  /** Named in the notice about lines that were not shown. */
  readonly logFile: string
  /** How much is kept for a slow reader. @default 1 MiB */
  readonly maxQueueBytes?: number | undefined
}

export interface LogConsole {
  readonly colour: boolean
  /** Prints whole lines, now or as soon as the reader is ready. Never throws, never blocks. */
  write(lines: string): void
  /** Waits until everything is printed, but no longer than this. */
  flush(limitMs: number): Promise<void>
  /** Drops what is not printed yet. Afterwards nothing keeps the process alive. */
  close(): void
}

export function openConsole(options: ConsoleOptions): LogConsole {
  return new QueueingConsole(options, openSink(options))
}

/** Takes as many of the bytes as it can, perhaps none. @throws if the reader has gone */
interface Sink {
  take(bytes: Buffer): number
  close(): void
}

const DEFAULT_MAX_QUEUE_BYTES = 1024 * 1024
const FIRST_RETRY_MS = 1
const LAST_RETRY_MS = 64

class QueueingConsole implements LogConsole {
  readonly colour: boolean
  #queue: Buffer[] = []
  #queuedBytes = 0
  #droppedLines = 0
  #isClosed = false
  #retry: NodeJS.Timeout | undefined
  #retryMs = FIRST_RETRY_MS

  constructor(
    private readonly options: ConsoleOptions,
    private readonly sink: Sink,
  ) {
    this.colour = options.colour
  }

  write(lines: string): void {
    if (this.#isClosed || lines === '') return
    this.#drain()
    this.#enqueue(Buffer.from(lines))
    this.#drain()
  }

  async flush(limitMs: number): Promise<void> {
    const deadline = performance.now() + limitMs
    for (this.#drain(); this.#queuedBytes > 0 && performance.now() < deadline; this.#drain())
      await delay(FIRST_RETRY_MS)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearTimeout(this.#retry)
    this.#queue = []
    this.#queuedBytes = 0
    this.sink.close()
  }

  /**
   * Once a line is dropped, all are until the queue is empty: one gap, reported where it is, instead of many.
   */
  #enqueue(lines: Buffer): void {
    const { maxQueueBytes = DEFAULT_MAX_QUEUE_BYTES } = this.options
    const room = this.#droppedLines > 0 ? 0 : maxQueueBytes - this.#queuedBytes
    const kept = lines.length <= room ? lines.length : endOfLines(lines, room)
    if (kept > 0) this.#queue.push(lines.subarray(0, kept))
    this.#queuedBytes += kept
    this.#droppedLines += countNewlines(lines.subarray(kept))
  }

  #drain(): void {
    clearTimeout(this.#retry)
    const before = this.#queuedBytes
    try {
      this.#drainQueue()
      if (this.#queuedBytes === 0 && this.#droppedLines > 0) this.#tellDropped()
    } catch {
      this.close() // the reader has gone, which is not an error
      return
    }
    this.#retryMs = this.#queuedBytes < before ? FIRST_RETRY_MS : Math.min(this.#retryMs * 2, LAST_RETRY_MS)
    if (this.#queuedBytes > 0) this.#retry = setTimeout(() => this.#drain(), this.#retryMs).unref()
  }

  #drainQueue(): void {
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      const taken = this.sink.take(first)
      this.#queuedBytes -= taken
      if (taken < first.length) this.#queue[0] = first.subarray(taken)
      else this.#queue.shift()
      if (taken === 0) return
    }
  }

  #tellDropped(): void {
    const { logFile } = this.options
    const what = this.#droppedLines === 1 ? '1 line' : `${this.#droppedLines} lines`
    const time = localTime(new Date().toISOString())
    this.#droppedLines = 0
    const notice = `[${time}] skyfly: ${what} not shown, the console was too slow (they are in ${logFile})\n`
    this.#enqueue(Buffer.from(notice))
    this.#drainQueue()
  }
}

function openSink({ fd, stream }: ConsoleOptions): Sink {
  const direct = openNonBlocking(fd)
  if (direct === undefined) return streamSink(stream)
  return {
    take: bytes => {
      try {
        return writeSync(direct.fd, bytes)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0
        throw error
      }
    },
    close: () => direct.close(),
  }
}

/** A stream accepts any amount, however slow the reader is, so it is given more only when it has room. */
function streamSink(stream: Writable): Sink {
  unblock(stream)
  let error: Error | undefined
  const remember = (reason: Error) => {
    error = reason
  }
  stream.on('error', remember)
  return {
    take: bytes => {
      if (error !== undefined || !stream.writable) throw error ?? new Error('the console is closed')
      if (stream.writableNeedDrain) return 0
      stream.write(bytes)
      return bytes.length
    },
    close: () => {},
  }
}

/**
 * On Windows, where standard output is a pipe, Node makes every write wait for the reader. This undoes it.
 */
function unblock(stream: Writable): void {
  if (host().platform !== 'win32' || !Object.hasOwn(stream, '_write')) return
  Reflect.deleteProperty(stream, '_write')
  Reflect.deleteProperty(stream, '_writev')
  const { _handle: handle } = stream as { _handle?: { setBlocking?: (isBlocking: boolean) => void } }
  handle?.setBlocking?.(false)
}

const endOfLines = (lines: Buffer, room: number) => (room <= 0 ? 0 : lines.lastIndexOf('\n', room - 1) + 1)
