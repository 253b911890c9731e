// The settings that an instance runs with, as its state file keeps them for a restart after its supervisor was
// killed: without whatever may be a secret.
import type { Config } from '../config/config.js'
import { SkyflyError } from '../errors.js'
import { VERSION } from '../version.js'

type Kept = Omit<Config, 'root' | 'files' | 'notes' | 'name' | 'mirror' | 'serverArgs'>

export interface LastSettings {
  /** Of skyfly: another one may have other settings. */
  readonly version: string
  readonly settings: Kept
  /** Null: a secret may be among them, so they are not kept. */
  readonly serverArgs: readonly string[] | null
}

const MAYBE_SECRET = /pass|auth|secret|token|credential|aclfile|user/i

export function lastSettingsOf(config: Config): LastSettings {
  // An address to download from may hold a password, too.
  const {
    root: _,
    files: _files,
    notes: _notes,
    name: _name,
    mirror: _mirror,
    serverArgs,
    ...settings
  } = config
  return {
    version: VERSION,
    settings,
    serverArgs: serverArgs.some(word => MAYBE_SECRET.test(word)) ? null : serverArgs,
  }
}

/**
 * The settings to restart with. What was not kept comes from the project.
 * @param given what is given after `--` now; it replaces what was given then
 * @throws SkyflyError `start-failed` when the arguments of the server are known to nobody
 */
export function settingsAgain(
  project: Config,
  { settings, serverArgs }: LastSettings,
  given: readonly string[],
): Config {
  if (serverArgs !== null || given.length > 0)
    return { ...project, ...settings, serverArgs: serverArgs ?? [] }
  if (project.serverArgs.some(word => MAYBE_SECRET.test(word))) return { ...project, ...settings }
  const message = `${project.name} last ran with arguments after -- that may hold a secret, so skyfly has not written them down`
  throw new SkyflyError('start-failed', message, {
    hint: 'give them again: skyfly restart -- ARGUMENTS; or start it with the settings of the project: skyfly start --detach',
  })
}
