// An installation as people watch it: one line that moves on a terminal, a line now and then elsewhere.

import { formatBytes, formatDuration } from '../../config/units.js'
import type { InstallEvent, OnInstall } from '../../servers/install/events.js'
import { printable } from '../../system/terminal-text.js'
import { columnsOf, type Io } from '../io.js'
import { type Progress, renderProgressLine, renderProgressText } from './progress-line.js'

export interface InstallView {
  readonly onEvent: OnInstall
  /** Clears the line. May be called at any time, and more than once. */
  readonly done: () => void
}

export interface ViewOptions {
  /** Shows only notes, which are warnings. */
  readonly quiet?: boolean | undefined
  /** A clock in milliseconds; where it starts does not matter. @default performance.now */
  readonly now?: () => number
}

type Downloading = Extract<InstallEvent, { kind: 'downloading' }>

/** Shown on standard error. */
export function showInstall(io: Io, options: ViewOptions = {}): InstallView {
  const { quiet = false, now = () => performance.now() } = options
  const { stderr } = io
  const tell = (text: string) => void stderr.write(`${text}\n`)
  if (quiet)
    return {
      onEvent: event => void (event.kind === 'note' && tell(lastingLine(event) ?? '')),
      done: () => {},
    }
  const line = isLive(io) ? new MovingLine(stderr, now) : new OccasionalLine(tell, now)
  const rate = new TransferRate()
  return {
    onEvent: event => {
      if (event.kind === 'downloading') line.show(event, rate.at(now(), event.receivedBytes))
      else if (event.kind === 'unpacking') line.unpacking(event.what)
      else {
        // Nothing arrives during a wait, so the rate from before it says nothing about the rate after it.
        rate.forget()
        const words = lastingLine(event)
        line.clear()
        if (words !== undefined) tell(words)
      }
    },
    done: () => line.clear(),
  }
}

/** A terminal that can move its cursor and that somebody is watching. */
function isLive({ stderr, env }: Io): boolean {
  const isCi = !['', '0', 'false'].includes(env.CI ?? '')
  return stderr.isTTY === true && !isCi && env.TERM !== 'dumb'
}

/** The line that stays on the screen; undefined if there is none. */
function lastingLine(event: InstallEvent): string | undefined {
  switch (event.kind) {
    case 'waiting':
      return `waiting for ${printable(event.holder)}, which installs ${event.what}`
    case 'retrying':
      return `${printable(event.reason)}; trying again in ${formatDuration(event.inMs)}`
    case 'installed': {
      const how = `(${formatBytes(event.bytes)} in ${formatDuration(event.tookMs)})`
      return `installed ${event.what} ${how}: ${event.path}`
    }
    case 'note':
      return printable(event.text)
    default:
      return undefined
  }
}

const REDRAW_MS = 100

class MovingLine {
  #isDrawn = false
  #drawnAt = Number.NEGATIVE_INFINITY

  constructor(
    private readonly stderr: Io['stderr'],
    private readonly now: () => number,
  ) {}

  show(event: Downloading, bytesPerSecond: number | undefined): void {
    if (this.#isDrawn && this.now() - this.#drawnAt < REDRAW_MS) return
    this.#draw(renderProgressLine(progressOf(event, bytesPerSecond), this.#columns()))
  }

  unpacking(what: string): void {
    this.#draw(`unpacking ${what}`.slice(0, Math.max(0, this.#columns() - 1)))
  }

  clear(): void {
    if (this.#isDrawn) this.stderr.write(`\r${TO_END_OF_LINE}`)
    this.#isDrawn = false
  }

  #draw(line: string): void {
    this.stderr.write(`\r${line}${TO_END_OF_LINE}`)
    this.#isDrawn = true
    this.#drawnAt = this.now()
  }

  #columns(): number {
    return columnsOf(this.stderr) ?? 80
  }
}

const TO_END_OF_LINE = '\u001b[K'

const TELL_MS = 5_000

class OccasionalLine {
  #what: string | undefined
  #toldAt = 0

  constructor(
    private readonly tell: (text: string) => void,
    private readonly now: () => number,
  ) {}

  show(event: Downloading, bytesPerSecond: number | undefined): void {
    const { what, from, totalBytes } = event
    if (what === this.#what && this.now() - this.#toldAt < TELL_MS) return
    const size = totalBytes === undefined ? '' : ` (${formatBytes(totalBytes)})`
    const isFirst = what !== this.#what
    this.#what = what
    this.#toldAt = this.now()
    this.tell(
      isFirst
        ? `downloading ${what} from ${printable(from)}${size}`
        : renderProgressText(progressOf(event, bytesPerSecond)),
    )
  }

  unpacking(): void {}

  clear(): void {}
}

const RATE_MS = 4_000
const SAMPLE_MS = 100
const MIN_RATE_MS = 500

/** Bytes per second over the last seconds. */
class TransferRate {
  #samples: { readonly ms: number; readonly bytes: number }[] = []

  /** Undefined: too early to tell. */
  at(ms: number, bytes: number): number | undefined {
    // The transfer could not be resumed and began again.
    if (bytes < (this.#samples.at(-1)?.bytes ?? 0)) this.forget()
    if (ms - (this.#samples.at(-1)?.ms ?? Number.NEGATIVE_INFINITY) >= SAMPLE_MS)
      this.#samples.push({ ms, bytes })
    while ((this.#samples[1]?.ms ?? ms) < ms - RATE_MS) this.#samples.shift()
    const [first] = this.#samples
    if (first === undefined || ms - first.ms < MIN_RATE_MS) return undefined
    return ((bytes - first.bytes) * 1_000) / (ms - first.ms)
  }

  forget(): void {
    this.#samples = []
  }
}

function progressOf(
  { what, receivedBytes, totalBytes }: Downloading,
  bytesPerSecond: number | undefined,
): Progress {
  return { what, receivedBytes, totalBytes, bytesPerSecond }
}
