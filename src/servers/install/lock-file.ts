// skyfly.lock: the version, addresses and checksums of server programs that a project has agreed on.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ENGINE_NAMES, type EngineName } from '../../config/config.js'
import { VERSION_PATTERN } from '../../config/kinds.js'
import { SkyflyError } from '../../errors.js'
import { cannotWrite } from '../../system/cannot-write.js'
import type { BuildTarget } from '../../system/platform.js'
import { replaceFile } from '../../system/replace-file.js'

export const LOCK_FILE = 'skyfly.lock'

/** One file of the pinned release. */
export interface Pin {
  readonly url: string
  /** In hex. */
  readonly sha256: string
}

export interface PinnedEngine {
  readonly version: string
  readonly builds: Readonly<Partial<Record<BuildTarget, Pin>>>
}

export type Pins = Readonly<Partial<Record<EngineName, PinnedEngine>>>

/** The format of the file. A newer one is refused. */
const FORMAT = 1

/**
 * Reads skyfly.lock in the project root; empty where there is none.
 * @throws SkyflyError `usage` where it cannot be read or understood: ignoring it would install something else
 */
export function readPins(root: string): Pins {
  const file = join(root, LOCK_FILE)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw unusable(file, `cannot be read: ${(cause as Error).message}`, cause)
  }
  return parsePins(text, file)
}

/** Writes the pin of one engine, and keeps those of the others. */
export function writePin(root: string, engine: EngineName, pinned: PinnedEngine): void {
  const file = join(root, LOCK_FILE)
  const engines = sorted({ ...readPins(root), [engine]: { ...pinned, builds: sorted(pinned.builds) } })
  try {
    replaceFile(file, `${JSON.stringify({ lockfileVersion: FORMAT, engines }, null, 2)}\n`)
  } catch (cause) {
    throw cannotWrite(cause, { code: 'usage', what: file, hint: 'make the project folder writable' })
  }
}

function parsePins(text: string, file: string): Pins {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (cause) {
    throw unusable(file, `is not JSON: ${(cause as Error).message}`, cause)
  }
  const { lockfileVersion, engines } = recordOf(content) ?? {}
  if (typeof lockfileVersion === 'number' && lockfileVersion > FORMAT)
    throw new SkyflyError(
      'usage',
      `${file} was written by a newer skyfly (lockfileVersion ${lockfileVersion})`,
      {
        hint: 'update skyfly: npm install skyfly@latest',
      },
    )
  const rows = recordOf(engines)
  if (lockfileVersion !== FORMAT || rows === undefined) throw unusable(file, 'is not a lock file of skyfly')
  return Object.fromEntries(
    Object.entries(rows).map(([name, value]) => {
      const pinned = pinnedEngine(value)
      if (!isEngine(name) || pinned === undefined) throw unusable(file, `has a wrong entry for ${name}`)
      return [name, pinned]
    }),
  )
}

function pinnedEngine(value: unknown): PinnedEngine | undefined {
  const { version, builds } = recordOf(value) ?? {}
  const rows = recordOf(builds)
  if (typeof version !== 'string' || !VERSION_PATTERN.test(version) || rows === undefined) return undefined
  const pins = Object.entries(rows).map(([target, row]) => [target, pinOf(row)] as const)
  return pins.every(([, pin]) => pin !== undefined)
    ? { version, builds: Object.fromEntries(pins) }
    : undefined
}

function pinOf(value: unknown): Pin | undefined {
  const { url, sha256 } = recordOf(value) ?? {}
  const isPin =
    typeof url === 'string' &&
    /^https?:\/\//i.test(url) &&
    URL.canParse(url) &&
    typeof sha256 === 'string' &&
    /^[\da-f]{64}$/.test(sha256)
  return isPin ? { url, sha256 } : undefined
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

const isEngine = (name: string): name is EngineName => (ENGINE_NAMES as readonly string[]).includes(name)

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function unusable(file: string, why: string, cause?: unknown): SkyflyError {
  return new SkyflyError('usage', `${file} ${why}`, {
    hint: 'take it back from version control, or write it anew: remove it and run skyfly lock',
    cause,
  })
}
