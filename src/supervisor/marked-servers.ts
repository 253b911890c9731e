// What a server carries along, so that it is found without its state file: whose it is, and what it serves.
import type { Config } from '../config/config.js'
import type { Binary } from '../engines/engine.js'
import { markedProcesses } from '../system/marks.js'
import { ownIdentity, processIdentity } from '../system/processes.js'
import { canonical } from './owner-lock.js'
import { urlOf } from './prepare/address.js'
import { type InstanceRecord, isRecord, neverStarted } from './status.js'

/** Everything that is known before the server is spawned. */
export interface Spawned {
  readonly config: Config
  readonly binary: Binary
  readonly dir: string
  readonly temporaryDir: string | null
  readonly port: number
}

interface MarkedServer {
  /** As if the state file had named it. */
  readonly recorded: InstanceRecord
  readonly pid: number
  readonly stateFile: string
}

export function markText({ config, binary, dir, temporaryDir, port }: Spawned): string {
  const status = {
    ...neverStarted(config),
    state: 'starting',
    engine: binary.engine,
    version: binary.version ?? null,
    binary: binary.path,
    supervisorPid: process.pid,
    port,
    url: urlOf(config.host, port),
    dir,
  } as const
  const recorded: InstanceRecord = {
    status,
    serverIdentity: null,
    supervisorIdentity: ownIdentity() ?? null,
    temporaryDir,
  }
  return JSON.stringify({ ...recorded, stateFile: canonical(config.files.stateFile) })
}

/** The marked servers of this user, whether their supervisors live or not. */
export function markedServers(): readonly MarkedServer[] {
  return markedProcesses().flatMap(({ pid, text }) => {
    const mark = parsed(text)
    const serverIdentity = processIdentity(pid, new Date())
    if (mark === undefined || serverIdentity === undefined) return []
    const { stateFile, ...recorded } = mark
    return [
      { pid, stateFile, recorded: { ...recorded, serverIdentity, status: { ...recorded.status, pid } } },
    ]
  })
}

function parsed(text: string): (InstanceRecord & { readonly stateFile: string }) | undefined {
  try {
    const mark: unknown = JSON.parse(text)
    return isRecord(mark) && 'stateFile' in mark && typeof mark.stateFile === 'string'
      ? { ...mark, stateFile: mark.stateFile }
      : undefined
  } catch {
    return undefined
  }
}
