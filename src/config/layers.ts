// The places a setting is looked for in; each answers with the value as given, and where it stood.
import type { Config, SettingName } from './config.js'
import { type Flags, rowOf } from './settings.js'
import type { Section } from './skyfly-json.js'

/** Variables of an environment or of .env. */
export type Variables = Readonly<Record<string, string | undefined>>

/** A value, and how to read it and speak of it. */
export interface Found {
  readonly value: unknown
  /** In words for people; undefined: the default. */
  readonly source: string | undefined
  /** Where a relative path in it starts. */
  readonly folder: string
  /** It was checked before: take it as it is. */
  readonly settled?: boolean
}

/** Undefined: not given here, ask the next. */
export type Layer = (name: SettingName) => Found | undefined

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

/** `suffix` follows the variable's name where people are told of it. */
export function fromVariables(variables: Variables, suffix: string, folder: string): Layer {
  return name => {
    const { env } = rowOf(name)
    // cmd.exe keeps the blank before && in `set X=1 && ...`; an empty variable is how one is taken back.
    const value = env === undefined ? undefined : variables[env]?.trim()
    return value ? { value, source: env + suffix, folder } : undefined
  }
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

/** Answers for every setting, and so comes last. */
export function fromDefaults(root: string, instance: string): Layer {
  return name => {
    const { fallback } = rowOf(name)
    const value = typeof fallback === 'string' ? fallback.replace('NAME', instance) : fallback
    return { value, source: undefined, folder: root, settled: value === undefined }
  }
}
