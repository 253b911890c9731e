// `engine@version`, the argument of install and lock, as the flags that it stands for.
import { ENGINE_NAMES } from '../config/config.js'
import { version as versionKind } from '../config/kinds.js'
import { SkyflyError } from '../errors.js'
import type { Argument, Options } from './command.js'

export const ENGINE_SPEC: Argument = {
  name: '[engine[@version]]',
  description: 'such as dragonfly, dragonfly@1.40.1 or dragonfly@latest',
  flags: flagsOf,
}

/** @throws SkyflyError `usage`, also where a flag says something else */
export function flagsOf(spec: string, options: Options): Options {
  const at = spec.indexOf('@')
  const engine = (at === -1 ? spec : spec.slice(0, at)).toLowerCase()
  const version = at === -1 ? undefined : spec.slice(at + 1)
  if (!(ENGINE_NAMES as readonly string[]).includes(engine))
    throw new SkyflyError('usage', `there is no engine "${engine}"`, {
      hint: `give one of ${ENGINE_NAMES.join(', ')}, with a version if you like: dragonfly@1.40.1`,
    })
  if (version !== undefined && versionKind.read(version, { folder: '', home: '' }) === undefined)
    throw new SkyflyError('usage', `"${version}" is not a version`, { hint: `give ${versionKind.allowed}` })
  const flags = version === undefined ? { engine } : { engine, engineVersion: version }
  for (const [flag, said] of Object.entries(flags)) {
    const other = options[flag]
    if (other !== undefined && other !== said)
      throw new SkyflyError('usage', `${spec} and a flag say different things: ${said} and ${other}`, {
        hint: 'say it once',
      })
  }
  return flags
}
