// A server whose supervisor was killed: found by its recorded identity, and ended as gently as its supervisor
// would have.
import { setTimeout as pause } from 'node:timers/promises'
import { type InstanceFiles, nameFlag } from '../../config/config.js'
import type { Engine } from '../../engines/engine.js'
import { ENGINES } from '../../engines/table.js'
import { type ErrorCode, SkyflyError } from '../../errors.js'
import { posixEmulationOf } from '../../servers/program/cygwin.js'
import { type SavedSnapshot, SaveWatch } from '../../snapshots/save-watch.js'
import { host } from '../../system/platform.js'
import { isInGroup, isProcess } from '../../system/processes.js'
import { hasSignals, signalServer } from '../../system/signals.js'
import { markedServers } from '../marked-servers.js'
import { canonical } from '../owner-lock.js'
import { Ping } from '../run/ping.js'
import { type InstanceRecord, readRecord } from '../status.js'
import { stopPlan } from '../stop/stop-plan.js'

export interface Orphan {
  readonly recorded: InstanceRecord
  readonly pid: number
}

export interface OrphanEnd {
  readonly pid: number
  readonly killed: boolean
  readonly saved: SavedSnapshot | undefined
}

const POLL_MS = { first: 2, most: 100 }
const KILL_MS = 5_000

/** The server that a dead supervisor left alive; undefined: there is none. Only looks. */
export function findOrphan(recorded: InstanceRecord | undefined): Orphan | undefined {
  if (recorded?.status.pid == null || supervisorLives(recorded)) return undefined
  const lives = recorded.serverIdentity !== null && isProcess(recorded.status.pid, recorded.serverIdentity)
  return lives ? { recorded, pid: recorded.status.pid } : undefined
}

/**
 * The servers of an instance that no supervisor owns any more: the one that its state file names, and those that
 * it does not, since a full disk kept it from being written, say. Only looks.
 * @param dataFolder those of any instance that still save into it are among them
 */
export function orphansOf({ stateFile }: InstanceFiles, dataFolder?: string): readonly Orphan[] {
  const known = findOrphan(readRecord(stateFile))
  const place = canonical(stateFile)
  const folder = dataFolder === undefined ? undefined : canonical(dataFolder)
  const marked = markedServers().filter(
    ({ pid, recorded, stateFile }) =>
      pid !== known?.pid &&
      (stateFile === place || (folder !== undefined && canonical(recorded.status.dir) === folder)) &&
      !supervisorLives(recorded),
  )
  return [...(known === undefined ? [] : [known]), ...marked]
}

export function supervisorLives({ status, supervisorIdentity }: InstanceRecord): boolean {
  if (status.supervisorPid === null || supervisorIdentity === null) return false
  return isProcess(status.supervisorPid, supervisorIdentity)
}

/**
 * Asks it to save and end, and waits as long as it is saving. If it still serves after that time, it could
 * not save: then it is killed only by force.
 * @param code of the SkyflyError that is thrown if it goes on running
 */
export async function endOrphan(
  orphan: Orphan,
  { timeoutMs, force }: { readonly timeoutMs: number; readonly force: boolean },
  code: ErrorCode,
): Promise<OrphanEnd> {
  const { status, serverIdentity } = orphan.recorded
  const watch = new SaveWatch(status.dir, engineOf(orphan))
  const lives = () => serverIdentity !== null && isProcess(orphan.pid, serverIdentity)
  let deadline = performance.now() + (force ? 0 : timeoutMs)
  let killed = false
  let pauseMs = POLL_MS.first
  // Do not wait for the answer: the process and its data folder show what comes of it.
  if (!force) void askToEnd(orphan, watch)
  while (lives()) {
    if (!killed && !force && watch.look().progress) deadline = performance.now() + timeoutMs
    if (performance.now() >= deadline) {
      if (killed)
        throw new SkyflyError(
          code,
          `${status.engine} (pid ${orphan.pid}) cannot be ended, not even by a kill`,
        )
      if (!force && (await isServing(orphan))) throw servesOn(orphan, code)
      killed = signalServer(orphan.pid, 'SIGKILL')
      deadline = performance.now() + KILL_MS
    }
    await pause(pauseMs)
    pauseMs = Math.min(pauseMs * 1.5, POLL_MS.most)
  }
  return { pid: orphan.pid, killed, saved: killed ? undefined : watch.saved() }
}

/** Carries out the plan once. The server may want a password, and then does not listen. Never rejects. */
async function askToEnd(orphan: Orphan, watch: SaveWatch): Promise<void> {
  const { pid, recorded } = orphan
  const plan = stopPlan({
    stopsBy: engineOf(orphan).stopsBy,
    hasSignals: hasSignals(),
    // Nobody knows, so assume the case in which more can be lost.
    wasReady: true,
    keepsSnapshot: recorded.temporaryDir === null,
    isWrapped: false,
    knowsPassword: false,
  })
  if (plan.by === 'SIGTERM') return void signalServer(pid, 'SIGTERM')
  const ping = pingOf(orphan)
  if ((await ping?.ask(ANSWER_MS)) === 'pong') {
    const answer = await ping?.end(plan.by, ANSWER_MS)
    if (answer?.is === 'saved' && watch.saved() !== undefined) signalServer(pid, 'SIGTERM')
  }
  ping?.close()
}

const engineOf = ({ recorded: { status } }: Orphan): Engine =>
  ENGINES[status.engine ?? 'redis'] ?? ENGINES.redis

async function isServing(orphan: Orphan): Promise<boolean> {
  const ping = pingOf(orphan)
  const answer = (await ping?.ask(ANSWER_MS)) ?? 'none'
  ping?.close()
  return answer !== 'none'
}

const ANSWER_MS = 1_000

function pingOf({ recorded: { status }, pid }: Orphan): Ping | undefined {
  const { host, port } = status
  const isMeant = (told: number) => hasLayer(status.binary) || isInGroup(told, pid)
  return port === null ? undefined : new Ping({ host, port, password: undefined, isMeant })
}

/** A server on such a layer has PIDs of its own. */
const hasLayer = (binary: string | null) =>
  binary !== null && posixEmulationOf(binary, host().platform) !== undefined

function servesOn({ recorded: { status }, pid }: Orphan, code: ErrorCode): SkyflyError {
  const message = `${status.engine} (pid ${pid}), left by a killed supervisor, does not end and still serves; most likely it cannot save in ${status.dir}`
  return new SkyflyError(code, message, {
    hint: `mend that and try again, or end it without saving by: skyfly stop${nameFlag(status.name)} --force`,
  })
}
