// How both families of servers read a flag on the command line: `--name=value` or `--name value`, the last
// one wins.

/** The value that these arguments give to a flag; undefined: none. */
export function flagValue(args: readonly string[], name: string): string | undefined {
  let value: string | undefined
  for (const [index, arg] of args.entries()) {
    const flag = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(arg)
    // Redis takes names in any case. Dragonfly refuses other spellings, so ignoring case does no harm there.
    if (flag?.[1]?.toLowerCase() === name) value = flag[2] ?? args[index + 1] ?? ''
  }
  return value
}
