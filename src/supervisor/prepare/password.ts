// The password of a server whose user passed one after `--`: skyfly needs it to ask PING, and tells it to nobody.
import { flagValue } from '../../engines/flags.js'

/** The flags that give one: Dragonfly's and Redis's, and Garnet's. */
const FLAGS = ['requirepass', 'password']

/** The last one counts, as it does for the servers. */
export function passwordIn(serverArgs: readonly string[]): string | undefined {
  const password = FLAGS.map(flag => flagValue(serverArgs, flag)).find(value => value !== undefined)
  return password === '' ? undefined : password
}
