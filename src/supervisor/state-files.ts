// What an owned instance writes down about itself: the state file at every change, the PID file while it is
// ready.
import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { InstanceFiles } from '../config/config.js'
import { makeWritable } from '../system/folders.js'
import { ownIdentity, processIdentity } from '../system/processes.js'
import { whileInUse } from '../system/retry-in-use.js'
import { type InstanceRecord, recordText, type Status, writeWhole } from './status.js'

export class StateFiles {
  #status: Status
  #readyPid: number | undefined
  #isFailing = false

  /** @param onError called when a file cannot be written: a full disk must not end a server that runs well */
  constructor(
    readonly files: InstanceFiles,
    status: Status,
    readonly onError: (error: Error) => void,
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

  /** @param temporaryDir the data folder to remove when this process is killed; null: the data is to stay */
  update(status: Status, temporaryDir: string | null): void {
    this.#status = status
    const { stateFile, pidFile } = this.files
    const { pid, startedAt } = status
    const recorded: InstanceRecord = {
      status: this.status,
      serverIdentity:
        pid === null || startedAt === null ? null : (processIdentity(pid, new Date(startedAt)) ?? null),
      supervisorIdentity: status.supervisorPid === null ? null : (ownIdentity() ?? null),
      temporaryDir,
    }
    this.#keep(limitMs => writeWhole(stateFile, recordText(recorded), limitMs))
    const readyPid = status.readyAt === null ? undefined : (status.pid ?? undefined)
    if (readyPid === this.#readyPid) return
    this.#readyPid = readyPid
    this.#keep(limitMs =>
      readyPid === undefined
        ? whileInUse(() => rmSync(pidFile, { force: true }), limitMs)
        : writeWhole(pidFile, `${readyPid}\n`, limitMs),
    )
  }

  #keep(write: (limitMs: number | undefined) => void): void {
    try {
      // After one failure do not wait for the file again: the log and the server would wait with us.
      write(this.#isFailing ? 0 : undefined)
      this.#isFailing = false
    } catch (error) {
      this.#isFailing = true
      this.onError(error as Error)
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
