// `skyfly status`: what is known about an instance, from its supervisor or from what the last one left.
import type { Config } from '../config/config.js'
import { SkyflyError } from '../errors.js'
import { callControl } from '../supervisor/control/client.js'
import { passwordIn } from '../supervisor/prepare/password.js'
import { neverStarted, readRecord, type Status } from '../supervisor/status.js'

export async function status(config: Config): Promise<Status> {
  const answered = await callControl<Status>(config.files, { do: 'status' })
  if (answered !== undefined) return answered
  const recorded = readRecord(config.files.stateFile)
  if (recorded === undefined) return neverStarted(config)
  // Loaded only here, since it loads the engines; with a supervisor that answers it is not needed.
  const { findOrphan, supervisorLives } = await import('../supervisor/recover/orphan.js')
  // While it starts or ends, a supervisor does not answer; what it recorded is still true.
  if (supervisorLives(recorded)) return recorded.status
  if (findOrphan(recorded) !== undefined) return { ...recorded.status, supervisorPid: null }
  return cleanedUp(config, recorded.status)
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
