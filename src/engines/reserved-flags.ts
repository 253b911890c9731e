// Flags of the server that only skyfly may give: otherwise it could not find, save or watch the server.
import { SkyflyError } from '../errors.js'
import { flagValue } from './flags.js'

/** A flag of the server, and the setting of skyfly that gives it. */
export interface ReservedFlag {
  /** Without dashes; a single letter is a short one. */
  readonly flag: string
  readonly setting: 'port' | 'host' | 'dir'
}

const RESERVED: readonly ReservedFlag[] = [
  { flag: 'port', setting: 'port' },
  { flag: 'bind', setting: 'host' },
  { flag: 'dir', setting: 'dir' },
]

/**
 * @param owned in the engine's own spelling
 * @throws SkyflyError `usage` where the user's own arguments hold one of them
 */
export function refuseReservedFlags(serverArgs: readonly string[], owned = RESERVED): void {
  for (const { flag, setting } of owned) {
    if (flagValue(serverArgs, flag) === undefined) continue
    throw new SkyflyError(
      'usage',
      `${flag.length === 1 ? '-' : '--'}${flag} cannot be given to the server past skyfly, which would look elsewhere`,
      { hint: `use skyfly's own --${setting}, in front of the --` },
    )
  }
}
