// Which build of a server program is meant, and what its folder in the cache is called.
import { ENGINE_NAMES, type EngineName } from '../../config/config.js'
import { VERSION_PATTERN } from '../../config/kinds.js'
import type { BuildTarget } from '../../system/platform.js'

export interface EntryId {
  readonly engine: EngineName
  /** Plain number, such as `1.40.1`. */
  readonly version: string
  readonly target: BuildTarget
}

export const TARGET = /^(?:linux|darwin|win32|freebsd)-(?:x64|arm64|arm|ia32|loong64|ppc64|riscv64|s390x)$/

/** `dragonfly-1.40.1-linux-x64` */
export function entryName({ engine, version, target }: EntryId): string {
  return `${engine}-${version}-${target}`
}

/** Undefined: no name that skyfly gives. */
export function parseEntryName(name: string): EntryId | undefined {
  const {
    engine,
    version = '',
    target = '',
  } = /^(?<engine>[a-z]+)-(?<version>.+)-(?<target>[^-]+-[^-]+)$/.exec(name)?.groups ?? {}
  const known = ENGINE_NAMES.find(one => one === engine)
  if (known === undefined || !VERSION_PATTERN.test(version) || !TARGET.test(target)) return undefined
  return { engine: known, version, target: target as BuildTarget }
}

/** The system of a target. */
export function platformOf(target: BuildTarget): NodeJS.Platform {
  return target.slice(0, target.lastIndexOf('-')) as NodeJS.Platform
}
