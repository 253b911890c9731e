// `engine@version`, as install and lock are given it, as the flags that it stands for.
import { ENGINE_NAMES } from '../../config/config.js'
import { version as versionKind } from '../../config/kinds.js'
import { SkyflyError } from '../../errors.js'

/** The names that commander gives the flags. */
export interface SpecFlags {
  readonly engine: string
  readonly engineVersion?: string
}

/**
 * @param options the flags that were given beside it, which must not say something else
 * @throws SkyflyError `usage`
 */
export function flagsOf(spec: string, options: Readonly<Record<string, unknown>>): SpecFlags {
  const at = spec.indexOf('@')
  const engine = (at === -1 ? spec : spec.slice(0, at)).toLowerCase()
  const version = at === -1 ? undefined : spec.slice(at + 1)
  if (!(ENGINE_NAMES as readonly string[]).includes(engine))
    throw new SkyflyError('usage', `there is no engine "${engine}"`, {
      hint: `give one of ${ENGINE_NAMES.join(', ')}, with a version if you like: dragonfly@1.40.1`,
    })
  if (version !== undefined && versionKind.read(version, { folder: '', home: '' }) === undefined)
    throw new SkyflyError('usage', `"${version}" is not a version`, { hint: `give ${versionKind.allowed}` })
  for (const [flag, said] of [
    ['engine', engine],
    ['engineVersion', version],
  ] as const)
    if (said !== undefined && options[flag] !== undefined && options[flag] !== said)
      throw new SkyflyError(
        'usage',
        `${spec} and a flag say different things: ${said} and ${options[flag]}`,
        {
          hint: 'say it once',
        },
      )
  return version === undefined ? { engine } : { engine, engineVersion: version }
}
