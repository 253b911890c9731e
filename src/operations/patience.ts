// Waiting for another skyfly process that owns an instance and does not answer for it yet, or any more.
import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../config/config.js'
import { type ErrorCode, SkyflyError } from '../errors.js'
import { killCommand } from '../system/signals.js'

/** It starts, ends, cleans up after a killed one, which may still be saving, or makes its control socket again. */
const OWNER_PATIENCE_MS = 30_000
const PAUSE_MS = { first: 20, most: 500 }

export class Patience {
  #deadline: number | undefined
  #pauseMs = PAUSE_MS.first

  constructor(readonly limitMs = OWNER_PATIENCE_MS) {}

  /** Waits a little. @returns false at once when that was done for long enough */
  async wait(): Promise<boolean> {
    this.#deadline ??= performance.now() + this.limitMs
    if (performance.now() > this.#deadline) return false
    await pause(this.#pauseMs)
    this.#pauseMs = Math.min(this.#pauseMs * 1.5, PAUSE_MS.most)
    return true
  }
}

/** What to tell when waiting was in vain. */
export function unanswering({ name }: Config, pid: number | undefined, code: ErrorCode): SkyflyError {
  const holder = pid === undefined ? 'another skyfly process' : `another skyfly process (pid ${pid})`
  return new SkyflyError(code, `${name} is owned by ${holder}, which does not answer`, {
    hint: pid === undefined ? 'find and end that process' : `if it hangs, end it with: ${killCommand(pid)}`,
  })
}
