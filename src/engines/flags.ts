// How both families of servers read a flag on the command line: `--name=value` or `--name value`, the last one wins.

/** The value that a server with these arguments uses for a flag; undefined: it is not given. */
export function flagValue(args: readonly string[], name: string): string | undefined {
  let value: string | undefined
  for (const [index, arg] of args.entries()) {
    const flag = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(arg)
    // Redis takes its names in any case; Dragonfly would refuse other spellings, so they mean nothing else there.
    if (flag?.[1]?.toLowerCase() === name) value = flag[2] ?? args[index + 1] ?? ''
  }
  return value
}
