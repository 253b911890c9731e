// The password of a server whose user passed one after `--`: skyfly needs it to ask PING, and tells it to nobody.

/** Reads `--requirepass X` or `--requirepass=X`; the last one counts, as it does for the servers. */
export function passwordIn(serverArgs: readonly string[]): string | undefined {
  let password: string | undefined
  for (const [index, word] of serverArgs.entries()) {
    if (/^--?requirepass$/.test(word)) password = serverArgs[index + 1]
    const inline = /^--?requirepass=(.*)$/s.exec(word)?.[1]
    if (inline !== undefined) password = inline
  }
  return password === '' ? undefined : password
}
