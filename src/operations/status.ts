// `skyfly status`: what is known about an instance, from its supervisor or from what the last one left.
import type { Config } from '../config/config.js'
import { SkyflyError } from '../errors.js'
import { callControl } from '../supervisor/control/client.js'
import type { HeldBy } from '../supervisor/owner-lock.js'
import { neverStarted, readRecord, type Status } from '../supervisor/status.js'

/** How long to wait for the control socket of a living supervisor, which makes a missing one again within a second. */
const SOCKET_PATIENCE_MS = 3_000

export async function status(config: Config): Promise<Status> {
  return (await answered(config)) ?? statusWithoutAnswer(config)
}

const answered = ({ files }: Config) => callControl<Status>(files, { do: 'status' })

/** What is recorded, or an answer that comes after all. Loads what a supervisor that answers makes needless. */
async function statusWithoutAnswer(config: Config): Promise<Status> {
  const { files } = config
  const [{ lockHolder }, { Patience }, { orphansOf, supervisorLives }] = await Promise.all([
    import('../supervisor/owner-lock.js'),
    import('./patience.js'),
    // It loads the engines.
    import('../supervisor/recover/orphan.js'),
  ])
  const patience = new Patience(SOCKET_PATIENCE_MS)
  let holder: HeldBy | undefined
  for (;;) {
    // While somebody starts it, ends it or makes its socket again, what is recorded may not be true any more.
    holder = await lockHolder(files.stateFile)
    if (holder === undefined || !(await patience.wait())) break
    const late = await answered(config)
    if (late !== undefined) return late
  }
  const recorded = readRecord(files.stateFile)
  if (recorded !== undefined && supervisorLives(recorded)) return unreachable(config, recorded.status, holder)
  const orphan = orphansOf(files)[0]?.recorded.status
  if (orphan !== undefined) {
    const state = orphan.state === 'stopping' ? orphan.state : 'running'
    return { ...orphan, state, supervisorPid: holder?.heldBy ?? null }
  }
  if (holder !== undefined) return unreachable(config, { ...neverStarted(config), state: 'running' }, holder)
  return recorded === undefined ? neverStarted(config) : cleanedUp(config, recorded.status)
}

/** It runs, although nobody can ask its supervisor; or it is just about to. */
function unreachable({ files }: Config, last: Status, holder: HeldBy | undefined): Status {
  if (last.state !== 'running') return last
  const supervisorPid = holder?.heldBy ?? last.supervisorPid
  return { ...last, supervisorPid, controlError: `its control socket ${files.controlSocket} is missing` }
}

/**
 * Where clients reach a running instance, with its password.
 * @throws SkyflyError `not-running`
 */
export async function clientUrl(config: Config): Promise<string> {
  const { state, url, name, lastExit } = await status(config)
  if (state !== 'running' || url === null)
    throw new SkyflyError(
      'not-running',
      `${name} does not run${lastExit === null ? '' : `; it last ended so: ${lastExit.reason}`}`,
      {
        hint: 'start it with: skyfly start --detach, or test another server with: skyfly test --url redis://HOST:PORT',
      },
    )
  // The supervisor knows the password that was given after --; it tells only this user, and the password is
  // never shown.
  const owned = await callControl<Config>(config.files, { do: 'config' })
  const { passwordIn } = await import('../supervisor/prepare/password.js')
  const password = passwordIn(owned?.serverArgs ?? [])
  return password === undefined ? url : url.replace('://', `://:${encodeURIComponent(password)}@`)
}

async function cleanedUp(config: Config, last: Status): Promise<Status> {
  if (last.state === 'stopped' || last.state === 'failed') return last
  const [{ takeLock }, { removeLeftovers }] = await Promise.all([
    import('../supervisor/owner-lock.js'),
    import('../supervisor/recover/leftovers.js'),
  ])
  const lock = await takeLock(config.files.stateFile)
  // Somebody is starting it, or cleaning up after it.
  if ('heldBy' in lock) return { ...last, state: 'starting', pid: null, supervisorPid: lock.heldBy ?? null }
  try {
    return removeLeftovers(config) ?? last
  } finally {
    lock.release()
  }
}
