// What an owned instance writes down about itself: the state file at every change, the PID file while it is
// ready.
import { existsSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Config, InstanceFiles } from '../config/config.js'
import { makeWritable } from '../system/folders.js'
import { ownIdentity, processIdentity } from '../system/processes.js'
import { whileInUse } from '../system/retry-in-use.js'
import { lastSettingsOf } from './last-settings.js'
import { recordText, type Status, writeWhole } from './status.js'

/** How often a file is written again that could not be written, or that somebody has removed. */
const LOOK_MS = 1_000

export class StateFiles {
  #status: Status
  /** What the files are to hold; undefined as a PID: there is to be no PID file. */
  #wanted: { readonly record: string; readonly pid: number | undefined } | undefined
  /** What was written last; a field that is missing has to be written. */
  #written: { record?: string; pid?: number | undefined } = { pid: undefined }
  #isFailing = false
  #look: NodeJS.Timeout | undefined

  /**
   * @param onError called once when the files can no longer be written: a full disk must not end a server that
   * runs well
   * @param onLook called each second as long as the instance is not over
   */
  constructor(
    readonly files: InstanceFiles,
    status: Status,
    readonly onError: (error: Error) => void,
    readonly onLook: () => void = () => {},
  ) {
    this.#status = status
  }

  /** The status at this moment. */
  get status(): Status {
    const { readyAt } = this.#status
    return {
      ...this.#status,
      uptimeMs: readyAt === null ? null : Math.max(0, Date.now() - Date.parse(readyAt)),
    }
  }

  /**
   * @param temporaryDir the data folder to remove when this process is killed; null: the data is to stay
   * @param config what it runs with
   */
  update(status: Status, temporaryDir: string | null, config?: Config): void {
    this.#status = status
    const { pid, startedAt } = status
    const isOver = status.state === 'stopped' || status.state === 'failed'
    const record = recordText({
      status: this.status,
      serverIdentity:
        pid === null || startedAt === null ? null : (processIdentity(pid, new Date(startedAt)) ?? null),
      supervisorIdentity: status.supervisorPid === null ? null : (ownIdentity() ?? null),
      temporaryDir,
      last: isOver || config === undefined ? null : lastSettingsOf(config),
    })
    this.#wanted = { record, pid: status.readyAt === null ? undefined : (status.pid ?? undefined) }
    this.#write()
    if (!isOver) this.#look ??= setInterval(() => this.#lookAgain(), LOOK_MS).unref()
    else if (this.#look !== undefined) {
      clearInterval(this.#look)
      this.#look = undefined
    }
  }

  #lookAgain(): void {
    const { stateFile, pidFile } = this.files
    if (!existsSync(stateFile)) delete this.#written.record
    if (this.#wanted?.pid !== undefined && !existsSync(pidFile)) delete this.#written.pid
    this.#write()
    this.onLook()
  }

  /** Writes what the files do not hold yet. */
  #write(): void {
    const { stateFile, pidFile } = this.files
    if (this.#wanted === undefined) return
    const { record, pid } = this.#wanted
    const failures = [
      this.#keep(limitMs => {
        if (this.#written.record !== record) writeWhole(stateFile, record, limitMs)
        this.#written.record = record
      }),
      this.#keep(limitMs => {
        if ('pid' in this.#written && this.#written.pid === pid) return
        if (pid === undefined) whileInUse(() => rmSync(pidFile, { force: true }), limitMs)
        else writeWhole(pidFile, `${pid}\n`, limitMs)
        this.#written.pid = pid
      }),
    ]
    const first = failures.find(error => error !== undefined)
    if (first !== undefined && !this.#isFailing) this.onError(first)
    this.#isFailing = first !== undefined
  }

  #keep(write: (limitMs: number | undefined) => void): Error | undefined {
    try {
      // After one failure do not wait for the file again: the log and the server would wait with us.
      write(this.#isFailing ? 0 : undefined)
      return undefined
    } catch (error) {
      return error as Error
    }
  }
}

/** @throws SkyflyError `start-failed` when the files of the instance could not be written */
export function makeFolders({ stateFile, logFile }: InstanceFiles): void {
  for (const folder of [dirname(stateFile), dirname(logFile)])
    makeWritable(folder, {
      code: 'start-failed',
      what: `the folder ${folder}`,
      hint: 'run skyfly in a folder that you may write to',
    })
}
