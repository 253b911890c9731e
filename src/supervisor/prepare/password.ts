// The password of a server whose user passed one after `--`: skyfly needs it to send a PING, and never shows
// it.
import { flagValue } from '../../engines/flags.js'

/** The flags that set a password: that of Dragonfly and Redis, and that of Garnet. */
const FLAGS = ['requirepass', 'password']

/** If there are several, the last one counts, as it does for the servers. */
export function passwordIn(serverArgs: readonly string[]): string | undefined {
  const password = FLAGS.map(flag => flagValue(serverArgs, flag)).find(value => value !== undefined)
  return password === '' ? undefined : password
}
