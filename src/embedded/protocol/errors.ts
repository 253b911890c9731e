// The errors that clients get, in the words of Redis.

/** An answer that begins with `-`. */
export class CommandError extends Error {
  /** @param message begins with its code: `ERR no such key` */
  constructor(message: string) {
    super(message)
  }
}

const fail = (message: string) => (): CommandError => new CommandError(message)

export const wrongType = fail('WRONGTYPE Operation against a key holding the wrong kind of value')
export const syntaxError = fail('ERR syntax error')
export const notInteger = fail('ERR value is not an integer or out of range')
export const notFloat = fail('ERR value is not a valid float')
export const noSuchKey = fail('ERR no such key')
export const outOfRange = fail('ERR index out of range')

export function wrongArity(name: string): CommandError {
  return new CommandError(`ERR wrong number of arguments for '${name.toLowerCase()}' command`)
}

/** For a subcommand with too many words. */
export function wrongSubcommand(container: string, word: string): CommandError {
  const text = shown(word).slice(0, 128)
  return new CommandError(
    `ERR unknown subcommand or wrong number of arguments for '${text}'. Try ${container} HELP.`,
  )
}

/** The part of a word that Redis shows in an error: its C format ends at a zero byte. */
export function shown(word: string): string {
  const end = word.indexOf('\0')
  return end === -1 ? word : word.slice(0, end)
}

const MAX_ERROR_BYTES = 1024

/** An error is one line, and it may quote a word of any length. */
export const errorLine = (text: string): string => text.slice(0, MAX_ERROR_BYTES).replace(/[\r\n]/g, ' ')
