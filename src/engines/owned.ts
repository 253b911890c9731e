// The server's flags that are skyfly's to give: it could not find, save or watch a server that the user gives others.
import { SkyflyError } from '../errors.js'
import { flagValue } from './flags.js'

const OWNED = [
  { flag: 'port', hint: "use skyfly's own --port, in front of the --" },
  { flag: 'bind', hint: "use skyfly's own --host, in front of the --" },
  { flag: 'dir', hint: "use skyfly's own --dir, in front of the --" },
] as const

/** @throws SkyflyError `usage` where the user's own arguments hold one of them */
export function refuseOwned(serverArgs: readonly string[]): void {
  for (const { flag, hint } of OWNED) {
    if (flagValue(serverArgs, flag) === undefined) continue
    throw new SkyflyError(
      'usage',
      `--${flag} cannot be given to the server past skyfly, which would look elsewhere`,
      { hint },
    )
  }
}
