// How many entries a Map can hold in V8, and the error that a client gets beyond that.
import { CommandError } from '../protocol/errors.js'

const MAX_ENTRIES = 2 ** 24

/** Sets an entry. @throws CommandError when the map is full; it is unchanged then */
export function put<V>(map: Map<string, V>, key: string, value: V, entries = 'members in one key'): void {
  try {
    map.set(key, value)
  } catch (problem) {
    if (!(problem instanceof RangeError)) throw problem
    throw new CommandError(`ERR this server holds at most ${MAX_ENTRIES} ${entries}`)
  }
}
