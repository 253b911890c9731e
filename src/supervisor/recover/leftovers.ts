// Cleaning up after a supervisor that was killed: what it left is removed, once it is proven to be its own.
import { existsSync, lstatSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Config } from '../../config/config.js'
import { SkyflyError } from '../../errors.js'
import { host } from '../../system/platform.js'
import { whileInUse } from '../../system/retry-in-use.js'
import { callControl } from '../control/client.js'
import { AlreadyOwned } from '../owner-lock.js'
import {
  ended,
  type InstanceRecord,
  readRecord,
  recordText,
  type Status,
  temporaryPrefix,
  writeWhole,
} from '../status.js'
import { endOrphan, findOrphan, type OrphanEnd, orphansOf } from './orphan.js'

/** What the last owner of the instance left to the next. */
export interface Predecessor {
  /** Its last status; undefined: there was none. */
  readonly last: Status | undefined
  readonly notes: readonly string[]
}

/**
 * Makes an instance ready to be owned. Only for the holder of its lock.
 * @throws AlreadyOwned when a supervisor answers all the same; SkyflyError `start-failed` when an orphan
 * cannot be ended
 */
export async function clearTheWay(config: Config): Promise<Predecessor> {
  // A supervisor in another network namespace holds another lock, but the same socket.
  if ((await callControl(config.files, { do: 'status' }, { code: 'start-failed' })) !== undefined)
    throw new AlreadyOwned()
  const notes: string[] = []
  for (const orphan of orphansInTheWay(config)) {
    const { name, engine } = orphan.recorded.status
    const end = await endOrphan(orphan, { timeoutMs: config.stopTimeoutMs, force: false }, 'start-failed')
    removeTemporary(orphan.recorded.temporaryDir, name)
    notes.push(
      `ended ${engine} (pid ${end.pid}), which a killed supervisor of ${name} had left: ${dataOf(end)}`,
    )
  }
  return { last: removeLeftovers(config), notes }
}

/**
 * Removes the files of a supervisor that is dead, and records its end. Only for the holder of the lock.
 * @param how `isStopped`: somebody wants it to stay stopped, so a restart need not have its settings again
 */
export function removeLeftovers(config: Config, { isStopped = false } = {}): Status | undefined {
  const { pidFile, stateFile, controlSocket } = config.files
  const recorded = readRecord(stateFile)
  for (const file of [pidFile, controlSocket, ...halfWritten(config)]) removeFile(file)
  if (recorded === undefined) return undefined
  const last = isStopped ? null : (recorded.last ?? null)
  if (recorded.status.state === 'stopped' || recorded.status.state === 'failed') {
    if (recorded.last != null && last === null) record(stateFile, recorded.status, null)
    return recorded.status
  }
  removeTemporary(recorded.temporaryDir, config.name)
  const reason = `its supervisor (pid ${recorded.status.supervisorPid}) was killed`
  const status = ended(recorded.status, 'stopped', {
    code: null,
    signal: null,
    at: new Date().toISOString(),
    reason,
  })
  record(stateFile, status, last)
  return status
}

function record(stateFile: string, status: Status, last: InstanceRecord['last']): void {
  const nobody = { serverIdentity: null, supervisorIdentity: null, temporaryDir: null }
  try {
    writeWhole(stateFile, recordText({ status, ...nobody, last: last ?? null }))
  } catch {
    // The disk may be full: the next change of the status writes the file.
  }
}

/**
 * The instance's own orphan, and those of other instances of the project that still save into the same data
 * folder.
 */
function orphansInTheWay(config: Config) {
  const { stateFile } = config.files
  const others = readdirSync(dirname(stateFile)).filter(file => file.endsWith('.json'))
  const recorded = others.flatMap(file => {
    const orphan = findOrphan(readRecord(join(dirname(stateFile), file)))
    return orphan?.recorded.status.dir === config.dir ? [orphan] : []
  })
  const all = [...orphansOf(config.files, config.ephemeral ? undefined : config.dir), ...recorded]
  return new Map(all.map(orphan => [orphan.pid, orphan])).values()
}

function removeFile(file: string): void {
  try {
    whileInUse(() => rmSync(file, { force: true }))
  } catch (cause) {
    const message = `${file} is in the way: ${(cause as Error).message}`
    throw new SkyflyError('start-failed', message, { hint: 'move it away', cause })
  }
}

function halfWritten({ files, name }: Config): readonly string[] {
  const folder = dirname(files.stateFile)
  const isHalf = (file: string) => file.startsWith(`${name}.`) && /\.(json|pid|sock)\.\d+\.tmp$/.test(file)
  // Without the folder, nothing was ever started here.
  const names = existsSync(folder) ? readdirSync(folder) : []
  return names.filter(isHalf).map(file => join(folder, file))
}

/**
 * A state file may come from anywhere, such as a cloned project: only a folder that skyfly may have made is
 * removed.
 */
export function removeTemporary(folder: string | null, name: string): void {
  if (folder === null || dirname(folder) !== realpathSync(tmpdir())) return
  if (!basename(folder).startsWith(temporaryPrefix(name))) return
  const found = lstatSync(folder, { throwIfNoEntry: false })
  if (found?.isDirectory() && found.uid === host().uid)
    whileInUse(() => rmSync(folder, { recursive: true, force: true }))
}

function dataOf({ killed, saved }: OrphanEnd): string {
  if (saved !== undefined) return `it saved ${saved.file}`
  return killed ? 'it was killed' : 'it saved nothing'
}
