// The places where settings come from. Each gives the value as it was written there, and says where that is.
import type { Config, SettingName } from './config.js'
import { type Flags, rowOf } from './settings.js'
import type { Section } from './skyfly-json.js'

/** Variables of an environment or of .env. */
export type Variables = Readonly<Record<string, string | undefined>>

/** A value that was found, and where. */
export interface SettingValue {
  readonly value: unknown
  /** Where it was found, in words for people; undefined for the default. */
  readonly source: string | undefined
  /** Where a relative path in it starts. */
  readonly folder: string
  /** It has been checked before and is taken as it is. */
  readonly settled?: boolean
}

/** Undefined if the setting is not given here; then the next layer is asked. */
export type Layer = (name: SettingName) => SettingValue | undefined

export function fromFlags(flags: Flags, serverArgs: readonly string[], folder: string): Layer {
  const given: Flags = serverArgs.length === 0 ? flags : { ...flags, serverArgs }
  return name => {
    const value = given[name]
    if (value === undefined) return undefined
    const { flag = '--', kind } = rowOf(name)
    const [source = flag] = flag.split(' ')
    return { value: typeof value === 'number' && kind.unit ? value + kind.unit : value, source, folder }
  }
}

/** `suffix` follows the name of the variable in messages. */
export function fromVariables(variables: Variables, suffix: string, folder: string): Layer {
  return name => {
    const { env } = rowOf(name)
    // cmd.exe keeps the blank before && in `set X=1 && ...`. An empty variable means that it is not set.
    const value = env === undefined ? undefined : variables[env]?.trim()
    if (!value || (name === 'port' && SERVICE_LINK.test(value))) return undefined
    return { value, source: env + suffix, folder }
  }
}

/** What Kubernetes sets DRAGONFLY_PORT to in every pod beside a Service that is called dragonfly. */
const SERVICE_LINK = /^(?:tcp|udp|sctp):\/\/\S+:\d+$/

/** What to tell of a variable that is such a link; undefined: there is none. */
export function serviceLinkNote(variables: Variables): string | undefined {
  const { env } = rowOf('port')
  const value = env === undefined ? undefined : variables[env]?.trim()
  if (value === undefined || !SERVICE_LINK.test(value)) return undefined
  return `${env}=${value} is passed over: Kubernetes set it for a Service; enableServiceLinks: false in the pod's spec keeps such variables away`
}

export function fromSection(section: Section, source: string, folder: string): Layer {
  return name => {
    const value = section[rowOf(name).key]
    return value === undefined ? undefined : { value, source, folder }
  }
}

/** The settings that were decided before. */
export function fromConfig(config: Config): Layer {
  return name => {
    const value = config[name]
    return value === undefined
      ? undefined
      : { value, source: config.sources[name], folder: config.root, settled: true }
  }
}

/** Knows every setting, so it comes last. */
export function fromDefaults(root: string, instance: string): Layer {
  return name => {
    const { fallback } = rowOf(name)
    const value = typeof fallback === 'string' ? fallback.replace('NAME', instance) : fallback
    return { value, source: undefined, folder: root, settled: value === undefined }
  }
}
